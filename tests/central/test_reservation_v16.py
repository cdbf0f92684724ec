"""How reservations are worded in the first OCPP version, and what the answers bring about."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.reservations import Reservation, ReservationStatus
from edge_csms.ocpp import codec
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

NOW = datetime(2026, 11, 24, 12, 0, 0, 999999, tzinfo=UTC)
RESERVATION = Reservation(9, "CP1", 0, "GUEST", "FAMILY", ReservationStatus.REQUESTED, NOW + timedelta(hours=1), NOW)


async def test_the_calls_are_to_the_letter_of_the_specification(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1"):
        words = (await site.app.central.dialect("CP1")).reservations
    assert codec.encode(words.reserve(RESERVATION)) == (
        b'{"connectorId":0,"expiryDate":"2026-11-24T13:00:00Z","idTag":"GUEST","parentIdTag":"FAMILY","reservationId":9}'
    )
    assert codec.encode(words.cancel(9)) == b'{"reservationId":9}'


async def test_an_answer_without_a_status_is_no_acceptance(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        charge_point.behaviour.answers["ReserveNow"] = {}
        body = {"charge_point_id": "CP1", "connector_id": 1, "id_tag": "GUEST"}
        assert (await site.ask("POST", "/api/v1/reservations", body)).status == 409
        assert (await site.get("/api/v1/reservations"))["items"] == []
