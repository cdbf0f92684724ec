"""The watch over the box's clock: what it says of a doubt, and what ends one by itself."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.central.clock import SiteClock
from edge_csms.jobs.clock import ClockWatch
from edge_csms.services import audit, clock
from edge_csms.storage.database import Database

HOUR = timedelta(hours=1)


class Box:
    """A box whose clock can be set."""

    def __init__(self) -> None:
        self.shows = datetime(2027, 3, 1, 12, tzinfo=UTC)
        self.is_synchronized = False
        self.clock = SiteClock(lambda: self.shows.timestamp(), lambda: 0.0, lambda: self.is_synchronized)


async def test_a_doubt_is_said_with_what_helps_and_ends_when_the_time_is_synchronized(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    box = Box()
    watch = ClockWatch(database, box.clock, every_seconds=0.01)
    job = asyncio.create_task(watch.run())
    assert watch.words == ""
    box.shows -= HOUR
    assert watch.words.startswith(
        "in doubt: the box's clock shows 2027-03-01 11:00 UTC; it was set while the site ran."
    )
    assert "say so on the admin page" in watch.words
    async with asyncio.timeout(5):
        while "the clock is in doubt" not in caplog.text:
            await asyncio.sleep(0.01)
        box.is_synchronized = True
        while watch.words or "believed again" not in caplog.text:
            await asyncio.sleep(0.01)
    job.cancel()
    assert box.clock.now() == box.shows
    assert await database.run(clock.get_lead) == 0
    (entry,) = await database.run(audit.list_, 10)
    assert (entry.username, entry.action, entry.details) == ("", "clock.trust", "time synchronization")
