"""Keeps no more than the site wants: archives and thins meter values, and takes names out of what is old."""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from edge_csms.central.clock import SiteClock
from edge_csms.domain.errors import Refusal
from edge_csms.jobs.meter_history import MeterHistory
from edge_csms.jobs.pace import Pace
from edge_csms.jobs.threads import work
from edge_csms.services import anonymity, meter_history
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 6 * 3600.0
DOUBT_SECONDS = 60.0  # a box without a battery for its clock often has the time soon after its start
BATCH = 50  # transactions whose meter values are looked through together


class Retention:
    """The job. It leaves everything alone while the clock stands in doubt."""

    name = "retention"
    per_fleet = True

    def __init__(
        self,
        database: Database,
        clock: SiteClock,
        directory: Path,
        *,
        keep_days: int,
        with_archives: bool,
        anonymous_after_days: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory
        self._named_for = timedelta(days=anonymous_after_days)  # 0 = for ever
        self._pace = Pace(database)
        self.history = MeterHistory(database, clock, directory, keep_days=keep_days, with_archives=with_archives)

    async def run(self) -> None:
        """Look a few times a day."""
        while True:
            if not self._clock.in_doubt:
                await self.history.catch_up()
                if self._named_for:
                    await self.make_anonymous(self._clock.now() - self._named_for)
            await asyncio.sleep(DOUBT_SECONDS if self._clock.in_doubt else EVERY_SECONDS)

    async def make_anonymous(self, before: datetime) -> None:
        """Take the names out of all that is from before a time."""
        for list_keys, clear in anonymity.OTHER_ROWS:
            await self._pace.write(clear, await self._database.read(list_keys, before))
        after, done = None, 0
        while found := await self._database.read(anonymity.list_named, before, after, BATCH):
            changes = await self._database.read(anonymity.prepare, found)
            await self._pace.write(
                anonymity.store_meter_values, [values for one in changes for values in one.meter_values]
            )
            await self._pace.write(anonymity.store, changes)
            after, done = found[-1], done + len(changes)
        if done:
            log.info("%s transactions of before %s were made anonymous", done, before.date())
        await self._clear_archives(before)

    async def _clear_archives(self, before: datetime) -> None:
        try:
            cleared = await work(meter_history.clear_archives, self._directory, before)
        except Refusal as refusal:
            self.history.trouble = refusal.detail
            log.error("archives could not be made anonymous: %s", refusal.detail)
        else:
            if cleared:
                log.info("%s archives were made anonymous", cleared)
