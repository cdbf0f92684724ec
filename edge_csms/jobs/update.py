"""Starts an update that waits as soon as nobody charges, and writes what came of it into the audit trail."""

import asyncio
import logging

from edge_csms.central.clock import SiteClock
from edge_csms.central.updates import Updates
from edge_csms.domain.errors import StorageUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Update:
    """The job."""

    name = "update"
    per_fleet = False  # each box has a program of its own

    def __init__(self, updates: Updates, clock: SiteClock) -> None:
        self._updates = updates
        self._clock = clock

    async def run(self) -> None:
        """Look every few seconds."""
        while True:
            try:
                await self._updates.tell(self._clock.now())
                await self._updates.go_on()
            except StorageUnavailable as unavailable:
                log.info("updates wait: %s", unavailable.detail)
            await asyncio.sleep(LOOK_SECONDS)
