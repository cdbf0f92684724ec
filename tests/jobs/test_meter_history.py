"""History is archived, thinned and brought back by itself, and a kill in between loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge_csms.central.clock import SiteClock
from edge_csms.jobs.backup import DailyBackup
from edge_csms.jobs.meter_history import MeterHistory
from edge_csms.services import backups, meter_history
from edge_csms.storage import backups as files
from edge_csms.storage import charge_points, follower_cursors
from edge_csms.storage import meter_history as rows
from edge_csms.storage.database import Database
from tests.history import DAY, MINUTE, SIGNED, add_charger, add_message, add_transaction, keys, registers


@pytest.fixture
def long_ago() -> datetime:
    """Give a time two full months ago or more, so that its month is over, in the middle of a day."""
    middle = SiteClock().now().replace(day=15, hour=12, minute=0, second=0, microsecond=0)
    return (middle - timedelta(days=90)).replace(day=15)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "backups"
    directory.mkdir()
    return directory


def job(database: Database, directory: Path, **settings: Any) -> MeterHistory:
    return MeterHistory(database, SiteClock(), directory, **{"keep_days": 30, "with_archives": True, **settings})


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    database = Database(path)
    await database.open()
    yield database
    await database.close()


async def test_old_meter_values_are_archived_and_thinned_and_the_rest_stays(
    database: Database, directory: Path, long_ago: datetime
) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago, minutes=60)
    await add_message(database, key, 1, long_ago + MINUTE, SIGNED)
    await add_transaction(database, key, 2, SiteClock().now() - DAY, minutes=60)
    await job(database, directory).catch_up()
    assert await registers(database, key, 2) == list(range(0, 6000, 100))
    assert await keys(database) == [15, 30, 45, 60, 61, *range(62, 122)]
    (archive,) = meter_history.list_archives(directory)
    assert (archive.path.name, archive.last_key) == (f"meter-values-{long_ago:%Y-%m}.db", 61)
    assert len(meter_history.read_archive(archive, 0, 100)) == 61


async def test_each_month_is_copied_once(database: Database, directory: Path, long_ago: datetime) -> None:
    key = await add_charger(database)
    for number, at in enumerate((long_ago - timedelta(days=31), long_ago)):
        await add_transaction(database, key, number, at, minutes=5)
    await job(database, directory).catch_up()
    made = {one.path: one.path.stat().st_mtime_ns for one in meter_history.list_archives(directory)}
    assert len(made) == 2
    for path in made:
        path.rename(path.with_name("elsewhere-" + path.name))
    await job(database, directory).catch_up()
    assert meter_history.list_archives(directory) == []  # what was taken elsewhere is not made again


async def test_a_site_may_keep_all_or_go_without_archives(
    database: Database, directory: Path, long_ago: datetime
) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago, minutes=60)
    await job(database, directory, keep_days=0, with_archives=False).catch_up()
    assert len(await keys(database)) == 60
    await job(database, directory, with_archives=False).catch_up()
    assert await keys(database) == [15, 30, 45, 60]
    assert not (directory / "archives").exists()


async def test_what_could_not_be_archived_is_not_thinned_and_the_trouble_is_told(
    database: Database, directory: Path, long_ago: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_transaction(database, await add_charger(database), 1, long_ago, minutes=60)
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", 2**60)  # as on a full disk
    history = job(database, directory)
    await history.catch_up()
    assert "no room for the archive" in history.trouble
    assert len(await keys(database)) == 60
    monkeypatch.undo()
    await history.catch_up()
    assert (history.trouble, len(await keys(database))) == ("", 4)


async def test_what_a_follower_has_not_read_stays(database: Database, directory: Path, long_ago: datetime) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago, minutes=60)
    await database.run(follower_cursors.put, "cloud", key, rows.to_microseconds(long_ago + 29 * MINUTE))
    await job(database, directory).catch_up()
    assert await keys(database) == [15, 30, *range(31, 61)]
    await database.run(follower_cursors.delete, "cloud")
    await job(database, directory).catch_up()
    assert await keys(database) == [15, 30, 45, 60]


async def test_thinning_that_was_cut_off_goes_on_where_it_was(
    database: Database, directory: Path, long_ago: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago, minutes=240)
    monkeypatch.setattr("edge_csms.jobs.meter_history.BATCH", 50)
    history, cut_off = job(database, directory), asyncio.Event()
    write = history.pace.write

    async def write_and_stop(*args: Any) -> None:
        if cut_off.is_set():
            raise asyncio.CancelledError
        await write(*args)
        cut_off.set()

    monkeypatch.setattr(history.pace, "write", write_and_stop)
    with pytest.raises(asyncio.CancelledError):
        await history.catch_up()
    assert 190 < len(await keys(database)) < 200
    await job(database, directory).catch_up()
    assert await keys(database) == sorted([50, *range(15, 241, 15)])  # of 50 nobody knew any more that it may go


async def test_a_restore_from_a_daily_backup_brings_the_history_back(
    database: Database, directory: Path, tmp_path: Path, long_ago: datetime
) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago - timedelta(days=31), minutes=60)
    await add_transaction(database, key, 2, long_ago, minutes=60)
    await add_transaction(database, key, 3, SiteClock().now() - DAY, minutes=10)
    history = job(database, directory, keep_days=60)
    await history.catch_up()
    before = await database.read(rows.list_after, 0, 1000)
    made = await DailyBackup(database, SiteClock(), directory).make()
    assert made is not None
    files.restore(tmp_path / "restored.db", directory / made.name, SiteClock().now())
    async with opened(tmp_path / "restored.db") as restored:
        assert [one.key for one in await restored.read(rows.list_after, 0, 1000)] == list(range(120, 131))
        await job(restored, directory, keep_days=60).catch_up()
        assert await restored.read(rows.list_after, 0, 1000) == before
        (directory / "archives" / meter_history.list_archives(directory)[0].path.name).unlink()
        await job(restored, directory, keep_days=60).catch_up()  # nothing is read twice
        assert await restored.read(rows.list_after, 0, 1000) == before


async def archived_and_backed_up(database: Database, directory: Path, long_ago: datetime) -> Path:
    """Let a transaction's twenty meter values go to an archive, and give a backup that has the last one only."""
    key = await add_charger(database)
    await add_transaction(database, key, 1, long_ago, minutes=20)
    await job(database, directory, keep_days=0).catch_up()
    made = await DailyBackup(database, SiteClock(), directory).make()
    assert made is not None
    return directory / made.name


async def test_an_archive_that_comes_later_is_read_then(
    database: Database, directory: Path, tmp_path: Path, long_ago: datetime
) -> None:
    backup = await archived_and_backed_up(database, directory, long_ago)
    (directory / "archives").rename(tmp_path / "on a shelf")
    files.restore(tmp_path / "restored.db", backup, SiteClock().now())
    async with opened(tmp_path / "restored.db") as restored:
        await job(restored, directory, keep_days=0).catch_up()
        assert await keys(restored) == [20]
        (tmp_path / "on a shelf").rename(directory / "archives")
        await job(restored, directory, keep_days=0).catch_up()
        assert await keys(restored) == list(range(1, 21))


async def test_what_another_site_metered_is_not_brought_back(
    database: Database, directory: Path, tmp_path: Path, long_ago: datetime
) -> None:
    backup = await archived_and_backed_up(database, directory, long_ago)
    files.restore(tmp_path / "restored.db", backup, SiteClock().now())
    async with opened(tmp_path / "restored.db") as restored:
        await restored.run(charge_points.update, "CP1", {"charge_point_id": "ANOTHER"})
        await job(restored, directory, keep_days=0).catch_up()
        assert await keys(restored) == [20]


async def test_beside_thinning_everything_goes_on(database: Database, directory: Path, long_ago: datetime) -> None:
    key = await add_charger(database)
    for number in range(20):
        await add_transaction(database, key, number, long_ago + number * 4 * 60 * MINUTE, minutes=200)
    history = job(database, directory)
    working = asyncio.create_task(history.catch_up())
    beside = 0
    while not working.done():
        await add_message(database, key, None, SiteClock().now() + beside * MINUTE, b"{}")
        beside += 1
    await working
    assert beside > 20
    assert len(await keys(database)) == beside + 20 * 14
