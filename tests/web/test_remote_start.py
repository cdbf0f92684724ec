"""Remote start with what it can bring, over REST."""

from typing import Any

import pytest

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

PATH = "/api/v1/charge-points/CP1/remote-start"


async def test_without_more_it_is_a_plain_remote_start(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.report_all()
        answer = await site.ask("POST", PATH, {"id_tag": "GUEST"}, role=Role.TECHNICIAN)
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        assert (await charge_point.next_call("RemoteStartTransaction")).payload == {"connectorId": 1, "idTag": "GUEST"}
        charge_point.behaviour.answers["RemoteStartTransaction"] = {"status": "Rejected"}
        answer = await site.ask("POST", PATH, {"id_tag": "GUEST"})
        assert (answer.status, answer.json["status"]) == (200, "Rejected")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "id_tag"),
        ({"id_tag": "x" * 21}, "id_tag"),
        ({"id_tag": "GUEST", "connector_id": 0}, "connector_id"),
        ({"id_tag": "GUEST", "limit_amps": 6, "charging_profile": "Slow"}, "limit_amps"),
        ({"id_tag": "GUEST", "limit_amps": -6}, "limit_amps"),
    ],
)
async def test_a_bad_wish_is_refused_by_the_name_of_its_field(site: RunningSite, body: Any, field: str) -> None:
    answer = await site.ask("POST", PATH, body)
    assert (answer.status, list(answer.json["errors"])) == (400, [field])


async def test_a_reservation_of_another_charger_is_none_here(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP2") as charge_point:
        await charge_point.report_all()
        wish = {"charge_point_id": "CP2", "connector_id": 1, "id_tag": "GUEST"}
        made = (await site.ask("POST", "/api/v1/reservations", wish)).json
        body = {"reservation_id": made["reservation_id"]}
        assert (await site.ask("POST", PATH, body)).status == 409
        assert (await site.ask("POST", PATH, {"reservation_id": 999})).status == 404


async def test_a_viewer_starts_nothing(site: RunningSite) -> None:
    assert (await site.ask("POST", PATH, {"id_tag": "GUEST"}, role=Role.VIEWER)).status == 403
