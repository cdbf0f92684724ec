"""Reservations over REST: who may, what is refused, and how they are listed."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

BODY: dict[str, Any] = {"charge_point_id": "CP1", "connector_id": 1, "id_tag": "GUEST"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_tag": ""}, "id_tag"),
        ({"id_tag": "x" * 21}, "id_tag"),
        ({"connector_id": -1}, "connector_id"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2030-01-01T00:00:00"}, "expires_at"),
        ({"charge_point": "CP1"}, "charge_point"),
    ],
)
async def test_a_bad_wish_is_refused_by_the_name_of_its_field(site: RunningSite, changes: Any, field: str) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        answer = await site.ask("POST", "/api/v1/reservations", BODY | changes)
        assert (answer.status, list(answer.json["errors"])) == (400, [field])
        assert charge_point.received.of("ReserveNow") == []


async def test_a_viewer_sees_but_does_not_reserve(site: RunningSite) -> None:
    assert (await site.ask("POST", "/api/v1/reservations", BODY, role=Role.VIEWER)).status == 403
    assert (await site.ask("DELETE", "/api/v1/reservations/1", role=Role.VIEWER)).status == 403
    assert (await site.ask("GET", "/api/v1/reservations", role=Role.VIEWER)).status == 200
    assert (await site.ask("GET", "/api/v1/reservations", role=None)).status == 401


async def test_a_list_comes_in_parts_and_by_filters(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", connectors=3) as charge_point:
        await charge_point.heartbeat()
        for connector_id in (1, 2, 3):
            await site.ask("POST", "/api/v1/reservations", BODY | {"connector_id": connector_id})
    first = await site.get("/api/v1/reservations?limit=2")
    assert [item["connector_id"] for item in first["items"]] == [3, 2]
    rest = await site.get(f"/api/v1/reservations?limit=2&cursor={first['next']}")
    assert ([item["connector_id"] for item in rest["items"]], rest["next"]) == ([1], None)
    for query, count in (
        ("charge_point_id=cp1", 3),
        ("charge_point_id=CP2", 0),
        ("id_tag=guest", 3),
        ("status=used", 0),
    ):
        assert len((await site.get(f"/api/v1/reservations?{query}"))["items"]) == count
    assert (await site.ask("GET", "/api/v1/reservations?status=requested")).status == 400


async def test_the_trail_says_who_reserved_what_and_how_it_went(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        made = (await site.ask("POST", "/api/v1/reservations", BODY, role=Role.TECHNICIAN)).json
        charge_point.behaviour.answers["ReserveNow"] = {"status": "Faulted"}
        await site.ask("POST", "/api/v1/reservations", BODY | {"connector_id": 0})
        await site.ask("DELETE", f"/api/v1/reservations/{made['reservation_id']}")
    entries = (await site.get("/api/v1/audit"))["items"]
    trail = [(one["action"], one["subject"], one["result"]) for one in entries if "reservation" in one["action"]]
    assert trail == [
        ("reservation.cancel", str(made["reservation_id"]), "cancelled"),
        ("reservation.add", "CP1 connector 0", "refused: CP1 answered Faulted. The connector has a fault."),
        ("reservation.add", "CP1 connector 1", f"Accepted as {made['reservation_id']}"),
    ]
