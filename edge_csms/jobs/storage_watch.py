"""Finds out when a storage that was out of order can be written again, so that service resumes by itself."""

import asyncio
import logging

from edge_csms.central.clock import SiteClock
from edge_csms.domain.errors import StorageUnavailable
from edge_csms.services import settings
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

TRY_SECONDS = 2.0


class StorageWatch:
    """The job. It writes a small record again and again until one stays."""

    name = "storage watch"
    per_fleet = False

    def __init__(self, database: Database, clock: SiteClock) -> None:
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Watch, and write only while something is wrong."""
        while True:
            await asyncio.sleep(TRY_SECONDS)
            if self._database.state == "ok" or self._database.damage:
                continue
            try:
                await self._database.run(settings.put, "storage.tried_at", self._clock.now().isoformat())
                log.warning("the storage can be written again")
            except StorageUnavailable as error:
                log.error("%s", error.detail)
