"""A backup a day, if anything was recorded since."""

import os
from pathlib import Path

import pytest

from edge_csms.central.clock import SiteClock
from edge_csms.jobs import backup
from edge_csms.services import backups, settings
from edge_csms.storage.database import Database


async def test_one_is_made_once_something_was_recorded_and_no_second_one_that_day(
    database: Database, tmp_path: Path
) -> None:
    directory = tmp_path / "backups"
    directory.mkdir()
    job = backup.DailyBackup(database, SiteClock(), directory)
    assert not job.is_due()  # nothing was recorded yet
    await database.run(settings.put, "name", "value")
    assert job.is_due()
    assert await job.make() is not None
    assert not job.is_due()
    (made,) = directory.iterdir()
    os.utime(made, (0, 0))
    assert not job.is_due()  # nothing was recorded since
    await database.run(settings.put, "name", "another")
    assert job.is_due()


async def test_a_failure_is_kept_in_words(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", 2**60)  # as on a full disk
    job = backup.DailyBackup(database, SiteClock(), tmp_path)
    assert await job.make() is None
    assert "no room for a backup" in job.trouble
