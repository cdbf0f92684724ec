"""Copies of parts of a database in use: records without old meter values, and those alone."""

from pathlib import Path

import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import archives, backups, copying, meter_history, packing
from edge_csms.storage.copying import CopyFailed
from edge_csms.storage.database import Database
from edge_csms.storage.tables import TABLES
from tests.history import JANUARY, NEVER, add_charger, add_transaction, keys
from tests.storage.thread import put

PLENTY = 10**9


def counts() -> dict[str, int]:
    return {table.__name__: table.select().count() for table in TABLES}


def structure() -> list[tuple[str, str]]:
    made = meter_history.Row._meta.database.execute_sql("SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return sorted(made.fetchall())


async def filled(database: Database) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 10, JANUARY, minutes=50)


async def test_records_are_all_but_the_old_messages_and_open_as_a_database(database: Database, tmp_path: Path) -> None:
    await filled(database)
    before = await database.read(counts)
    copy = tmp_path / "copy.db"
    copying.copy_records(database.path, copy, 41, {"what": "it lacks"}, PLENTY, NEVER)
    backups.check(copy)
    expected, made = before | {"MeterValue": 10, "Setting": before["Setting"] + 1}, await database.read(structure)
    opened = Database(copy)
    await database.close()
    await opened.open()
    assert await opened.read(counts) == expected
    assert await opened.read(structure) == made
    assert await keys(opened) == list(range(41, 51))
    await opened.close()


async def test_records_that_are_more_than_sqlite_keeps_in_memory_are_whole(database: Database, tmp_path: Path) -> None:
    for number in range(40):
        await database.run(put, f"{number}", "x" * 100_000)
    copying.copy_records(database.path, tmp_path / "records", 0, {}, PLENTY, NEVER)
    backups.check(tmp_path / "records")


async def test_records_take_no_more_than_they_may(database: Database, tmp_path: Path) -> None:
    await filled(database)
    with pytest.raises(StorageUnavailable):
        copying.copy_records(database.path, tmp_path / "copy.db", 0, {}, 20_000, NEVER)


async def test_an_archive_holds_the_messages_of_a_range_and_the_names(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "SLICE", 7)
    await filled(database)
    path = tmp_path / "meter-values-2026-01.db"
    assert copying.copy_messages(database.path, path, 10, 40, NEVER) == 30
    stored = await database.read(meter_history.list_after, 10, 30)
    assert archives.read(path, 0, 100) == stored
    assert archives.read_names(path) == {1: "CP1"}
    assert [file.name for file in tmp_path.iterdir() if "meter-values" in file.name] == [path.name]


async def test_a_copy_that_fails_leaves_nothing(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "missing" / "meter-values-2026-01.db"
    with pytest.raises((CopyFailed, StorageUnavailable)):
        copying.copy_messages(database.path, path, 0, 10, NEVER)
    (tmp_path / "foreign.db").write_bytes(b"no database" * 1000)
    with pytest.raises((CopyFailed, StorageUnavailable)):
        copying.copy_messages(tmp_path / "foreign.db", tmp_path / "copy.db", 0, 10, NEVER)
    assert not (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob("*.unfinished"))


async def test_an_archive_is_written_anew_in_its_own_place(database: Database, tmp_path: Path) -> None:
    await filled(database)
    path = tmp_path / "meter-values-2026-01.db"
    copying.copy_messages(database.path, path, 0, 50, NEVER)
    copying.rewrite(path, lambda packed: packing.pack(packing.unpack(packed).upper()), NEVER)
    (archive,) = archives.list_(tmp_path)
    assert archive.is_rewritten
    before = await database.read(meter_history.list_after, 0, 50)
    after = archives.read(path, 0, 100)
    assert [one.payload for one in after] != [one.payload for one in before]
    assert [packing.unpack(one.payload) for one in after] == [packing.unpack(one.payload).upper() for one in before]
    assert [one[:-1] for one in after] == [one[:-1] for one in before]


async def test_what_an_archive_became_is_kept_when_writing_it_anew_fails(database: Database, tmp_path: Path) -> None:
    await filled(database)
    path = tmp_path / "meter-values-2026-01.db"
    copying.copy_messages(database.path, path, 0, 50, NEVER)
    content = path.read_bytes()

    def fail(packed: bytes) -> bytes:
        raise ValueError("unreadable")

    with pytest.raises(ValueError, match="unreadable"):
        copying.rewrite(path, fail, NEVER)
    assert path.read_bytes() == content
    assert not list(tmp_path.glob("*.unfinished"))


async def test_a_copy_ends_when_nobody_waits_for_it_any_more(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "STEPS", 10)
    await filled(database)
    with pytest.raises(CopyFailed):
        copying.copy_messages(database.path, tmp_path / "meter-values-2026-01.db", 0, 50, lambda: True)
    with pytest.raises(CopyFailed):
        copying.copy_records(database.path, tmp_path / "copy.db", 0, {}, PLENTY, lambda: True)
    assert archives.list_(tmp_path) == []
