"""Watches the box's clock: tells when it comes in doubt, and ends the doubt where there is better evidence."""

import asyncio
import logging

from edge_csms.central.clock import WHAT_HELPS, WORDS, Doubt, SiteClock
from edge_csms.domain.accounts import Actor
from edge_csms.services import clock
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
BY_ITSELF = Actor("", "")


class ClockWatch:
    """The job."""

    name = "clock"
    per_fleet = False

    def __init__(self, database: Database, site_clock: SiteClock, every_seconds: float = EVERY_SECONDS) -> None:
        self._database = database
        self._clock = site_clock
        self._every_seconds = every_seconds
        self._told: Doubt | None = None

    @property
    def words(self) -> str:
        """Say what is wrong with the box's clock and what helps; empty where nothing is."""
        doubt = self._clock.doubt
        if doubt is None:
            return ""
        return (
            f"in doubt: the box's clock shows {self._clock.box_time:%Y-%m-%d %H:%M} UTC; {WORDS[doubt]}. {WHAT_HELPS}"
        )

    async def run(self) -> None:
        """Look every few seconds."""
        while True:
            reason = self._clock.weigh()
            if reason is not None:
                lead = self._clock.lead_when_trusted()
                await self._database.run(clock.note_trust, lead, self._clock.box_time, BY_ITSELF, reason)
                self._clock.trust(lead)
            self._tell()
            await asyncio.sleep(self._every_seconds)

    def _tell(self) -> None:
        doubt = self._clock.doubt
        if doubt is not None and doubt is not self._told:
            log.error("the clock is %s", self.words)
        if doubt is None and self._told is not None:
            log.warning("the box's clock is believed again; it is %s", self._clock.now())
        self._told = doubt
