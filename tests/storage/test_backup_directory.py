"""The directory of backups: what is one, which is the newest, and what a start deletes after a crash."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.storage import backup_directory, backups
from edge_csms.storage.database import Database
from tests.storage.thread import put

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
# Backups without an end, for somebody to cut off.
COPYING = """
import sys
from pathlib import Path
from edge_csms.storage import backup_directory, backups
database, destination = Path(sys.argv[1]), Path(sys.argv[2])
number = 0
while True:
    number += 1
    copy = destination / f"auto-{number:05}-cut-off.db"
    with backup_directory.noted(database.parent, copy):
        backups.write(database, copy)
    copy.unlink()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Give the directory of backups of the site in `tmp_path`."""
    directory = tmp_path / backup_directory.NAME
    directory.mkdir()
    return directory


def lay(directory: Path, name: str, day: int = 0) -> Path:
    path = directory / name
    path.touch()
    os.utime(path, (day * 86400, day * 86400))
    return path


def names(directory: Path) -> list[str]:
    return [path.name for path in backup_directory.list_(directory)]


def test_each_backup_has_a_number_above_all_before(directory: Path) -> None:
    first = backup_directory.new_path(directory, NOW)
    assert first.name == "auto-00001-20261124T120000.db"
    lay(directory, "auto-99999-20200101T000000.db")
    assert backup_directory.new_path(directory, NOW).name.startswith("auto-100000-")


def test_those_made_by_themselves_are_in_their_order_whatever_the_clock_said(directory: Path) -> None:
    lay(directory, "auto-00001-x.db", day=5)
    lay(directory, "auto-00002-x.db", day=9)
    lay(directory, "auto-00003-x.db", day=4)  # the clock was set back
    lay(directory, "by hand.db", day=8)
    lay(directory, "brought-auto-00007-x.db", day=10)
    assert names(directory) == [
        *("brought-auto-00007-x.db", "auto-00003-x.db", "auto-00002-x.db"),
        *("by hand.db", "auto-00001-x.db"),
    ]


@pytest.mark.parametrize("name", ["x.db-journal", "x.db-wal", "x.db.unfinished", "half.part", "0f" * 16])
def test_what_is_not_whole_or_was_not_looked_at_is_no_backup(directory: Path, name: str) -> None:
    lay(directory, name)
    assert names(directory) == []


def test_a_start_deletes_what_a_crash_has_left_and_nothing_else(directory: Path, tmp_path: Path) -> None:
    (directory / "archives").mkdir()
    left = [
        *("backups/auto-00001-x.db.unfinished", "backups/auto-00001-x.db.unfinished-journal"),
        *("backups/archives/meter-values-2026-01.db.unfinished", f"backups/{'0f' * 16}.part", f"backups/{'1f' * 16}"),
        *("site.db.restoring", "site.db.restoring-wal", "site.db.whole", "site.db.replaced-20261124.unfinished"),
    ]
    kept = [
        *("site.db", "site.db-wal", "site.db.replaced-20261124", "site.db.restored-20261124", "secrets"),
        *("backups/auto-00001-x.db", "backups/mine.part", "backups/archives/meter-values-2026-01.db"),
    ]
    for name in left + kept:
        lay(tmp_path, name)
    backup_directory.sweep(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == set(kept)


def test_on_a_stick_only_our_own_is_deleted_once_it_is_plugged_in(directory: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    note = tmp_path / "ours.db.written-elsewhere"
    with backup_directory.noted(tmp_path, stick / "ours.db"):
        noted = note.read_text()
    note.write_text(noted)  # as a crash leaves it
    backup_directory.sweep_elsewhere(tmp_path)
    stick.mkdir()
    lay(stick, "ours.db.unfinished")
    lay(stick, "of another box.db.unfinished")
    backup_directory.sweep_elsewhere(tmp_path)
    assert [path.name for path in stick.iterdir()] == ["of another box.db.unfinished"]
    assert not note.exists()


async def test_what_a_killed_process_leaves_is_deleted_by_the_next_start(
    database: Database, directory: Path, tmp_path: Path
) -> None:
    for number in range(20):
        await database.run(put, f"{number}", "x" * 100_000)
    stick = tmp_path / "stick"
    stick.mkdir()
    sound = backup_directory.new_path(directory, NOW)
    backups.write(database.path, sound)
    for place, sweep in ((directory, backup_directory.sweep), (stick, backup_directory.sweep_elsewhere)):
        kill_amid(database.path, place)
        assert len(list(place.glob("*.unfinished"))) == 1
        sweep(tmp_path)
    assert list(stick.iterdir()) == []
    assert list(directory.iterdir()) == [sound]


def kill_amid(database: Path, place: Path) -> None:
    """Kill a process that makes backups while one is half written."""

    def is_left() -> bool:
        return any(place.glob("*.unfinished"))

    process = subprocess.Popen([sys.executable, "-c", COPYING, database, place])
    deadline = time.monotonic() + 20
    while True:
        while not is_left():
            assert process.poll() is None
            assert time.monotonic() < deadline
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        if is_left():
            break
        process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()
