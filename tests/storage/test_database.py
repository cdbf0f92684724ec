"""The database thread: group commits, order, answers after the COMMIT, patience, reading beside it, and closing."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import peewee
import pytest

from edge_csms.domain.errors import Conflict, StorageUnavailable
from edge_csms.storage.database import MAX_BATCH, Database
from edge_csms.storage.tables import DATABASE
from tests.storage.thread import DEADLINE_SECONDS, Gate, execute, held, names, put, seen_from_outside


@contextlib.asynccontextmanager
async def opened(path: Path, patient_commit_seconds: float) -> AsyncIterator[Database]:
    """Give a database whose patient work may wait."""
    database = Database(path, patient_commit_seconds=patient_commit_seconds)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


class CommitCounter:
    """Counts what SQLite itself calls a commit."""

    def __init__(self) -> None:
        self.count = 0

    def watch(self) -> None:
        """Start to count, from the database thread."""
        DATABASE.connection().set_commit_hook(self)

    def __call__(self) -> bool:
        self.count += 1
        return False  # True would roll back


# --- group commit ---


async def test_all_that_waits_shares_one_commit(database: Database) -> None:
    counter = CommitCounter()
    async with held(database):
        watching = database.run(counter.watch)
        waiting = [database.run(put, f"{number}") for number in range(50)]
    await asyncio.gather(watching, *waiting)
    assert counter.count == 1
    assert await database.read(names) == [f"{number}" for number in range(50)]


async def test_commits_and_the_functions_in_them_are_counted(database: Database) -> None:
    async with held(database):
        commits, jobs = database.commits, database.committed_jobs
        waiting = [database.run(put, f"{number}") for number in range(5)]
    await asyncio.gather(*waiting)
    assert (database.commits - commits, database.committed_jobs - jobs) == (2, 6)  # the one that held is the first


async def test_one_commit_holds_no_more_than_its_first_function_can_wait_for(database: Database) -> None:
    async with held(database):
        commits = database.commits
        waiting = [database.run(put, f"{number}") for number in range(MAX_BATCH + 1)]
    await asyncio.gather(*waiting)
    assert database.commits - commits == 3


async def test_functions_run_in_the_order_of_their_calls(database: Database) -> None:
    for number in range(20):
        waiting = (database.run if number % 3 else database.run_patient)(put, f"{number}")
    await waiting
    assert await database.read(names) == [f"{number}" for number in range(20)]


async def test_an_answer_comes_after_the_commit_that_holds_it(database: Database) -> None:
    for number in range(10):
        assert await database.run(put, f"{number}") == f"{number}"
        assert f"{number}" in seen_from_outside(database.path)


async def test_no_answer_comes_before_the_whole_batch_is_committed(database: Database) -> None:
    gate = Gate()
    async with held(database):
        first, second = database.run(put, "first"), database.run(gate)
    await gate.reached()  # `first` has run in this database transaction
    assert not first.done()
    assert seen_from_outside(database.path) == []
    gate.open()
    await second
    assert first.done()
    assert seen_from_outside(database.path) == ["first"]


async def test_named_arguments_reach_the_function(database: Database) -> None:
    assert await database.run(put, name="a", value="1") == "a"
    assert await database.run_patient(put, "b", value="2") == "b"
    assert await database.read(sorted, ["a", "b"], reverse=True) == ["b", "a"]


async def test_an_asker_that_goes_away_takes_no_work_with_it(database: Database) -> None:
    async with held(database):
        gone, stayed = database.run(put, "gone"), database.run(put, "stayed")
        gone.cancel()
    await stayed
    assert await database.read(names) == ["gone", "stayed"]


# --- a function's own failure ---


def put_then_refuse() -> None:
    put("half")
    raise Conflict("no")


def put_twice() -> None:
    put("half")
    put("half")


async def test_a_function_that_fails_by_its_own_fault_rolls_back_alone(database: Database) -> None:
    async with held(database):
        commits = database.commits
        waiting = [database.run(*job) for job in ((put, "a"), (put_twice,), (put, "b"), (put_then_refuse,), (put, "c"))]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [str, peewee.IntegrityError, str, Conflict, str]
    assert seen_from_outside(database.path) == ["a", "b", "c"]
    assert database.commits - commits == 2
    assert database.state == "ok"


# --- patience ---


async def test_patient_work_waits_for_company_and_is_carried_along_by_urgent_work(tmp_path: Path) -> None:
    async with opened(tmp_path / "site.db", patient_commit_seconds=3600) as database:
        patient = [database.run_patient(put, f"{number}") for number in range(5)]
        assert await database.read(names) == []
        await database.run(put, "urgent")
        assert all(future.done() for future in patient)
        assert database.commits == 1
        assert database.committed_jobs == 6


async def test_patient_work_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    async with opened(tmp_path / "site.db", patient_commit_seconds=0.02) as database:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.gather(*(database.run_patient(put, f"{number}") for number in range(5)))
        assert database.commits == 1


async def test_patient_work_is_as_quick_as_any_where_nothing_may_wait(database: Database) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        await database.run_patient(put, "a")
    assert seen_from_outside(database.path) == ["a"]


async def test_closing_does_not_wait_for_company(tmp_path: Path) -> None:
    async with opened(tmp_path / "site.db", patient_commit_seconds=3600) as database:
        patient = database.run_patient(put, "a")
        async with asyncio.timeout(DEADLINE_SECONDS):
            await database.close()
        assert patient.done()


# --- reading ---


async def test_a_reader_sees_one_state_however_long_it_reads_and_never_holds_the_writer(database: Database) -> None:
    gate = Gate()

    def read_twice() -> tuple[list[str], list[str]]:
        before = names()
        gate()
        return before, names()

    await database.run(put, "before")
    reading = asyncio.ensure_future(database.read(read_twice))
    await gate.reached()
    await database.run(put, "meanwhile")
    gate.open()
    assert await reading == (["before"], ["before"])
    assert await database.read(names) == ["before", "meanwhile"]


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageUnavailable, match="read-only"):
        await database.read(put, "a")
    assert await database.read(names) == []
    assert database.state == "ok"


async def test_readers_run_beside_each_other(database: Database) -> None:
    together = threading.Barrier(2, timeout=DEADLINE_SECONDS)
    await asyncio.gather(database.read(together.wait), database.read(together.wait))


async def test_the_file_is_in_the_mode_that_survives_a_power_cut(database: Database) -> None:
    assert await database.run(execute, "PRAGMA journal_mode") == [("wal",)]
    assert await database.run(execute, "PRAGMA synchronous") == [(2,)]  # FULL
    assert await database.run(execute, "PRAGMA foreign_keys") == [(1,)]
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= (3, 51, 3)  # before, a WAL could be damaged


# --- closing ---


async def test_closing_finishes_what_waits(database: Database) -> None:
    async with held(database):
        waiting = [database.run(put, f"{number}") for number in range(MAX_BATCH + 10)]
        closing = asyncio.ensure_future(database.close())
        await asyncio.sleep(0)
    await closing
    assert [future.result() for future in waiting] == [f"{number}" for number in range(MAX_BATCH + 10)]
    assert len(seen_from_outside(database.path)) == MAX_BATCH + 10


async def test_what_comes_after_the_close_is_refused_and_never_hangs(database: Database) -> None:
    async with held(database):
        closing = asyncio.ensure_future(database.close())
        await asyncio.sleep(0)
        with pytest.raises(StorageUnavailable, match="closed"):
            database.run(put, "while closing")
    await closing
    with pytest.raises(StorageUnavailable, match="closed"):
        database.run(put, "after")
    with pytest.raises(StorageUnavailable, match="closed"):
        await database.read(names)


async def test_closing_folds_everything_into_one_file(database: Database) -> None:
    await database.run(put, "a")
    await asyncio.gather(*(database.read(names) for _ in range(4)))
    await database.close()
    assert [path.name for path in database.path.parent.iterdir()] == [database.path.name]
    assert seen_from_outside(database.path) == ["a"]


async def test_closing_waits_for_those_who_still_read(database: Database) -> None:
    gate = Gate()
    reading = asyncio.ensure_future(database.read(gate))
    await gate.reached()
    closing = asyncio.ensure_future(database.close())
    await asyncio.sleep(0)
    assert not closing.done()
    gate.open()
    await asyncio.gather(reading, closing)


async def test_closing_twice_is_no_fault(database: Database) -> None:
    await database.close()
    await database.close()


async def test_a_database_can_be_opened_again(database: Database) -> None:
    await database.run(put, "a")
    await database.close()
    await database.open()
    assert await database.run(names) == await database.read(names) == ["a"]
