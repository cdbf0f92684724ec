"""A file in the database's place: complete or not at all, with no log of the old one beside it."""

import errno
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.storage import replacement

NOW = datetime(2026, 11, 24, 12, 30, 15, 250, tzinfo=UTC)
STAMP = "20261124T123015.000250"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Give a database with a log and its index, and a new file that may take its place."""
    for name, content in (("site.db", "old"), ("site.db-wal", "log"), ("site.db-shm", "index"), ("source", "new")):
        (tmp_path / name).write_text(content)
    return tmp_path / "site.db"


def contents(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in directory.iterdir()}


KEPT = f"site.db.replaced-{STAMP}"
REPLACED = {
    "site.db": "new",
    "source": "new",
    f"site.db.replaced-{STAMP}": "old",
    f"site.db.replaced-{STAMP}-wal": "log",
}


def test_the_old_one_is_kept_with_its_log_and_the_new_one_has_none(database: Path) -> None:
    kept = replacement.replace(database, database.with_name("source"), NOW)
    assert kept is not None
    assert kept.name == f"site.db.replaced-{STAMP}"
    assert contents(database.parent) == REPLACED


def test_a_file_that_is_moved_in_needs_no_room(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "copyfile", lambda source, destination: pytest.fail("it was copied"))
    assert replacement.move(database, database.with_name("source"), NOW) == database.with_name(KEPT)
    assert contents(database.parent) == {name: text for name, text in REPLACED.items() if name != "source"}


def test_from_another_disk_it_is_copied(database: Path) -> None:
    memory = Path("/dev/shm")
    if memory.stat().st_dev == database.stat().st_dev:
        pytest.skip("there is no second file system")
    with tempfile.NamedTemporaryFile(dir=memory) as elsewhere:
        Path(elsewhere.name).write_text("new")
        assert replacement.move(database, Path(elsewhere.name), NOW) == database.with_name(KEPT)
    assert contents(database.parent) == REPLACED


def test_where_there_was_none_none_is_kept(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("new")
    assert replacement.replace(tmp_path / "site.db", tmp_path / "source", NOW) is None
    assert contents(tmp_path) == {"site.db": "new", "source": "new"}


def test_what_was_cut_off_before_it_counted_changes_nothing(database: Path) -> None:
    database.with_name("site.db.restoring").write_text("ne")
    assert replacement.finish(database) is None
    assert database.read_text() == "old"


@pytest.mark.parametrize("done", ["nothing", "kept", "kept with its log", "log gone"])
def test_what_was_cut_off_later_is_done_to_its_end(database: Path, done: str) -> None:
    database.with_name(f"site.db.restored-{STAMP}").write_text("new")
    log, kept = database.with_name("site.db-wal"), database.with_name(f"site.db.replaced-{STAMP}")
    if done != "nothing":
        os.link(database, kept)
    if done in ("kept with its log", "log gone"):
        os.link(log, kept.with_name(kept.name + "-wal"))
    if done == "log gone":
        log.unlink()
    assert replacement.finish(database) == kept
    assert contents(database.parent) == REPLACED
    assert replacement.finish(database) is None


def test_a_file_system_without_second_names_gets_a_copy(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, kept: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")  # as FAT does

    monkeypatch.setattr(os, "link", refuse)
    assert replacement.replace(database, database.with_name("source"), NOW) is not None
    monkeypatch.undo()
    assert contents(database.parent)[f"site.db.replaced-{STAMP}"] == "old"


def test_what_cannot_be_copied_replaces_nothing(database: Path) -> None:
    before = contents(database.parent)
    with pytest.raises(FileNotFoundError):
        replacement.replace(database, database.with_name("nowhere"), NOW)
    assert contents(database.parent) == before
