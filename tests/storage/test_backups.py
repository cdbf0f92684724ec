"""Backups and their return: complete, verified, and nothing is replaced by what can't be used."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from edge_csms.domain.errors import Invalid
from edge_csms.storage import backups, schema, sequences, settings
from edge_csms.storage.backups import BackupFailed
from edge_csms.storage.database import Database
from tests.storage.thread import put, seen_from_outside

NOW = datetime(2026, 11, 24, 12, 30, 15, 250, tzinfo=UTC)


async def backup(database: Database, destination: Path) -> Path:
    await asyncio.get_running_loop().run_in_executor(None, backups.write, database.path, destination)
    return destination


def damage(path: Path) -> None:
    """Overwrite the head of the last page."""
    content = bytearray(path.read_bytes())
    content[-4096:-4032] = b"\xff" * 64
    path.write_bytes(content)


# --- writing ---


async def test_a_backup_holds_all_that_was_committed_before_and_opens(database: Database, tmp_path: Path) -> None:
    for number in range(5):
        await database.run(put, f"{number}")
        path = await backup(database, tmp_path / f"backup-{number}")
        assert seen_from_outside(path) == [f"{before}" for before in range(number + 1)]
        opened = Database(path)
        await opened.open()
        await opened.close()
        await database.close()
        await database.open()


async def test_a_backup_larger_than_what_sqlite_keeps_in_memory_is_whole(database: Database, tmp_path: Path) -> None:
    for number in range(40):
        await database.run(put, f"{number}", "x" * 100_000)
    path = await backup(database, tmp_path / "backup")
    assert path.stat().st_size > 40 * 100_000
    backups.check(path)
    assert len(seen_from_outside(path)) == 40


@pytest.mark.parametrize("page_bytes", [1024, 4096])
async def test_a_database_of_an_older_form_is_backed_up_too(tmp_path: Path, page_bytes: int) -> None:
    connection = apsw.Connection(str(tmp_path / "old.db"))  # without checksums
    connection.execute(f"PRAGMA page_size = {page_bytes}; PRAGMA journal_mode = WAL")
    connection.close()
    database = Database(tmp_path / "old.db")
    await database.open()
    for number in range(40):
        await database.run(put, f"{number}", "x" * 100_000)
    path = await backup(database, tmp_path / "backup")
    backups.check(path)
    assert len(seen_from_outside(path)) == 40
    await database.close()


async def test_a_backup_is_one_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    await database.run(put, "a")
    await backup(database, tmp_path / "backups" / "one")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["one"]


async def test_backups_under_load_are_whole(database: Database, tmp_path: Path) -> None:
    stored = 0

    async def load() -> None:
        nonlocal stored
        while True:
            await database.run(put, f"{stored}")
            stored += 1

    loading = asyncio.ensure_future(load())
    for number in range(10):
        before = stored
        path = await backup(database, tmp_path / f"backup-{number}")
        backups.check(path)
        assert len(seen_from_outside(path)) >= before
    loading.cancel()


async def test_a_backup_that_fails_leaves_no_file(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="can't be written"):
        await backup(database, tmp_path / "nowhere" / "backup")
    (tmp_path / "directory").mkdir()
    with pytest.raises(BackupFailed, match="Is a directory"):
        await backup(database, tmp_path / "directory")
    assert not list(tmp_path.glob("*.unfinished"))


async def test_what_an_interrupted_backup_left_is_in_nobodys_way(database: Database, tmp_path: Path) -> None:
    (tmp_path / "backup.unfinished").write_text("half")
    backups.check(await backup(database, tmp_path / "backup"))


async def test_a_damaged_database_makes_no_backup(database: Database, tmp_path: Path) -> None:
    for number in range(200):
        await database.run(put, f"{number}", "x" * 500)
    await database.close()
    damage(database.path)
    with pytest.raises(BackupFailed):
        await backup(database, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


# --- checking ---


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip file" * 100])
def test_what_is_no_database_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Invalid, match="file is"):
        backups.check(tmp_path / "file")


def test_a_missing_file_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no backup"):
        backups.check(tmp_path / "missing")


async def test_a_damaged_backup_is_found_out(database: Database, tmp_path: Path) -> None:
    for number in range(200):
        await database.run(put, f"{number}", "x" * 500)
    path = await backup(database, tmp_path / "backup")
    damage(path)
    with pytest.raises(Invalid, match="damaged"):
        backups.check(path)


async def test_a_backup_of_a_newer_program_is_found_out(database: Database, tmp_path: Path) -> None:
    path = await backup(database, tmp_path / "backup")
    connection = apsw.Connection(str(path))
    connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_holograms', '2031-01-01 00:00:00')")
    connection.close()
    with pytest.raises(schema.NewerSchema, match="9999_holograms"):
        backups.check(path)


# --- restoring ---


async def test_a_restored_site_is_the_one_of_the_backup_and_the_replaced_one_is_kept(
    database: Database, tmp_path: Path
) -> None:
    await database.run(put, "before")
    path = await backup(database, tmp_path / "backup")
    await database.run(put, "after")
    await database.close()
    kept = backups.restore(database.path, path, NOW)
    assert seen_from_outside(database.path) == ["before"]
    assert kept is not None
    assert seen_from_outside(kept) == ["before", "after"]
    assert kept.name == "site.db.replaced-20261124T123015.000250"


async def test_what_was_only_in_the_wal_of_the_replaced_site_is_kept_too(database: Database, tmp_path: Path) -> None:
    path = await backup(database, tmp_path / "backup")
    await database.run(put, "after")
    crashed = tmp_path / "crashed.db"  # what a killed process leaves
    for suffix in ("", "-wal"):
        crashed.with_name(crashed.name + suffix).write_bytes(Path(f"{database.path}{suffix}").read_bytes())
    kept = backups.restore(crashed, path, NOW)
    assert seen_from_outside(crashed) == []
    assert kept is not None
    assert seen_from_outside(kept) == ["after"]


async def test_what_only_the_wal_of_the_source_holds_comes_along(database: Database, tmp_path: Path) -> None:
    await database.run(put, "late")
    source = tmp_path / "old disk.db"  # of a box that lost its power
    for suffix in ("", "-wal"):
        source.with_name(source.name + suffix).write_bytes(Path(f"{database.path}{suffix}").read_bytes())
    backups.restore(tmp_path / "fresh.db", source, NOW)
    assert seen_from_outside(tmp_path / "fresh.db") == ["late"]
    assert list(tmp_path.glob("fresh.db.*")) == []


async def test_numbers_go_on_above_the_backups_and_a_note_is_there_from_the_first_moment(
    database: Database, tmp_path: Path
) -> None:
    await database.run(sequences.take, sequences.RESERVATION)
    path = await backup(database, tmp_path / "backup")
    await database.close()
    backups.restore(database.path, path, NOW, lambda: settings.put("noted", "yes"))
    await database.open()
    assert await database.run(settings.get, "noted") == "yes"
    for name in sequences.ALL:
        assert await database.run(sequences.take, name) > backups.RESTORE_JUMP


async def test_a_fresh_box_takes_a_backup(database: Database, tmp_path: Path) -> None:
    await database.run(put, "a")
    path = await backup(database, tmp_path / "backup")
    assert backups.restore(tmp_path / "fresh.db", path, NOW) is None  # nothing was replaced
    assert seen_from_outside(tmp_path / "fresh.db") == ["a"]


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
async def test_what_is_no_backup_replaces_nothing(database: Database, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    await database.close()
    with pytest.raises(Invalid):
        backups.restore(database.path, tmp_path / "file", NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "site.db"]


async def test_a_backup_that_cannot_be_copied_replaces_nothing(database: Database, tmp_path: Path) -> None:
    path = await backup(database, tmp_path / "backup")
    await database.close()
    (tmp_path / "site.db.restoring").symlink_to("/dev/full")
    with pytest.raises(BackupFailed, match="No space left"):
        backups.restore(database.path, path, NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "site.db"]
