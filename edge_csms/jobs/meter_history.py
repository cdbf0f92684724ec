"""Keeps the history of meter values within bounds: archives months that are over, and thins what is old."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge_csms.central.clock import SiteClock
from edge_csms.domain.errors import Refusal
from edge_csms.domain.thinning import Thinning
from edge_csms.jobs.pace import Pace
from edge_csms.jobs.threads import work
from edge_csms.services import meter_history
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

BATCH = 1000  # messages that are looked at together
NEVER = datetime.min.replace(tzinfo=UTC)


class MeterHistory:
    """What is done about it, a step of a job. What a kill cuts off goes on where it was, the next time."""

    def __init__(
        self, database: Database, clock: SiteClock, directory: Path, *, keep_days: int, with_archives: bool
    ) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory
        self._kept = timedelta(days=keep_days)  # 0 = for ever
        self._with_archives = with_archives
        self.pace = Pace(database)
        self.trouble = ""  # why a month could not be archived, or an archive not be read

    async def catch_up(self) -> None:
        """Do all that is due."""
        try:
            await self._bring_back()
            if self._with_archives:
                await self._archive()
            self.trouble = ""
        except Refusal as refusal:
            self.trouble = refusal.detail
            log.error("meter history: %s", refusal.detail)
        if self._kept:
            await self._thin()

    async def _bring_back(self) -> None:
        """Fill in what the backup lacked that took the database's place, from archives that are at hand."""
        progress = await self._database.read(meter_history.get_progress)
        if not progress.missing_to:
            return
        read = list(progress.brought_back)
        for archive in await asyncio.to_thread(meter_history.list_archives, self._directory):
            if archive.first_key <= progress.missing_to and archive.path.name not in read:
                await self._put_back(archive, progress.missing_to)
                read.append(archive.path.name)
                await self._database.run(meter_history.note_brought_back, read)
                log.info("the meter values of %s were brought back", archive.path.name)

    async def _put_back(self, archive: meter_history.Archive, up_to: int) -> None:
        after, before = archive.first_key - 1, self._clock.now() - self._kept if self._kept else NEVER
        known = await self._database.read(meter_history.list_known, archive)
        while messages := await asyncio.to_thread(meter_history.read_archive, archive, after, BATCH):
            after = messages[-1].key
            missing = [one for one in messages if one.key <= up_to and one.charge_point_key in known]
            chosen = await self._database.read(meter_history.choose_worth_keeping, missing, before)
            await self.pace.write(meter_history.put_back, chosen)

    async def _archive(self) -> None:
        archived_to = (await self._database.read(meter_history.get_progress)).archived_to
        find = meter_history.find_month_to_archive
        while (month := await self._database.read(find, archived_to, self._clock.now())) is not None:
            path = await work(meter_history.archive, self._database.path, self._directory, month)
            archived_to = month.up_to
            await self._database.run(meter_history.note, meter_history.ARCHIVED_TO, archived_to)
            log.info("the meter values of %s were archived in %s", month.name, path)

    async def _thin(self) -> None:
        progress, before = await self._database.read(meter_history.get_progress), self._clock.now() - self._kept
        up_to = progress.archived_to if self._with_archives else await self._database.read(meter_history.newest_key)
        after, thinning, deleted = progress.thinned_to, Thinning(), 0
        while old := await self._database.read(meter_history.list_old, after, up_to, before, BATCH):
            superseded = thinning.superseded(old)
            await self.pace.write(meter_history.delete, superseded)
            after, deleted = old[-1].key, deleted + len(superseded)
            await self._database.run(meter_history.note, meter_history.THINNED_TO, after)
        if deleted:
            log.info("%s meter values of before %s were thinned out", deleted, before.date())
