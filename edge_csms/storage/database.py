"""The one database thread: every write waits for a COMMIT that it shares with all that waited beside it."""

import asyncio
import functools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import schema
from edge_csms.storage.tables import DATABASE

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

MAX_BATCH = 512  # functions in one COMMIT: bounds how long the first of them waits
READERS = 2
BUSY_SECONDS = 5

# What SQLite says when the disk is at fault, and our word for it. READONLY also comes from a remounted file system.
STORAGE_FAULTS: dict[type[Exception], str] = {
    apsw.FullError: "disk full",
    apsw.ReadOnlyError: "read-only",
    apsw.CantOpenError: "can't be opened",
    apsw.CorruptError: "damaged",
    apsw.NotADBError: "damaged",
    apsw.IOError: "input/output error",
    apsw.NoMemError: "out of memory",
}


class Job(NamedTuple):
    """One function that waits for the database thread."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: asyncio.Future[Any]
    patient_until: float  # 0 for urgent work, else the monotonic time until which it may wait for company


class BatchEnded(Exception):
    """The whole database transaction is gone, with everything that shared it."""


class SiteDatabase(APSWDatabase):  # type: ignore[misc]  # its stubs know no types
    """A SQLite file whose connections are read-only on every thread but the one that called `own`."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), pragmas={"foreign_keys": 1, "busy_timeout": BUSY_SECONDS * 1000, "temp_store": 2})
        self._writer: int | None = None

    def own(self) -> None:
        """Make the calling thread the writer."""
        self._writer = threading.get_ident()

    def _connect(self) -> apsw.Connection:
        writing = self._writer == threading.get_ident()
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if writing else apsw.SQLITE_OPEN_READONLY
        connection = apsw.Connection(self.database, flags=flags, statementcachesize=256)
        connection.convert_binding = _bind  # for the history of Peewee's migrations, the one DateTimeField here
        self._add_conn_hooks(connection)
        if writing:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        return connection


class Database:
    """The site's database: `run` writes on its own thread in group commits, `read` reads beside it.

    A function given to either is plain and synchronous, touches nothing but its arguments and the database, returns
    plain values, and may run twice: when a COMMIT fails, all that shared it is rolled back and run again one by one.
    """

    def __init__(self, path: Path, *, patient_commit_seconds: float = 0.0) -> None:
        self.path = path
        self.state = "ok"
        self.commits = 0
        self.committed_jobs = 0
        self._patient_seconds = patient_commit_seconds
        self._database = SiteDatabase(path)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, "database-reader")
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Open or create the file, bring its schema up to date, and start the thread.

        Raises StorageUnavailable, or schema.NewerSchema when a newer edge_csms has used the file.
        """
        self._loop = asyncio.get_running_loop()
        opened = self._loop.create_future()
        self._thread = threading.Thread(target=self._serve, args=(opened,), name="database", daemon=True)
        self._thread.start()
        await opened

    async def close(self) -> None:
        """Finish what waits, fold the WAL into the database file and stop the thread."""
        if self._thread is None:
            return
        self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._readers.shutdown()
        self._thread = None

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Run `function` on the database thread; the future resolves after the COMMIT that holds its work."""
        return self._submit(_bound(function, kwargs), args, 0.0)

    def run_patient(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Like `run`, but may wait up to patient_commit_seconds for company, so that an SD card is written less."""
        return self._submit(
            _bound(function, kwargs), args, time.monotonic() + self._patient_seconds if self._patient_seconds else 0.0
        )

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on a read-only connection, on a snapshot of what is committed; never holds the writer."""
        assert self._loop is not None
        return await self._loop.run_in_executor(self._readers, self._read, _bound(function, kwargs), args)

    def _submit(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], patient_until: float
    ) -> asyncio.Future[Any]:
        if self._loop is None or self._thread is None:
            raise StorageUnavailable("closed")
        future = self._loop.create_future()
        self._jobs.put(Job(function, arguments, future, patient_until))
        return future

    def _read(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        self._database.connect(reuse_if_open=True)
        self._database.execute_sql("BEGIN")
        try:
            return function(*arguments)
        finally:
            self._database.execute_sql("ROLLBACK")

    # Everything below runs on the database thread.

    def _serve(self, opened: asyncio.Future[None]) -> None:
        assert self._loop is not None
        try:
            self._database.own()
            DATABASE.initialize(self._database)
            self._connect()
            schema.migrate(self._database)
        except Exception as error:
            self._loop.call_soon_threadsafe(opened.set_exception, _named(error))
            return
        self._loop.call_soon_threadsafe(opened.set_result, None)
        while jobs := self._collect():
            outcomes = self._commit_together(jobs)
            self._loop.call_soon_threadsafe(_deliver, jobs, outcomes)
        self._disconnect()

    def _collect(self) -> list[Job]:
        """Wait for work and take all of it that waits; an empty list means the end."""
        first = self._jobs.get()
        if first is None:
            return []
        jobs, until = [first], first.patient_until
        while len(jobs) < MAX_BATCH:
            try:
                job = (
                    self._jobs.get(timeout=remaining)
                    if (remaining := until - time.monotonic()) > 0
                    else self._jobs.get_nowait()
                )
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)  # the end comes after this batch
                break
            jobs.append(job)
            until = min(until, job.patient_until)  # an urgent one, 0, takes all that waits with it
        return jobs

    def _commit_together(self, jobs: Sequence[Job]) -> list[Any]:
        connection: apsw.Connection = self._database.connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(connection, job) for job in jobs]
            connection.execute("COMMIT")
        except (BatchEnded, apsw.Error) as error:
            log.warning("database transaction of %s functions ended: %s", len(jobs), error)
            return [self._commit_alone(job) for job in jobs]
        self.state = "ok"
        self.commits += 1
        self.committed_jobs += len(jobs)
        return outcomes

    def _attempt(self, connection: apsw.Connection, job: Job) -> Any:
        """Run one function in its savepoint; its own failure is its outcome and undoes nothing else."""
        connection.execute("SAVEPOINT job")
        try:
            outcome = job.function(*job.arguments)
        except Exception as error:
            if connection.getautocommit():
                raise BatchEnded(str(error)) from error  # SQLite rolled everything back: a full disk, mostly
            connection.execute("ROLLBACK TO job")
            outcome = Failure(_named(error))
        connection.execute("RELEASE job")
        return outcome

    def _commit_alone(self, job: Job) -> Any:
        """Run one function in a database transaction of its own, after a shared one was lost."""
        try:
            connection = self._recover()
            connection.execute("BEGIN IMMEDIATE")
            outcome = self._attempt(connection, job)
            connection.execute("COMMIT")
        except Exception as error:
            named = _named(error.__cause__ if isinstance(error, BatchEnded) and error.__cause__ else error)
            if isinstance(named, StorageUnavailable):
                self.state = named.state
            return Failure(named)
        self.state = "ok"
        return outcome

    def _recover(self) -> apsw.Connection:
        """Give a connection that is in no database transaction, a new one where the old one can't roll back."""
        connection: apsw.Connection
        try:
            connection = self._database.connection()
            if not connection.getautocommit():
                connection.execute("ROLLBACK")
        except (apsw.Error, peewee.PeeweeException):
            self._disconnect()
            self._connect()
            connection = self._database.connection()
        return connection

    def _connect(self) -> None:
        self._database.connect(reuse_if_open=True)

    def _disconnect(self) -> None:
        try:
            self._database.close()
        except (apsw.Error, peewee.PeeweeException) as error:
            log.warning("closing the database: %s", error)


def _bind(cursor: apsw.Cursor, number: int, value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    raise TypeError(f"SQLite can't store a {type(value).__name__} (binding {number})")


class Failure:
    """The outcome of a function that raised."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _bound(function: Callable[..., T], named: dict[str, Any]) -> Callable[..., T]:
    return functools.partial(function, **named) if named else function


def _named(error: BaseException) -> BaseException:
    """Turn what SQLite says about the disk into StorageUnavailable; anything else stays as it is."""
    cause: BaseException | None = error
    while cause is not None:
        for kind, state in STORAGE_FAULTS.items():
            if isinstance(cause, kind):
                return StorageUnavailable(state)
        cause = cause.__cause__ or cause.__context__
    return error


def _deliver(jobs: Sequence[Job], outcomes: Sequence[Any]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.future.done():  # its asker went away; the work stays done
            continue
        if isinstance(outcome, Failure):
            job.future.set_exception(outcome.error)
        else:
            job.future.set_result(outcome)
