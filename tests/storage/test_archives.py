"""Archives of meter values, as files in a directory."""

import os
from pathlib import Path

import pytest

from edge_csms.domain.errors import Invalid
from edge_csms.storage import archives, copying
from edge_csms.storage.database import Database
from tests.history import JANUARY, NEVER, add_charger, add_transaction


async def archived(database: Database, directory: Path, month: str, after: int, up_to: int) -> Path:
    path = archives.free_name(directory, month)
    copying.copy_messages(database.path, path, after, up_to, NEVER)
    return path


async def test_archives_are_listed_from_the_one_on_that_was_written_last(database: Database, tmp_path: Path) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=20)
    old, new = [
        await archived(database, tmp_path, month, *at) for month, at in (("2026-02", (9, 15)), ("2026-01", (0, 9)))
    ]
    os.utime(old, (0, 0))
    found = archives.list_(tmp_path)
    assert [(one.path, one.first_key, one.last_key, one.is_rewritten) for one in found] == [
        (new, 1, 9, False),
        (old, 10, 15, False),
    ]
    assert [message.key for message in archives.read(old, 10, 3)] == [11, 12, 13]


async def test_a_month_that_comes_a_second_time_gets_another_name(database: Database, tmp_path: Path) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=20)
    names = [(await archived(database, tmp_path, "2026-01", after, after + 5)).name for after in (0, 5, 10)]
    assert names == ["meter-values-2026-01.db", "meter-values-2026-01-2.db", "meter-values-2026-01-3.db"]


async def test_an_archive_that_is_damaged_is_left_out_and_told(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=20)
    await archived(database, tmp_path, "2026-01", 0, 9)
    broken = tmp_path / "meter-values-2026-02.db"
    broken.write_bytes(b"no database at all" * 500)
    assert len(archives.list_(tmp_path)) == 1
    assert "meter-values-2026-02.db is no archive, or damaged" in caplog.text
    with pytest.raises(Invalid, match="damaged"):
        archives.read_names(broken)


async def test_a_flipped_byte_is_found_when_it_is_read(database: Database, tmp_path: Path) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=60)
    path = await archived(database, tmp_path, "2026-01", 0, 60)
    content = bytearray(path.read_bytes())
    content[-300] ^= 1
    path.write_bytes(content)
    with pytest.raises(Invalid, match="damaged"):
        archives.read(path, 0, 100)


def test_where_there_is_no_directory_there_is_no_archive(tmp_path: Path) -> None:
    assert archives.list_(tmp_path / "archives") == []
