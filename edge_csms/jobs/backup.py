"""Makes a backup a day, if anything was recorded since the last one."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from pathlib import Path

from edge_csms.central.clock import SiteClock
from edge_csms.domain.errors import Refusal, StorageUnavailable
from edge_csms.services import backups, site_secrets
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

    async def make(self) -> backups.Backup | None:
        """Make a backup now; None where that failed, which is logged and shown."""
        changes, now = self._database.changes, self._clock.now()
        work = asyncio.get_running_loop().run_in_executor
        await keep_secrets(self._database, self.directory.parent)
        try:
            made = await work(None, backups.make, self._database.path, self.directory, now)
        except Refusal as refusal:
            self.trouble = refusal.detail
            log.error("no backup: %s", refusal.detail)
            return None
        self.trouble, self._changes_backed_up = "", changes
        log.info("backup %s made and verified, %s bytes", made.name, made.bytes)
        return made

    def is_due(self) -> bool:
        """Say whether the last backup is a day old and something was recorded since."""
        if self._database.changes <= self._changes_backed_up:
            return False
        last, now = backups.last_made_at(self.directory), self._clock.now()
        return last is None or now - last >= EVERY or last > now + EVERY  # the last: the clock was set back
