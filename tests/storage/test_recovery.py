"""Looking at a database before it is served. Whole starts from damaged files are in scenarios/test_recovery.py."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.storage import backups, highest_id, recovery
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def make(path: Path) -> None:
    database = Database(path)
    await database.open()
    await database.close()


def test_a_file_that_was_never_made_is_no_damage(tmp_path: Path) -> None:
    assert recovery.examine(tmp_path / "site.db", NOW) is None


def test_a_file_that_is_gone_is_damage_where_a_site_has_lived(tmp_path: Path) -> None:
    (tmp_path / highest_id.FILE).write_text("7")
    (tmp_path / "backups").mkdir()
    with pytest.raises(recovery.NothingToRestore, match="missing"):
        recovery.examine(tmp_path / "site.db", NOW)


async def test_a_sound_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    await make(path)
    before = path.read_bytes()
    assert recovery.examine(path, NOW) is None
    assert path.read_bytes() == before


async def test_the_newest_good_backup_is_taken_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    await make(path)
    (tmp_path / "backups").mkdir()
    for number, name in enumerate(("old", "newer", "broken", "brought-by-hand.db", "half.part")):
        backup = tmp_path / "backups" / name
        backups.write(path, backup)
        os.utime(backup, (number, number))
    broken = tmp_path / "backups" / "broken"
    broken.write_bytes(broken.read_bytes()[:5000])
    os.utime(broken, (9, 9))
    path.write_bytes(b"")
    (tmp_path / highest_id.FILE).write_text("7")
    recovered = recovery.examine(path, NOW)
    assert recovered is not None
    assert "newer" in recovered
    assert recovery.find_damage(path) is None


async def test_a_start_deletes_what_a_crash_has_left_of_backups(tmp_path: Path) -> None:
    path, stick = tmp_path / "site.db", tmp_path / "stick"
    await make(path)
    for directory in (tmp_path / "backups", stick):
        directory.mkdir()
        (directory / "new.db.unfinished").touch()
    (tmp_path / "new.db.written-elsewhere").write_text(str(stick / "new.db"))
    assert recovery.examine(path, NOW) is None
    assert list((tmp_path / "backups").iterdir()) == []
    for thread in threading.enumerate():
        if thread.name == recovery.SWEEPER:
            thread.join()
    assert list(stick.iterdir()) == []


async def test_the_mark_of_use_goes_with_a_clean_end(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    await make(path)
    recovery.note_in_use(path)
    lost = recovery.examine(path, NOW)
    assert lost is not None
    assert "what was recorded last may be missing" in lost
    path.with_name("site.db-wal").unlink(missing_ok=True)
    recovery.note_closed(path)
    assert recovery.examine(path, NOW) is None
