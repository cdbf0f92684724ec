"""Local authorization lists through a running server: sent, refused, lost, kept in step, and explained."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from edge_csms.domain.events import Event, LocalAuthListChanged
from edge_csms.domain.roles import Role
from edge_csms.jobs.local_auth_list import LocalAuthLists
from edge_csms.ocpp.errors import NotSupported
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.running import Answer, RunningSite

CP = "/api/v1/charge-points/CP1"


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits half a second for an answer."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", call_timeout_seconds=0.5)


@asynccontextmanager
async def charger(site: RunningSite) -> AsyncIterator[ChargePoint]:
    """Give a charger that is ready for commands at once: after a boot they would wait for two seconds."""
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.report_all()
        yield charge_point


async def add_tags(site: RunningSite, *id_tags: str, **fields: Any) -> None:
    for id_tag in id_tags:
        assert (await site.ask("POST", "/api/v1/id-tags", {"id_tag": id_tag, **fields})).status == 201


async def send(site: RunningSite, **body: Any) -> Answer:
    return await site.ask("POST", f"{CP}/local-list", body, role=Role.TECHNICIAN)


async def shown(site: RunningSite, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = await site.get(f"{CP}/local-list{query}")
    return found


def sent(charge_point: ChargePoint) -> list[tuple[str, int, list[str]]]:
    """Give what was sent: the kind, the version, and the tags, those that are removed with a minus."""
    found = []
    for call in charge_point.received.of("SendLocalList"):
        entries = call.payload.get("localAuthorizationList", [])
        tags = [("" if "idTagInfo" in entry else "-") + entry["idTag"] for entry in entries]
        found.append((call.payload["updateType"], call.payload["listVersion"], tags))
    return found


async def test_the_whole_list_is_sent_with_verdicts_and_its_version_is_read_back(site: RunningSite) -> None:
    await add_tags(site, "GOOD", parent_id_tag="FAMILY")
    await add_tags(site, "BAD", blocked=True)
    await add_tags(site, "LATER", expires_at="2030-01-01T00:00:00.75+01:00")
    await add_tags(site, "OVER", expires_at="2020-01-01T00:00:00Z")
    async with charger(site) as charge_point:
        answer = await send(site)
        assert answer.status == 200, answer.body
        [call] = charge_point.received.of("SendLocalList")
        assert call.payload == {
            "listVersion": 1,
            "localAuthorizationList": [
                {"idTag": "GOOD", "idTagInfo": {"parentIdTag": "FAMILY", "status": "Accepted"}},
                {"idTag": "LATER", "idTagInfo": {"expiryDate": "2029-12-31T23:00:00Z", "status": "Accepted"}},
                {"idTag": "BAD", "idTagInfo": {"status": "Blocked"}},
                {"idTag": "OVER", "idTagInfo": {"expiryDate": "2020-01-01T00:00:00Z", "status": "Expired"}},
            ],
            "updateType": "Full",
        }
        found = await shown(site)
        assert found == answer.json
        assert (found["version"], found["version_read"], found["in_step"], found["changes"]) == (1, 1, True, [])
        verdicts = {entry["id_tag"]: (entry["status"], entry["may_charge"]) for entry in found["entries"]}
        assert verdicts == {
            "GOOD": ("Accepted", True),
            "LATER": ("Accepted", True),
            "BAD": ("Blocked", False),
            "OVER": ("Expired", False),
        }
        assert "Of the cards on its list 2 may charge, 2 may not." in found["offline"]


async def test_later_only_what_is_different_is_sent(site: RunningSite) -> None:
    await add_tags(site, "A", "B", "C", "D")
    async with charger(site) as charge_point:
        await send(site)
        await send(site)  # nothing is different
        await site.ask("DELETE", "/api/v1/id-tags/A")
        await site.ask("PATCH", "/api/v1/id-tags/B", {"blocked": True})
        changes = (await shown(site))["changes"]
        assert changes == [
            {"id_tag": "B", "change": "put", "status": "Blocked"},
            {"id_tag": "A", "change": "remove", "status": None},
        ]
        assert (await send(site)).json["in_step"] is True
        assert sent(charge_point) == [("Full", 1, ["A", "B", "C", "D"]), ("Differential", 2, ["-A", "B"])]
        assert set(charge_point.authorization.listed) == {"b", "c", "d"}
        await send(site, full=True)
        assert sent(charge_point)[-1] == ("Full", 3, ["C", "D", "B"])


async def test_a_list_is_cut_to_what_the_charger_takes(site: RunningSite) -> None:
    await add_tags(site, *(f"TAG{number}" for number in range(7)))
    await add_tags(site, "A-BAD", blocked=True)
    async with charger(site) as charge_point:
        charge_point.configuration.set("SendLocalListMaxLength", "3")
        charge_point.configuration.set("LocalAuthListMaxLength", "7")
        found = (await send(site)).json
        assert (found["in_step"], found["left_out"], found["version_read"]) == (True, 1, 3)
        assert [(kind, version, len(tags)) for kind, version, tags in sent(charge_point)] == [
            ("Full", 1, 3),
            ("Differential", 2, 3),
            ("Differential", 3, 1),
        ]
        assert "a-bad" not in charge_point.authorization.listed  # whoever may charge goes first


async def test_an_empty_list_has_version_0(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await send(site, full=True)
        [call] = charge_point.received.of("SendLocalList")
        assert call.payload == {"listVersion": 1, "updateType": "Full"}
        charge_point.behaviour.answers["GetLocalListVersion"] = {"listVersion": 0}
        found = await shown(site, "?refresh=true")
        assert (found["version_read"], found["entries"], found["in_step"]) == (0, [], True)


async def test_a_mismatch_of_versions_is_settled_by_asking_and_sending_all(site: RunningSite) -> None:
    await add_tags(site, "A", "B", "C")
    async with charger(site) as charge_point:
        await send(site)
        charge_point.authorization.list_version = 40  # another system has been at it
        await site.ask("DELETE", "/api/v1/id-tags/A")
        assert (await send(site)).json["in_step"] is True
        assert sent(charge_point)[1:] == [("Differential", 2, ["-A"]), ("Full", 41, ["B", "C"])]


async def test_a_list_that_somebody_else_has_sent_is_not_taken_for_ours(site: RunningSite) -> None:
    await add_tags(site, "A")
    async with charger(site) as charge_point:
        await send(site)
        charge_point.authorization.list_version = 40
        found = await shown(site, "?refresh=true")
        assert (found["version"], found["version_read"], found["entries"], found["in_step"]) == (1, 40, None, False)
        await send(site)
        assert sent(charge_point)[-1] == ("Full", 41, ["A"])


async def test_a_difference_that_fails_is_followed_by_the_whole_list(site: RunningSite) -> None:
    await add_tags(site, "A", "B", "C")
    async with charger(site) as charge_point:
        await send(site)
        await site.ask("DELETE", "/api/v1/id-tags/A")
        charge_point.behaviour.answers["SendLocalList"] = lambda payload: (
            {"status": "Failed"} if payload["updateType"] == "Differential" else None
        )
        assert (await send(site)).json["in_step"] is True
        assert [kind for kind, _, _ in sent(charge_point)] == ["Full", "Differential", "Full"]


@pytest.mark.parametrize("word", ["Failed", "NotSupported", "VersionMismatch"])
async def test_a_refusal_is_told_in_the_chargers_word(site: RunningSite, word: str) -> None:
    await add_tags(site, "A")
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["SendLocalList"] = {"status": word}
        refused = await send(site)
        assert (refused.status, refused.json["charge_point_status"]) == (409, word)
        found = await shown(site)
        assert (found["in_step"], found["version"], found["supported"]) == (False, 0, word != "NotSupported")
        assert len(sent(charge_point)) == (2 if word == "VersionMismatch" else 1)


async def test_a_charger_without_lists_says_so_in_its_ways(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["GetLocalListVersion"] = {"listVersion": -1}
        found = await shown(site, "?refresh=true")
        assert (found["supported"], found["outcome"]) == (False, "It says that it can have no list.")
        charge_point.behaviour.answers["SendLocalList"] = NotSupported("no lists here")
        assert (await send(site, full=True)).status == 502


async def test_after_silence_nobody_knows_what_it_holds(impatient_site: RunningSite) -> None:
    site = impatient_site
    await add_tags(site, "A", "B", "C")
    async with charger(site) as charge_point:
        await send(site)
        await site.ask("DELETE", "/api/v1/id-tags/A")
        charge_point.behaviour.answers["SendLocalList"] = SILENCE
        assert (await send(site)).status == 504
        found = await shown(site)
        assert (found["entries"], found["in_step"]) == (None, False)
        assert "Nobody knows what its list holds." in found["offline"]
        del charge_point.behaviour.answers["SendLocalList"]
        assert (await send(site)).json["in_step"] is True
        assert [kind for kind, _, _ in sent(charge_point)] == ["Full", "Differential", "Full"]


async def test_a_list_that_is_switched_off_is_switched_on(site: RunningSite) -> None:
    await add_tags(site, "A")
    async with charger(site) as charge_point:
        charge_point.configuration.set("LocalAuthListEnabled", "false")
        assert (await send(site)).json["in_step"] is True
        assert charge_point.configuration.text("LocalAuthListEnabled") == "true"


async def test_raw_calls_are_remembered_like_ours(site: RunningSite) -> None:
    async with charger(site):
        path = f"{CP}/calls"
        entries = [{"idTag": "RAW", "idTagInfo": {"status": "Accepted"}}]
        whole = {"listVersion": 7, "localAuthorizationList": entries, "updateType": "Full"}
        assert (await site.ask("POST", f"{path}/SendLocalList", whole)).json == {"status": "Accepted"}
        found = await shown(site)
        assert (found["version"], [one["id_tag"] for one in found["entries"]]) == (7, ["RAW"])
        assert found["changes"] == [{"id_tag": "RAW", "change": "remove", "status": None}]
        part = {"listVersion": 8, "localAuthorizationList": [{"idTag": "raw"}], "updateType": "Differential"}
        await site.ask("POST", f"{path}/SendLocalList", part)
        assert (await site.ask("POST", f"{path}/GetLocalListVersion", {})).json == {"listVersion": 8}
        found = await shown(site)
        assert (found["version"], found["version_read"], found["entries"]) == (8, 8, [])


async def test_version_0_is_never_sent(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        body = {"listVersion": 0, "updateType": "Full"}
        assert (await site.ask("POST", f"{CP}/calls/SendLocalList", body)).status == 400
        assert sent(charge_point) == []


@asynccontextmanager
async def kept_in_step(site: RunningSite) -> AsyncIterator[None]:
    """Let a job of little patience run, and enable it for the charger."""
    job = asyncio.create_task(LocalAuthLists(site.app.central, site.app.database, gather_seconds=0.05).run())
    await asyncio.sleep(0)
    assert (await site.ask("PUT", f"{CP}/local-list", {"enabled": True}, role=Role.TECHNICIAN)).json["enabled"] is True
    try:
        yield
    finally:
        job.cancel()


async def read_back(site: RunningSite, version: int) -> None:
    """Wait until the charger says that it has a version."""
    changed = asyncio.Event()

    def listen(event: Event) -> None:
        if isinstance(event, LocalAuthListChanged):
            changed.set()

    unsubscribe = site.app.bus.subscribe(listen)
    async with asyncio.timeout(10):
        while not ((found := await shown(site))["version_read"] == version and found["in_step"]):
            await changed.wait()
            changed.clear()
    unsubscribe()


async def test_changes_are_gathered_and_sent_by_themselves_where_that_is_enabled(site: RunningSite) -> None:
    async with charger(site) as charge_point, kept_in_step(site):
        await read_back(site, 0)
        await add_tags(site, "A", "B")
        await read_back(site, 1)
        await site.ask("PATCH", "/api/v1/id-tags/A", {"blocked": True})
        await read_back(site, 2)
        assert charge_point.authorization.listed["a"].status == "Blocked"
        found = await shown(site)
        assert (found["enabled"], found["in_step"]) == (True, True)


async def test_a_charger_that_charges_is_left_alone_until_it_is_done(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await charge_point.start(1, "GUEST")
        async with kept_in_step(site):
            await add_tags(site, "A")
            await charge_point.heartbeat()
            assert sent(charge_point) == []
            await charge_point.stop(1)
            await read_back(site, 1)


async def test_what_changed_while_it_was_away_is_sent_when_it_comes_back(site: RunningSite) -> None:
    async with charger(site) as charge_point, kept_in_step(site):
        await read_back(site, 0)
        charge_point.drop_network()
        await add_tags(site, "A")
        await charge_point.restore_network()
        await charge_point.heartbeat()  # before it says something, nothing is sent to it
        await read_back(site, 1)


async def test_one_for_which_it_is_not_enabled_gets_nothing_by_itself(site: RunningSite) -> None:
    async with charger(site) as charge_point, kept_in_step(site):
        await read_back(site, 0)
        await site.ask("PUT", f"{CP}/local-list", {"enabled": False})
        await add_tags(site, "A")
        async with ChargePoint(site.ocpp_url, "CP2") as other:  # one for which it is enabled shows that the job has run
            await other.report_all()
            await site.ask("PUT", "/api/v1/charge-points/CP2/local-list", {"enabled": True})
            await other.next_call("GetLocalListVersion")
        assert sent(charge_point) == []
