"""Keeps connections honest: pings quiet charge points, ends dead connections, stores who was seen, what was found."""

import asyncio
import time
from contextlib import suppress

from edge_csms.central.attempts import Attempts
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import StorageUnavailable

CHECK_SECONDS = 5.0
FLUSH_SEEN_SECONDS = 300.0  # last_seen may be roughly right after a crash; an SD card is worth more


class Liveness:
    """The job."""

    name = "liveness"
    per_fleet = False

    def __init__(self, central: CentralSystem, attempts: Attempts) -> None:
        self._central = central
        self._attempts = attempts

    async def run(self) -> None:
        """Check every few seconds."""
        with suppress(StorageUnavailable):  # then the site's interval counts for all
            await self._central.recall_heartbeats()
        flushed_at = time.monotonic()
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            self._central.check_liveness()
            try:
                await self._central.flush()
                await self._attempts.flush()
                if time.monotonic() - flushed_at > FLUSH_SEEN_SECONDS:
                    flushed_at = time.monotonic()
                    await self._central.flush_last_seen()
            except StorageUnavailable:
                continue  # said elsewhere; connections are watched all the same
