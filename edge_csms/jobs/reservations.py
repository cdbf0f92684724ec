"""Ends reservations whose time is over, and takes back those which a charge point that was silent may have."""

import asyncio
import logging

from edge_csms.central import reservations as commands
from edge_csms.central.clock import SiteClock
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import Refusal
from edge_csms.domain.events import ReservationChanged
from edge_csms.domain.reservations import Reservation
from edge_csms.services import reservations
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0


class Reservations:
    """The job. It marks nothing as expired while nobody knows the time."""

    name = "reservations"
    per_fleet = True

    def __init__(
        self, central: CentralSystem, database: Database, clock: SiteClock, every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._central = central
        self._database = database
        self._clock = clock
        self._every_seconds = every_seconds
        self._asked: set[tuple[str, int]] = set()  # once is enough: one that stays silent must not be asked for ever

    async def run(self) -> None:
        """Look every few seconds."""
        self._tell(await self._database.run(reservations.note_all_unanswered, self._clock.now()), "ended")
        while True:
            if self._clock.knows_the_time and await self._database.read(reservations.any_due, self._clock.now()):
                self._tell(await self._database.run(reservations.expire, self._clock.now()), "expired")
            for unsure in await self._database.read(reservations.list_unsure, self._clock.now()):
                await self._take_back(unsure)
            await asyncio.sleep(self._every_seconds)

    async def _take_back(self, reservation: Reservation) -> None:
        live = self._central.live(reservation.charge_point_id)
        about = (reservation.charge_point_id, reservation.reservation_id)
        if live is None or not live.online or about in self._asked:
            return
        self._asked.add(about)
        try:
            await commands.take_back(self._central, reservation)
        except Refusal as refusal:
            log.info("%s: reservation %s: %s", live.charge_point_id, reservation.reservation_id, refusal.detail)

    def _tell(self, changed: list[Reservation], status: str) -> None:
        for one in changed:
            self._central.bus.publish(ReservationChanged(one.charge_point_id, one.reservation_id, status))
