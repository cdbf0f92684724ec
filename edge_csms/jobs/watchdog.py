"""Feeds the service manager's watchdog while the server lives: when it hangs it is fed no more, and started anew."""

import asyncio
import contextlib

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.services.service_manager import ServiceManager
from edge_csms.storage.database import Database

FEEDS = 4  # within the time that the watchdog grants, so that one which comes late does no harm


class Watchdog:
    """The job. The event loop proves that it lives by coming here, the database thread by answering."""

    name = "watchdog"
    per_fleet = False

    def __init__(self, manager: ServiceManager, database: Database, seconds: float) -> None:
        self._manager = manager
        self._database = database
        self._pause_seconds = seconds / FEEDS

    async def run(self) -> None:
        """Feed as long as both answer."""
        while True:
            # A disk that is full or gone is told as an answer too: a new start would not mend it.
            with contextlib.suppress(StorageUnavailable):
                await self._database.run(_answer)
            self._manager.tell("WATCHDOG=1")
            await asyncio.sleep(self._pause_seconds)


def _answer() -> None:
    """Do nothing, on the database thread."""
