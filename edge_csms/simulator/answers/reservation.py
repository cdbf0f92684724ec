"""Answers to the CALLs of the Reservation profile (OCPP 1.6 §5.1, §5.13)."""

import asyncio
from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.reservation import (
    CancelReservation,
    CancelReservationResponse,
    ReserveNow,
    ReserveNowResponse,
)
from edge_csms.simulator.answers import Answers
from edge_csms.simulator.connector import Connector, Status
from edge_csms.simulator.reservations import Reservation

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


async def cancel_reservation(charge_point: "ChargePoint", request: CancelReservation) -> CancelReservationResponse:
    """End a reservation."""
    found = charge_point.reservations.remove(request.reservation_id)
    charge_point.afterwards(charge_point.refresh_all())
    return CancelReservationResponse(status="Accepted" if found else "Rejected")


async def reserve_now(charge_point: "ChargePoint", request: ReserveNow) -> ReserveNowResponse:
    """Keep a connector free, if it is."""
    targets = _targets(charge_point, request.connector_id)
    if not targets:
        return ReserveNowResponse(status="Rejected")
    states = {_state(charge_point, each, request.reservation_id) for each in targets}
    if "Available" not in states:
        for status in ("Occupied", "Unavailable", "Faulted"):
            if status in states:
                return ReserveNowResponse(status=status)
    reservation = charge_point.reservations.add(request)
    charge_point.afterwards(_keep(charge_point, reservation))
    return ReserveNowResponse(status="Accepted")


def _targets(charge_point: "ChargePoint", connector_id: int) -> list[Connector]:
    if connector_id == 0 and charge_point.configuration.flag("ReserveConnectorZeroSupported"):
        return list(charge_point.connectors.values())
    connector = charge_point.connectors.get(connector_id)
    return [connector] if connector else []


def _state(charge_point: "ChargePoint", connector: Connector, reservation_id: int) -> Status | str:
    """Return how a connector stands against a wish to reserve it, apart from the reservation that is replaced."""
    own = charge_point.reservations.of(connector.connector_id)
    if connector.status in ("Available", "Unavailable", "Faulted"):
        return connector.status
    if connector.status == "Reserved" and own is not None and own.reservation_id == reservation_id:
        return "Available"
    return "Occupied"


async def _keep(charge_point: "ChargePoint", reservation: Reservation) -> None:
    """Show the reservation, and end it when its time is over."""
    await charge_point.refresh_all()
    await asyncio.sleep(max(0.0, (reservation.expires_at - charge_point.clock.now()).total_seconds()))
    if charge_point.reservations.holds(reservation):
        charge_point.reservations.remove(reservation.reservation_id)
        await charge_point.refresh_all()


ANSWERS: Answers = {
    "CancelReservation": cancel_reservation,
    "ReserveNow": reserve_now,
}
