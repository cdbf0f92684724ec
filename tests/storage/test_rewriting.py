"""Writing a file once more leaves every byte and every lock as it was; that it reaches the disk, the torture shows."""

import os
from pathlib import Path

import pytest

from edge_csms.storage import rewriting
from edge_csms.storage.database import Database
from tests.storage.thread import names, put


def locks_of_this_process() -> int:
    lines = Path("/proc/locks").read_text().splitlines()
    return sum(f" {os.getpid()} " in line for line in lines)


@pytest.mark.parametrize("settle", [rewriting.settle_log, rewriting.settle_database])
async def test_bytes_and_locks_stay_as_they_were(database: Database, settle: object) -> None:
    for number in range(100):
        await database.run(put, f"{number}", "x" * 2000)
    await database.read(names)
    files = [database.path, rewriting.log_of(database.path)]
    before, locks = [os.stat(file).st_size for file in files], locks_of_this_process()
    assert callable(settle)
    settle(database.path)
    assert [os.stat(file).st_size for file in files] == before
    assert locks_of_this_process() == locks
    assert await database.run(names) == [f"{number}" for number in range(100)]


def test_every_piece_is_written_as_it_was_read(tmp_path: Path) -> None:
    content = os.urandom(3 * rewriting.PIECE_BYTES + 4096)
    (tmp_path / "site.db").write_bytes(content)
    rewriting.settle_database(tmp_path / "site.db")
    assert (tmp_path / "site.db").read_bytes() == content


def test_where_there_is_no_log_none_is_made(tmp_path: Path) -> None:
    rewriting.settle_log(tmp_path / "site.db")
    assert not rewriting.has_log(tmp_path / "site.db")
    assert list(tmp_path.iterdir()) == []
