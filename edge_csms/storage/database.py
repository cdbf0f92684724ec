"""The one database thread: every write waits for a COMMIT that it shares with all that waited beside it."""

import asyncio
import contextlib
import functools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import checksums, schema
from edge_csms.storage.ballast import Ballast
from edge_csms.storage.tables import DATABASE

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

MAX_BATCH = 512  # functions in one COMMIT: bounds how long the first of them waits
READERS = 2
BUSY_SECONDS = 5

FULL = "disk full"
# What SQLite says when the disk is at fault, and our word for it. READONLY also comes from a remounted file system.
STORAGE_FAULTS: dict[type[Exception], str] = {
    apsw.FullError: FULL,
    apsw.ReadOnlyError: "read-only",
    apsw.CantOpenError: "can't be opened",
    apsw.CorruptError: "damaged",
    apsw.NotADBError: "damaged",
    apsw.IOError: "input/output error",
    apsw.NoMemError: "out of memory",
    apsw.BusyError: "in use by another program",
}


class Job(NamedTuple):
    """One function that waits for the database thread."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: asyncio.Future[Any]
    patient_until: float  # 0 for urgent work, else the monotonic time until which it may wait for company
    vital: bool = False  # a Start or Stop, for which the ballast is kept


class Failure:
    """The outcome of a function that raised."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


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
        checksums.register()
        connection = apsw.Connection(self.database, flags=flags, vfs=checksums.VFS, statementcachesize=256)
        connection.convert_binding = _bind  # for the history of Peewee's migrations, the one DateTimeField here
        self._add_conn_hooks(connection)
        if writing:
            if not Path(self.database).stat().st_size:
                checksums.protect(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def copy_into(self, path: Path) -> None:
        """Write all that is committed into a new file."""
        self.execute_sql("VACUUM INTO ?", (str(path),))

    def find_damage(self) -> str | None:
        """Read the whole file and describe the first fault, None in a sound one."""
        (verdict,) = self.execute_sql("PRAGMA integrity_check(1)").fetchone()
        return None if verdict == "ok" else str(verdict)


@contextlib.contextmanager
def looked_into(path: Path) -> Iterator[SiteDatabase]:
    """Give a database file, which may be in use, for reading only; it stays as it is."""
    database = SiteDatabase(path)
    database.connect()
    try:
        yield database
    finally:
        database.close()


class Database:
    """The site's database: `run` writes on its own thread in group commits, `read` reads beside it.

    A function given to either is plain and synchronous, touches nothing but its arguments and the database, returns
    plain values, and may run twice: when a COMMIT fails, all that shared it is rolled back and run again one by one.
    """

    def __init__(self, path: Path, *, patient_commit_seconds: float = 0.0, ballast_bytes: int = 0) -> None:
        self.path = path
        self.state = "ok"
        self.commits = 0
        self.changes = 0  # rows that were written since the start
        self.committed_jobs = 0
        self._patient_seconds = patient_commit_seconds
        self._database = SiteDatabase(path)
        self._ballast = Ballast(path.parent / "ballast", ballast_bytes)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop
        self._readers: ThreadPoolExecutor
        self._thread: threading.Thread | None = None  # while it is open

    async def open(self) -> None:
        """Open or create the file, bring its schema up to date, and start the thread.

        Raises StorageUnavailable, schema.ForeignDatabase or schema.NewerSchema, and leaves such a file as it is.
        """
        self._loop = asyncio.get_running_loop()
        opened = self._loop.create_future()
        thread = threading.Thread(target=self._serve, args=(opened,), name="database", daemon=True)
        thread.start()
        await opened
        self._readers = ThreadPoolExecutor(READERS, "database-reader")
        self._thread = thread

    async def close(self) -> None:
        """Finish what waits, fold the WAL into the database file and stop the thread."""
        if self._thread is None:
            return
        thread, self._thread = self._thread, None  # from here on nothing more is taken
        # The last connection that closes folds the WAL, which only the writer can.
        await self._loop.run_in_executor(None, self._readers.shutdown)
        self._jobs.put(None)
        await self._loop.run_in_executor(None, thread.join)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Run `function` on the database thread; the future resolves after the COMMIT that holds its work."""
        return self._submit(_bound(function, kwargs), args, 0.0)

    def run_patient(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Like `run`, but may wait up to patient_commit_seconds for company, so that an SD card is written less."""
        return self._submit(_bound(function, kwargs), args, time.monotonic() + self._patient_seconds)

    def run_vital(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Like `run`; on a full disk the ballast makes room for this, and for nothing else."""
        return self._submit(_bound(function, kwargs), args, 0.0, vital=True)

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on a read-only connection, on a snapshot of what is committed; never holds the writer."""
        self._check_open()
        return await self._loop.run_in_executor(self._readers, self._read, _bound(function, kwargs), args)

    async def look_up(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a `function` that only reads, after all writes before it; beside them while nothing can be written."""
        try:
            return await self.run(function, *args, **kwargs)
        except StorageUnavailable:
            return await self.read(function, *args, **kwargs)

    def _submit(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], patient_until: float, *, vital: bool = False
    ) -> asyncio.Future[Any]:
        self._check_open()
        future = self._loop.create_future()
        self._jobs.put(Job(function, arguments, future, patient_until, vital))
        return future

    def _check_open(self) -> None:
        if self._thread is None:
            raise StorageUnavailable("closed")

    def _read(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        try:
            self._connect()
            with self._database.transaction():
                return function(*arguments)
        except Exception as error:
            if (fault := storage_fault(error)) is None:
                raise
            self._disconnect()  # the next one gets a new connection
            raise fault from error

    # Everything below runs on the database thread.

    def _serve(self, opened: asyncio.Future[None]) -> None:
        try:
            self._prepare()
        except Exception as error:
            self._disconnect()
            self._loop.call_soon_threadsafe(opened.set_exception, storage_fault(error) or error)
            return
        self._loop.call_soon_threadsafe(opened.set_result, None)
        while jobs := self._collect():
            outcomes = self._commit_together(jobs)
            self._note_faults(outcomes)
            self._loop.call_soon_threadsafe(_deliver, jobs, outcomes)
        self._disconnect()

    def _prepare(self) -> None:
        if self.path.exists():
            with looked_into(self.path) as database:
                schema.check(database)
        self._database.own()
        DATABASE.initialize(self._database)
        self._connect()
        schema.migrate(self._database)
        self._ballast.hold()

    def _collect(self) -> list[Job]:
        """Wait for work and take all of it that waits; an empty list means the end."""
        first = self._jobs.get()
        if first is None:
            return []
        jobs, until = [first], first.patient_until
        while len(jobs) < MAX_BATCH:
            try:
                job = self._jobs.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)  # the end comes after this batch
                break
            jobs.append(job)
            until = min(until, job.patient_until)  # an urgent one, 0, takes all that waits with it
        return jobs

    def _commit_together(self, jobs: Sequence[Job]) -> list[Any]:
        """Run functions in one database transaction; when that is lost, each in one of its own."""
        if self._ballast.is_released and not self._ballast.hold():
            return [self._commit_alone(job) if job.vital else Failure(StorageUnavailable(FULL)) for job in jobs]
        try:
            outcomes = self._commit(jobs)
        except Exception as error:
            log.warning("database transaction of %s functions ended: %s", len(jobs), error)
            return [self._commit_alone(job) for job in jobs]
        return [
            self._commit_alone(job) if job.vital and _is_full(outcome) else outcome
            for job, outcome in zip(jobs, outcomes, strict=True)
        ]

    def _commit_alone(self, job: Job) -> Any:
        try:
            outcome = self._commit([job])[0]
        except Exception as error:
            outcome = Failure(storage_fault(error) or error)
        if job.vital and _is_full(outcome) and self._ballast.release():
            log.critical("the disk is full: the ballast was let go, for Starts and Stops alone")
            return self._commit_alone(job)
        return outcome

    def _commit(self, jobs: Sequence[Job]) -> list[Any]:
        """Run functions in one database transaction; raises when all of it is lost."""
        connection = self._ready_connection()
        changes = connection.total_changes()
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [self._attempt(connection, job) for job in jobs]
        connection.execute("COMMIT")
        self.commits += 1
        self.committed_jobs += len(jobs)
        written = connection.total_changes() - changes
        self.changes += written
        if written and not self._ballast.is_released:
            self.state = "ok"  # a COMMIT of nothing succeeds on a full disk, too
        return outcomes

    def _attempt(self, connection: apsw.Connection, job: Job) -> Any:
        """Run one function in its savepoint; its own failure is its outcome and undoes nothing else."""
        connection.execute("SAVEPOINT job")
        try:
            outcome = job.function(*job.arguments)
        except Exception as error:
            if connection.getautocommit():
                raise  # SQLite rolled everything back: a full disk, mostly
            connection.execute("ROLLBACK TO job")
            outcome = Failure(storage_fault(error) or error)
        connection.execute("RELEASE job")
        return outcome

    def _note_faults(self, outcomes: Sequence[Any]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Failure) and isinstance(outcome.error, StorageUnavailable):
                self.state = outcome.error.state

    def _ready_connection(self) -> apsw.Connection:
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


def _is_full(outcome: Any) -> bool:
    error = outcome.error if isinstance(outcome, Failure) else None
    return isinstance(error, StorageUnavailable) and error.state == FULL


def _bound(function: Callable[..., T], named: dict[str, Any]) -> Callable[..., T]:
    return functools.partial(function, **named) if named else function


def storage_fault(error: Exception) -> StorageUnavailable | None:
    """Say what SQLite's error means, where the disk or the file is at fault; None for any other error."""
    cause: BaseException | None = error if isinstance(error, apsw.Error | peewee.PeeweeException) else None
    while cause is not None:
        for kind, state in STORAGE_FAULTS.items():
            if isinstance(cause, kind):
                return StorageUnavailable("damaged" if checksums.is_mismatch(cause) else state)
        cause = cause.__cause__ or cause.__context__  # Peewee wraps the errors of its engines
    return None


def _deliver(jobs: Sequence[Job], outcomes: Sequence[Any]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.future.done():  # its asker went away; the work stays done
            continue
        if isinstance(outcome, Failure):
            job.future.set_exception(outcome.error)
        else:
            job.future.set_result(outcome)
