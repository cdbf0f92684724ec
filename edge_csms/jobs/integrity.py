"""Reads the database file for damage while it is served: a large one after the start, any that gives cause for it."""

import asyncio
import logging

from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
PAUSE_SECONDS = 0.1  # between two slices of a megabyte: an SD card has other things to do

_END = object()


class Integrity:
    """The job. What it finds is kept in `words`, and nothing is written to a file any more that is damaged."""

    name = "integrity"
    per_fleet = False

    def __init__(self, database: Database, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._database = database
        self._pause_seconds = pause_seconds
        self.scan_at_once = False  # where the start has not read the whole file
        self.words = ""
        self._read = "read from end to end before the start, and sound"

    @property
    def report(self) -> str:
        """Say how far the file was read, and what was found."""
        return self.words or ("being read" if self.scan_at_once else self._read)

    async def run(self) -> None:
        """Scan the file once if need be, and then again whenever a page of it turned out to be damaged."""
        while not self._database.damage:
            if self.scan_at_once or self._database.state == "damaged":
                await self._scan()
                self.scan_at_once = False
            await asyncio.sleep(LOOK_SECONDS)

    async def _scan(self) -> None:
        work = asyncio.get_running_loop().run_in_executor
        scan = await work(None, self._database.begin_scan)
        steps = scan.steps()
        try:
            while (damage := await work(None, next, steps, _END)) is not _END:
                if damage is not None:
                    self._condemn(str(damage))
                    return
                await asyncio.sleep(self._pause_seconds)
        finally:
            scan.close()
        self._read = "read from end to end while it was served, and sound"
        log.info("the database file was %s", self._read)

    def _condemn(self, damage: str) -> None:
        self.words = (
            f"the database is damaged: {damage}. Nothing is recorded any more; chargers keep what they have. "
            "Start the server anew: it keeps the damaged file and puts the newest good backup in its place"
        )
        log.critical("%s", self.words)
        self._database.condemn(damage)
