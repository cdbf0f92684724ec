"""Local authorization lists over REST: who may, and what is said of a charger that was never asked."""

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/local-list"


async def test_of_a_charger_that_never_had_a_list_nothing_is_claimed(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1"):
        found = await site.get(PATH)
    assert found == {
        "charge_point_id": "CP1",
        "enabled": False,
        "supported": None,
        "in_step": False,
        "version": 0,
        "version_read": None,
        "sent_at": None,
        "read_at": None,
        "outcome": "",
        "entries": None,
        "changes": [],
        "left_out": 0,
        "offline": [
            "What it does while offline is not known for sure: its settings were not read.",
            "Nobody knows what its list holds.",
        ],
    }


async def test_an_unknown_charger_has_none(site: RunningSite) -> None:
    for method, body in (("GET", None), ("PUT", {"enabled": True}), ("POST", {})):
        assert (await site.ask(method, PATH, body)).status == 404


async def test_a_viewer_sees_but_does_not_send(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1"):
        pass
    assert (await site.ask("GET", PATH, role=Role.VIEWER)).status == 200
    assert (await site.ask("PUT", PATH, {"enabled": True}, role=Role.VIEWER)).status == 403
    assert (await site.ask("POST", PATH, {}, role=Role.VIEWER)).status == 403
    assert (await site.ask("PUT", PATH, {}, role=Role.TECHNICIAN)).status == 400


async def test_the_trail_says_what_was_sent(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await site.ask("PUT", PATH, {"enabled": True})
        await site.ask("POST", PATH, {"full": True})
    entries = (await site.get("/api/v1/audit"))["items"]
    trail = [(one["action"], one["details"], one["result"]) for one in entries if "local_list" in one["action"]]
    assert trail[-2:] == [
        ("local_list.send", "full=True", "version 1, read back 1"),
        ("local_list.edit", "enabled=True", "done"),
    ]
