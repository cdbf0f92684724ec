"""The database thread when the disk is at fault: who fails, who doesn't, what is said, and how it goes on."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.errors import Conflict, StorageUnavailable
from edge_csms.storage.database import Database
from edge_csms.storage.tables import DATABASE
from tests.storage.thread import execute, held, names, put, seen_from_outside

Job = tuple[Callable[..., Any], Any]

LARGE = "x" * 200_000  # fills far more pages than any limit here leaves


def limit_pages(spare: int) -> None:
    """Let the disk be full after that many more pages."""
    (pages,) = execute("PRAGMA page_count")[0]
    execute(f"PRAGMA max_page_count = {pages + spare}")


def lift_limit() -> None:
    """Let the disk have room again."""
    execute("PRAGMA max_page_count = 1000000")


def put_many(name: str) -> None:
    """Store many rows in one statement, which SQLite can undo without ending the database transaction."""
    DATABASE.execute_sql(
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000) "
        "INSERT INTO setting (name, value) SELECT ? || n, ? FROM number",
        (name, "x" * 100),
    )


async def run_together(database: Database, *jobs: Job) -> list[Any]:
    """Let jobs share a database transaction; give what came of each, refusals in their words."""
    async with held(database):
        waiting = [database.run(*job) for job in jobs]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    return [str(outcome) if isinstance(outcome, Exception) else outcome for outcome in outcomes]


@pytest.fixture
def database_with_ballast(io_loop: IOLoop, tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "ballasted.db", ballast_bytes=4096)
    io_loop.run_sync(database.open)
    yield database
    io_loop.run_sync(database.close)


DISK_FULL = "the database can't be written: disk full"


# --- the two kinds of failure on a full disk ---


async def test_a_statement_that_finds_the_disk_full_and_undoes_itself_fails_alone(database: Database) -> None:
    await database.run(limit_pages, 5)
    commits = database.commits
    assert await run_together(database, (put, "a"), (put_many, "many"), (put, "b")) == ["a", DISK_FULL, "b"]
    assert database.commits - commits == 2  # the one that held, and one for all three
    assert seen_from_outside(database.path) == ["a", "b"]


async def test_when_a_full_disk_ends_the_whole_batch_what_fits_succeeds_alone_and_the_rest_is_refused(
    database: Database,
) -> None:
    runs: list[str] = []

    def counted(name: str, value: str = "") -> str:
        runs.append(name)
        return put(name, value)

    await database.run(limit_pages, 5)
    jobs = [(counted, "a"), (counted, "large", LARGE), (counted, "b")]
    assert await run_together(database, *jobs) == ["a", DISK_FULL, "b"]
    assert runs == ["a", "large", "a", "large", "b"]  # the first run of "a" counted for nothing
    assert seen_from_outside(database.path) == ["a", "b"]


async def test_a_domain_error_stays_itself_when_the_batch_is_run_again(database: Database) -> None:
    def refuse(_: str) -> None:
        raise Conflict("no")

    await database.run(limit_pages, 5)
    assert await run_together(database, (refuse, ""), (put, "large", LARGE)) == ["no", DISK_FULL]


async def test_nothing_is_acknowledged_that_a_full_disk_swallowed(database: Database) -> None:
    await database.run(limit_pages, 8)
    acknowledged = []
    for round_ in range(20):
        jobs = [(put, f"{round_}.{number}", "x" * 2000) for number in range(10)]
        outcomes = await run_together(database, *jobs)
        acknowledged += [outcome for outcome in outcomes if outcome != DISK_FULL]
    assert 0 < len(acknowledged) < 200
    assert seen_from_outside(database.path) == acknowledged


async def test_service_resumes_by_itself_when_there_is_room_again(database: Database) -> None:
    await database.run(limit_pages, 0)
    with pytest.raises(StorageUnavailable, match="disk full"):
        await database.run(put, "large", LARGE)
    assert database.state == "disk full"
    await database.run(lift_limit)
    assert await database.run(put, "large", LARGE) == "large"
    assert database.state == "ok"


async def test_reading_on_a_full_disk_does_not_pass_for_writing(database: Database) -> None:
    await database.run(limit_pages, 0)
    with pytest.raises(StorageUnavailable):
        await database.run(put, "large", LARGE)
    assert await database.run(names) == []
    assert await database.read(names) == []
    assert database.state == "disk full"


async def test_the_state_says_disk_full_where_the_others_of_the_batch_had_room(database: Database) -> None:
    await database.run(limit_pages, 5)
    await run_together(database, (put, "a"), (put_many, "many"))
    assert database.state == "disk full"
    await run_together(database, (put, "b"), (put, "large", LARGE))
    assert database.state == "disk full"


# --- Starts and Stops, for which the ballast is kept ---


class Start:
    """A function that finds the disk full so many times before there is room."""

    def __init__(self, full: int) -> None:
        self.full = full

    def __call__(self) -> str:
        self.full -= 1
        if self.full >= 0:
            put_many("many")
        return put("start")


async def run_in_a_row(database: Database, start: Start) -> list[Any]:
    """Let a Start wait between two other functions."""
    await database.run(limit_pages, 5)
    async with held(database):
        waiting = [database.run(put, "before"), database.run_vital(start), database.run(put, "behind")]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    return [str(outcome) if isinstance(outcome, Exception) else outcome for outcome in outcomes]


async def test_a_start_that_finds_no_room_at_first_keeps_its_place_in_the_row(database: Database) -> None:
    assert await run_in_a_row(database, Start(full=1)) == ["before", "start", "behind"]
    assert seen_from_outside(database.path) == ["before", "start", "behind"]


async def test_from_the_moment_the_ballast_is_gone_nothing_but_starts_and_stops_is_written(
    database_with_ballast: Database,
) -> None:
    assert await run_in_a_row(database_with_ballast, Start(full=2)) == ["before", "start", DISK_FULL]
    assert seen_from_outside(database_with_ballast.path) == ["before", "start"]


# --- a connection that is lost ---


def break_connection() -> None:
    DATABASE.connection().close()


async def test_a_lost_connection_is_replaced_and_nobody_notices(database: Database) -> None:
    outcomes = await run_together(database, (put, "a"), (break_connection,), (put, "b"))  # type: ignore[arg-type]
    assert outcomes[0] == "a"
    assert outcomes[2] == "b"
    assert await database.run(put, "c") == "c"
    assert seen_from_outside(database.path) == ["a", "b", "c"]


async def test_a_file_that_cannot_be_opened_again_is_said_and_tried_anew(database: Database) -> None:
    away = database.path.parent.with_name("away")
    database.path.parent.rename(away)
    outcomes = await run_together(database, (break_connection,), (put, "a"))  # type: ignore[arg-type]
    assert outcomes[1] == "the database can't be written: can't be opened"
    for _ in range(3):
        with pytest.raises(StorageUnavailable, match="can't be opened"):
            await database.run(put, "a")
    assert database.state == "can't be opened"
    away.rename(database.path.parent)
    assert await database.run(put, "a") == "a"
    assert database.state == "ok"


async def test_another_program_that_holds_the_file_is_named_as_the_reason(database: Database) -> None:
    other = apsw.Connection(str(database.path))
    await database.run(execute, "PRAGMA busy_timeout = 10")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="in use by another program"):
        await database.run(put, "a")
    assert database.state == "in use by another program"
    other.execute("ROLLBACK")
    other.close()
    assert await database.run(put, "a") == "a"
