"""Backups that are made by themselves: verified, seven kept, bounded in size."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.services import backups
from edge_csms.storage import backups as files
from edge_csms.storage.database import Database
from tests.history import JANUARY, NEVER, add_charger, add_transaction

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    directory = tmp_path / "backups"
    directory.mkdir()
    return directory


def make(database: Database, directory: Path, age: timedelta) -> backups.Backup:
    """Make a backup as if it were that old."""
    made = backups.make(database.path, directory, NOW - age)
    then = (NOW - age).timestamp()
    os.utime(directory / made.name, (then, then))
    return made


async def test_a_backup_is_sound_and_listed(database: Database, directory: Path) -> None:
    made = make(database, directory, timedelta())
    files.check(directory / made.name)
    assert [backup.name for backup in backups.list_(directory)] == [made.name]
    assert backups.last_made_at(directory) == NOW


async def test_seven_are_kept_and_files_of_others_are_left_alone(database: Database, directory: Path) -> None:
    (directory / "by hand.db").write_bytes(b"mine")
    names = [make(database, directory, timedelta(days=10 - day)).name for day in range(10)]
    kept = {backup.name for backup in backups.list_(directory)}
    assert kept == {"by hand.db", *names[3:]}


async def test_without_room_none_is_made_and_the_last_one_stays(
    database: Database, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make(database, directory, timedelta(days=2))
    second = make(database, directory, timedelta(days=1))
    size = os.statvfs(directory).f_bavail * os.statvfs(directory).f_frsize
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", size)  # as on a disk that is nearly full
    with pytest.raises(StorageUnavailable, match="no room"):
        make(database, directory, timedelta())
    assert {backup.name for backup in backups.list_(directory)} == {second.name}
    assert first.name != second.name


async def test_of_backups_from_before_a_clock_was_set_back_the_oldest_go_and_the_one_just_made_stays(
    database: Database, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = [make(database, directory, timedelta(days=-3000 - day)).name for day in range(backups.KEPT)]
    made = backups.make(database.path, directory, NOW)
    assert {backup.name for backup in backups.list_(directory)} == {*ahead[1:], made.name}
    disk = os.statvfs(directory)
    room_for_one = disk.f_bavail * disk.f_frsize // (made.bytes * 3 // 2)
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", room_for_one)
    backups.make_room(directory, 0, "a backup")
    assert [backup.name for backup in backups.list_(directory)] == [made.name]
    os.utime(directory / made.name, (NOW.timestamp() + 1e8,) * 2)
    newest = backups.make_of_records(database.path, directory, NOW, 0, {}, NEVER)
    assert [backup.name for backup in backups.list_(directory)] == [newest.name]


async def test_a_backup_of_the_records_lacks_the_old_meter_values_and_says_so(
    database: Database, directory: Path
) -> None:
    await add_transaction(database, await add_charger(database), 1, JANUARY, minutes=200)
    whole = make(database, directory, timedelta(days=1))
    made = backups.make_of_records(database.path, directory, NOW, 190, {"lacks": "189"}, NEVER)
    assert made.bytes < whole.bytes
    assert files.read_setting(directory / made.name, "lacks") == "189"
    assert [backup.name for backup in backups.list_(directory)][1:] == [whole.name]


async def test_a_large_backup_makes_way_for_a_small_one(
    database: Database, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (directory / "auto-00001-large.db").write_bytes(bytes(20_000_000))
    os.utime(directory / "auto-00001-large.db", (0, 0))
    disk = os.statvfs(directory)
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", disk.f_bavail * disk.f_frsize // 20_000_000)
    made = backups.make_of_records(database.path, directory, NOW, 0, {}, NEVER)
    assert [backup.name for backup in backups.list_(directory)] == [made.name]


async def test_archives_count_when_backups_take_their_share(
    database: Database, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [make(database, directory, timedelta(days=age)).name for age in (3, 2, 1)]
    (directory / "archives").mkdir()
    (directory / "archives" / "meter-values-2026-01.db").write_bytes(bytes(50_000_000))
    disk = os.statvfs(directory)
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", disk.f_bavail * disk.f_frsize // 20_000_000)
    with pytest.raises(StorageUnavailable, match="no room for a backup"):
        backups.make_of_records(database.path, directory, NOW, 0, {}, NEVER)
    assert {backup.name for backup in backups.list_(directory)} == {names[-1]}
