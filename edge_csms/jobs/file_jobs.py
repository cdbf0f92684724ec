"""Ends file jobs of which nothing is heard, and those that a charge point's new firmware version proves to be done."""

import asyncio
import contextlib
import logging

from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import StorageUnavailable
from edge_csms.domain.events import ChargePointBooted, Event, FileJobChanged
from edge_csms.services import file_progress
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


class FileJobs:
    """The job. It looks now and then, and whenever a charge point has booted."""

    name = "file jobs"
    per_fleet = True

    def __init__(self, central: CentralSystem, database: Database) -> None:
        self._central = central
        self._database = database
        self._booted = asyncio.Event()

    async def run(self) -> None:
        """Look at the start too: something may have happened while this server was down."""
        unsubscribe = self._central.bus.subscribe(self._on_event)
        try:
            while True:
                with contextlib.suppress(StorageUnavailable):  # said elsewhere
                    await self.settle()
                self._booted.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._booted.wait(), EVERY_SECONDS)
        finally:
            unsubscribe()

    async def settle(self) -> None:
        """Settle what is due now."""
        for job in await self._database.run(file_progress.settle_due, self._central.now()):
            log.info(
                "%s: job %s is %s%s", job.charge_point_id, job.job_id, job.state, f": {job.reason}" * bool(job.reason)
            )
            self._central.bus.publish(FileJobChanged(job.charge_point_id, job.job_id, job.state.value))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ChargePointBooted):
            self._booted.set()
