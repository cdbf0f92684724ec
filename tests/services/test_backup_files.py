"""The files in the directory of backups, one by one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.services import backup_files, backups, site_secrets
from edge_csms.storage import backups as storage
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Give the directory of backups of a site."""
    directory = tmp_path / "site/backups"
    directory.mkdir(parents=True)
    return directory


def bring(directory: Path, content: bytes, name: str) -> backups.Backup:
    file = backup_files.begin(directory)
    file.write(content)
    return backup_files.adopt(directory, file.finish(), name)


async def test_what_is_brought_is_a_backup_and_keeps_its_name(
    database: Database, directory: Path, tmp_path: Path
) -> None:
    storage.write(database.path, tmp_path / "copy")
    content = (tmp_path / "copy").read_bytes()
    assert bring(directory, content, "../old box.db").name == "brought-old box.db"
    with pytest.raises(Conflict, match="already"):
        bring(directory, content, "old box.db")
    assert [one.name for one in backups.list_(directory)] == ["brought-old box.db"]
    storage.check(backup_files.find(directory, "brought-old box.db"))


def test_what_is_no_backup_is_not_kept(directory: Path) -> None:
    with pytest.raises(Invalid):
        bring(directory, b"a picture", "holiday.jpg")
    assert list(directory.iterdir()) == []


def test_what_is_still_being_written_is_no_backup_yet(directory: Path) -> None:
    file = backup_files.begin(directory)
    file.write(b"half")
    assert backups.list_(directory) == []
    file.close()


@pytest.mark.parametrize("name", ["absent.db", "../edge-csms.db", "", "."])
def test_only_what_lies_in_the_directory_is_found(directory: Path, name: str) -> None:
    (directory.parent / "edge-csms.db").touch()
    with pytest.raises(NotFound):
        backup_files.find(directory, name)


async def test_one_is_deleted_but_not_the_last(database: Database, directory: Path) -> None:
    older, newer = (backups.make(database.path, directory, NOW.replace(hour=hour)).name for hour in (1, 2))
    backup_files.delete(directory, older)
    with pytest.raises(Conflict, match="only backup"):
        backup_files.delete(directory, newer)
    assert [one.name for one in backups.list_(directory)] == [newer]


async def test_a_copy_elsewhere_is_verified_and_overwrites_nothing(
    database: Database, directory: Path, tmp_path: Path
) -> None:
    made = backups.make(database.path, directory, NOW)
    copied = backup_files.copy(directory / made.name, tmp_path, NOW)
    assert copied.name == "edge-csms-20261124T120000.db"
    storage.check(copied)
    with pytest.raises(Conflict):
        backup_files.copy(directory / made.name, tmp_path, NOW)


async def test_a_backup_of_another_box_is_said_to_need_the_code(
    database: Database, directory: Path, tmp_path: Path
) -> None:
    other_box = tmp_path / "other"
    other_box.mkdir()
    mine = backups.make(database.path, directory, NOW.replace(hour=1))
    assert not backup_files.inspect(directory / mine.name, directory.parent).needs_recovery_code
    await database.run(site_secrets.keep, other_box)
    foreign = backups.make(database.path, directory, NOW.replace(hour=2))
    assert backup_files.inspect(directory / foreign.name, directory.parent).needs_recovery_code
    assert not backup_files.inspect(directory / foreign.name, other_box).needs_recovery_code
