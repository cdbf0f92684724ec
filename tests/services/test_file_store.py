"""Files beside the database: whole or not there, bounded, under made-up names."""

import errno
import hashlib
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_csms.domain.errors import FilesUnavailable, Gone, NoRoom, TooLarge
from edge_csms.services import file_store
from edge_csms.services.file_store import MEGABYTE, FileStore, clean_name

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path, 10 * MEGABYTE)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_there_when_it_is_whole(store: FileStore, tmp_path: Path) -> None:
    file = store.new(100)
    file.write(b"one ")
    file.write(b"two")
    (unfinished,) = names(tmp_path)
    assert unfinished.endswith(".part")
    stored = file.finish()
    file.close()
    assert names(tmp_path) == [stored.stored_as]
    assert (stored.size_bytes, stored.sha256) == (7, hashlib.sha256(b"one two").hexdigest())
    with store.open(stored.stored_as) as opened:
        assert opened.read() == b"one two"
    assert (tmp_path / stored.stored_as).stat().st_mode & 0o777 == 0o600


def test_what_is_dropped_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    file = store.new(100)
    file.write(b"half")
    file.close()
    assert names(tmp_path) == []


def test_a_file_has_its_limit(store: FileStore) -> None:
    file = store.new(4)
    file.write(b"1234")
    with pytest.raises(TooLarge):
        file.write(b"5")
    assert file.finish().size_bytes == 4


def test_all_files_together_have_theirs(tmp_path: Path) -> None:
    store = FileStore(tmp_path, 10)
    file = store.new(100)
    file.write(b"12345678")
    with pytest.raises(NoRoom):
        file.write(b"901")
    file.write(b"90")
    file.finish()
    assert store.used_bytes() == 10
    with pytest.raises(NoRoom):
        store.new(100)


def test_the_last_of_the_disk_is_left_alone(store: FileStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = file_store.shutil.disk_usage(tmp_path)
    file = store.new(10 * MEGABYTE)
    nearly_full = usage._replace(total=usage.total, free=MEGABYTE)
    monkeypatch.setattr(file_store.shutil, "disk_usage", lambda path: nearly_full)
    with pytest.raises(NoRoom):
        file.write(bytes(MEGABYTE))
    with pytest.raises(NoRoom):
        store.new(100)
    file.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a file system of one megabyte."""
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path]).returncode:
        pytest.skip("may not mount")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def test_a_full_disk_is_said_to_be_full(small_disk: Path) -> None:
    file = FileStore(small_disk, 10 * MEGABYTE).new(10 * MEGABYTE)
    file.write(bytes(512 * 1024))
    with pytest.raises(NoRoom):
        file.write(bytes(MEGABYTE))
    file.close()


def test_a_disk_out_of_order_is_said_to_be_so(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "gone", 100)
    with pytest.raises(FilesUnavailable):
        store.new(100)
    (tmp_path / "gone").mkdir()
    file = store.new(100)
    file._unfinished.unlink()
    with pytest.raises(FilesUnavailable):
        file.finish()
    assert file_store._refusal(OSError(errno.EDQUOT, "quota")).detail == "the disk is full"


def test_what_is_gone_is_gone(store: FileStore) -> None:
    with pytest.raises(Gone):
        store.open("0" * 32)
    store.delete(["0" * 32])


def test_a_crash_leaves_nothing_behind_for_long(store: FileStore, tmp_path: Path) -> None:
    known, unknown, older = (store.new(9).finish().stored_as for _ in range(3))
    for name in (known, older):
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / "notes.txt").touch()
    os.utime(tmp_path / "notes.txt", (0, 0))
    unfinished = store.new(9)
    assert store.sweep({known}, LONG_AGO) == 2  # the unfinished and the old one that nobody knows
    assert names(tmp_path) == sorted([known, unknown, "notes.txt"])
    assert store.sweep({known}, datetime.now(UTC) + timedelta(days=1)) == 1
    assert names(tmp_path) == sorted([known, "notes.txt"])
    unfinished.close()


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\logs\\diag.zip", "diag.zip"),
        ("...", "file"),
        ("", "file"),
        ('a"b\r\nSet-Cookie: x', "a_b_Set-Cookie_ x"),
        ("Zähler-Log (1).txt", "Z_hler-Log (1).txt"),
        ("x" * 300, "x" * 100),
    ],
)
def test_names_become_harmless(name: str, clean: str) -> None:
    assert clean_name(name) == clean
