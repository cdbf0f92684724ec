"""Makes a backup a day, if anything was recorded since the last one."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from pathlib import Path

from edge_csms.central.clock import SiteClock
from edge_csms.domain.errors import Refusal, StorageUnavailable
from edge_csms.jobs.threads import work
from edge_csms.services import backups, meter_history, site_secrets
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
LOOK_SECONDS = 900.0


async def keep_secrets(database: Database, data_dir: Path) -> None:
    """Let the next backup hold the secret files as they are now, sealed; on a full disk it holds older ones."""
    with contextlib.suppress(StorageUnavailable):
        await database.run(site_secrets.keep, data_dir)


class DailyBackup:
    """The job."""

    name = "backup"
    per_fleet = True

    def __init__(self, database: Database, clock: SiteClock, directory: Path) -> None:
        self._database = database
        self._clock = clock
        self.directory = directory
        self._changes_backed_up = 0
        self.trouble = ""  # why the last attempt made none

    async def run(self) -> None:
        """Look four times an hour whether it is time."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.is_due():
                await self.make()

    async def make(self, *, complete: bool = False) -> backups.Backup | None:
        """Make a backup now, without the meter values that archives hold; None where that failed, which is shown.

        A `complete` one holds all, so that it can be taken elsewhere.
        """
        await keep_secrets(self._database, self.directory.parent)
        changes = self._database.changes
        try:
            made = await self._make(complete)
        except Refusal as refusal:
            self.trouble = refusal.detail
            log.error("no backup: %s", refusal.detail)
            return None
        self.trouble, self._changes_backed_up = "", changes
        log.info("backup %s made and verified, %s bytes", made.name, made.bytes)
        return made

    async def _make(self, complete: bool) -> backups.Backup:
        files, now = (self._database.path, self.directory), self._clock.now()
        progress = await self._database.read(meter_history.get_progress)
        if complete or not progress.archived_to:
            return await asyncio.to_thread(backups.make, *files, now)
        first_message, noted = progress.archived_to, progress.of_backup()
        return await work(backups.make_of_records, *files, now, first_message, noted)

    def is_due(self) -> bool:
        """Say whether the last backup is a day old and something was recorded since."""
        if self._database.changes <= self._changes_backed_up:
            return False
        last, now = backups.last_made_at(self.directory), self._clock.now()
        return last is None or now - last >= EVERY or last > now + EVERY  # the last: the clock was set back
