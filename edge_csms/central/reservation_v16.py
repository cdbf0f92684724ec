"""What the Reservation profile's messages bring about, whoever sends them (OCPP 1.6 §5.1, §5.13)."""

from typing import Any

from edge_csms.central.context import Context, Follower
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain import events
from edge_csms.domain.errors import CallRefused, Refusal
from edge_csms.domain.reservations import Reservation, ReservationStatus
from edge_csms.ocpp import times
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16.reservation import (
    CancelReservation,
    CancelReservationResponse,
    ReserveNow,
    ReserveNowResponse,
)
from edge_csms.services import reservations


class ReservationProfile:
    """Words the wishes about reservations, and remembers what became of them."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self.followers = {
            "ReserveNow": Follower(before=self._before_reserve, after=self._after_reserve),
            "CancelReservation": Follower(after=self._after_cancel),
        }

    def reserve(self, reservation: Reservation) -> Request[Any]:
        """Ask to keep a connector free (§5.13)."""
        return ReserveNow(
            connector_id=reservation.connector_id,
            expiry_date=times.format(reservation.expires_at),
            id_tag=reservation.id_tag,
            parent_id_tag=reservation.parent_id_tag,
            reservation_id=reservation.reservation_id,
        )

    def cancel(self, reservation_id: int) -> Request[Any]:
        """Ask to forget a reservation (§5.1)."""
        return CancelReservation(reservation_id=reservation_id)

    async def _before_reserve(self, live: LiveChargePoint, request: ReserveNow) -> None:
        """Keep the wish before it leaves: a Start that uses it may come before the answer is dealt with."""
        await self._database.run(reservations.note_request, self._asked(live, request))

    async def _after_reserve(
        self, live: LiveChargePoint, request: ReserveNow, outcome: ReserveNowResponse | Refusal
    ) -> None:
        asked, now = self._asked(live, request), self._clock.now()
        if isinstance(outcome, CallRefused) or (not isinstance(outcome, Refusal) and outcome.status != "Accepted"):
            await self._database.run(reservations.note_refused, asked)
        elif isinstance(outcome, Refusal):  # silence, or the end of the connection
            if await self._database.run(reservations.note_silence, asked, now):
                self._tell(live, asked.reservation_id, ReservationStatus.ENDED)
        elif await self._database.run(reservations.note_accepted, asked):
            self._tell(live, asked.reservation_id, ReservationStatus.ACCEPTED)

    async def _after_cancel(
        self, live: LiveChargePoint, request: CancelReservation, outcome: CancelReservationResponse | Refusal
    ) -> None:
        if isinstance(outcome, Refusal) or outcome.status not in ("Accepted", "Rejected"):
            return  # it stays as it was
        known_there = outcome.status == "Accepted"
        settled = await self._database.run(
            reservations.note_cancelled, live.charge_point.key, request.reservation_id, known_there, self._clock.now()
        )
        if settled is not None:
            self._tell(live, settled.reservation_id, settled.status)

    def _asked(self, live: LiveChargePoint, request: ReserveNow) -> Reservation:
        now = self._clock.now()
        return Reservation(
            reservation_id=request.reservation_id,
            charge_point_id=live.charge_point_id,
            connector_id=request.connector_id,
            id_tag=request.id_tag,
            parent_id_tag=request.parent_id_tag,
            status=ReservationStatus.REQUESTED,
            expires_at=times.parse(request.expiry_date) or now,
            created_at=now,
            charge_point_key=live.charge_point.key,
        )

    def _tell(self, live: LiveChargePoint, reservation_id: int, status: ReservationStatus) -> None:
        self._bus.publish(events.ReservationChanged(live.charge_point_id, reservation_id, status.value))
