"""The engine's own ways: which connections may write, what its errors mean, and how its log is folded."""

import errno
import subprocess
import sys
from pathlib import Path

import apsw
import peewee
import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import rewriting
from edge_csms.storage.database import LOG_PAGES, Database
from edge_csms.storage.engine import PAGE_BYTES, SYSTEM_FAULTS, looked_into, storage_fault
from tests.storage.thread import names, put, seen_from_outside


def test_an_error_that_is_not_the_disks_is_no_fault_of_the_storage() -> None:
    assert storage_fault(ValueError("no")) is None
    assert storage_fault(peewee.IntegrityError("twice")) is None


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (apsw.FullError("full"), "disk full"),
        (apsw.ReadOnlyError("ro"), "read-only"),
        (apsw.IOError("io"), "input/output error"),
        (apsw.NotADBError("no"), "damaged"),
    ],
)
def test_an_error_of_the_engine_is_told_in_our_words_also_where_peewee_has_wrapped_it(
    error: Exception, state: str
) -> None:
    wrapped = peewee.OperationalError("wrapped")
    wrapped.__cause__ = error
    for one in (error, wrapped):
        fault = storage_fault(one)
        assert isinstance(fault, StorageUnavailable)
        assert fault.state == state


def test_what_the_system_says_of_a_failed_write_is_known() -> None:
    assert SYSTEM_FAULTS[errno.EROFS] == "read-only"
    assert SYSTEM_FAULTS[errno.ENOSPC] == "disk full"


async def test_who_only_looks_into_a_file_cannot_write_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "site.db")
    await database.open()
    await database.close()
    with looked_into(tmp_path / "site.db") as opened, pytest.raises(peewee.PeeweeException, match="readonly"):
        opened.execute_sql("DELETE FROM setting")


async def test_a_long_log_is_folded_into_the_file_and_begun_anew(database: Database) -> None:
    log, longest = rewriting.log_of(database.path), 0
    for number in range(3 * LOG_PAGES // 80):
        await database.run(put, f"{number}", "x" * 80_000)  # about eighty pages each
        longest = max(longest, log.stat().st_size)
    assert longest < 2 * LOG_PAGES * (PAGE_BYTES + 24)
    assert database.path.stat().st_size > 2 * LOG_PAGES * PAGE_BYTES


async def test_a_reader_that_holds_the_log_back_loses_nothing(database: Database) -> None:
    reader = apsw.Connection(str(database.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM setting").fetchall()
    for number in range(LOG_PAGES // 40):
        await database.run(put, f"{number}", "x" * 80_000)
    reader.close()
    await database.run(put, "after")
    assert len(await database.read(names)) == LOG_PAGES // 40 + 1
    await database.close()
    assert len(seen_from_outside(database.path)) == LOG_PAGES // 40 + 1


async def test_what_a_killed_process_left_half_done_before_there_was_a_log_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "site.db"
    database = Database(path)
    await database.open()
    await database.run(put, "kept")
    await database.close()
    connection = apsw.Connection(str(path), vfs="cksmvfs")
    connection.execute("PRAGMA journal_mode = DELETE")  # as in a backup
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN; DELETE FROM setting")
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
        "INSERT INTO setting SELECT i, printf('%1000d', i) FROM n"
    )
    files = {name: (tmp_path / name).read_bytes() for name in ("site.db", "site.db-journal")}
    connection.execute("ROLLBACK")
    connection.close()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with looked_into(path) as opened:
        assert opened.find_damage() is None
    assert seen_from_outside(path) == ["kept"]


WITHOUT_SQLITE3 = """
import asyncio, sys
sys.modules["sqlite3"] = None
from pathlib import Path
from edge_csms.storage.database import Database
from edge_csms.storage.tables import Transaction

async def use():
    database = Database(Path(sys.argv[1]))
    await database.open()
    await database.run(lambda: Transaction.insert(start_payload=b"bytes").sql())
    await database.close()

asyncio.run(use())
"""


def test_the_second_sqlite_that_python_brings_is_not_needed(tmp_path: Path) -> None:
    """The executable goes without it: memory, and one engine less with faults of its own."""
    arguments = [sys.executable, "-c", WITHOUT_SQLITE3, str(tmp_path / "edge-csms.db")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
