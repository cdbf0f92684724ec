"""Smart charging over REST: what is refused without asking a charger; the rest is in the scenarios."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

CP = "/api/v1/charge-points/CP1"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"connector_id": 1}, "profile"),
        ({"connector_id": 1, "name": "x", "profile": {"purpose": "TxProfile", "periods": []}}, "profile"),
        ({"connector_id": -1, "name": "x"}, "connector_id"),
        ({"name": "x"}, "connector_id"),
    ],
)
async def test_an_installation_names_one_profile_and_its_place(site: RunningSite, body: Any, field: str) -> None:
    answer = await site.ask("POST", f"{CP}/charging-profiles", body)
    assert (answer.status, list(answer.json["errors"])) == (400, [field])


@pytest.mark.parametrize("body", [{}, {"limit_amps": -1}, {"limit_amps": 6, "phases": 4}, {"limit_amps": "6"}])
async def test_a_limit_is_a_number_of_amperes_or_none(site: RunningSite, body: Any) -> None:
    assert (await site.ask("PUT", f"{CP}/limit", body)).status == 400


async def test_an_unknown_charge_point_or_profile_is_not_found(site: RunningSite) -> None:
    for method, path, body in (
        ("GET", "charging-profiles", None),
        ("POST", "charging-profiles", {"connector_id": 1, "name": "x"}),
        ("DELETE", "charging-profiles", None),
        ("PUT", "limit", {"limit_amps": 6}),
        ("GET", "composite-schedule?connector_id=1", None),
    ):
        assert (await site.ask(method, f"{CP}/{path}", body)).status == 404, path


@pytest.mark.parametrize(
    "query", ["", "?connector_id=x", "?connector_id=1&duration_seconds=0", "?connector_id=1&unit=V"]
)
async def test_a_composite_schedule_is_for_a_connector_and_a_time(site: RunningSite, query: str) -> None:
    assert (await site.ask("GET", f"{CP}/composite-schedule{query}")).status == 400


async def test_a_viewer_sees_but_does_not_command(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        for path in ("charging-profiles", "composite-schedule?connector_id=1"):
            assert (await site.ask("GET", f"{CP}/{path}", role=Role.VIEWER)).status == 200
        body = {"limit_amps": 6}
        for method, path in (("PUT", "limit"), ("POST", "charging-profiles"), ("DELETE", "charging-profiles/1")):
            assert (await site.ask(method, f"{CP}/{path}", body, role=Role.VIEWER)).status == 403


async def test_the_trail_says_which_way_a_limit_went(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await site.ask("PUT", f"{CP}/limit", {"limit_amps": 6})
        await site.ask("DELETE", f"{CP}/charging-profiles")
    entries = (await site.get("/api/v1/audit"))["items"]
    trail = [(one["action"], one["subject"], one["result"]) for one in entries if one["subject"] == "CP1"]
    assert trail == [
        ("charging_profile.clear", "CP1", "Accepted"),
        ("charge_point.limit", "CP1", "ChargePointMaxProfile"),
    ]
