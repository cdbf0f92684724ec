"""The one database thread: every write waits for a COMMIT that it shares with all that waited beside it."""

import asyncio
import functools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import apsw
import peewee

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import ballast, recovery, replacement, rewriting, schema
from edge_csms.storage.ballast import Ballast
from edge_csms.storage.engine import DAMAGED, FULL, PAGE_BYTES, READ_ONLY, SiteDatabase, looked_into, storage_fault
from edge_csms.storage.scanning import Scan
from edge_csms.storage.tables import DATABASE

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

MAX_BATCH = 512  # functions in one COMMIT: bounds how long the first of them waits
READERS = 2
LOG_PAGES = 2**20 // PAGE_BYTES  # of the write-ahead log, from which on it is folded into the database file
MAY_BEGIN_WITH = (READ_ONLY, FULL)  # what is wrong with a disk from which a site can be served as far as it can be read


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


class Database:
    """The site's database: `run` writes on its own thread in group commits, `read` reads beside it.

    A function given to either is plain and synchronous, touches nothing but its arguments and the database, returns
    plain values, and may run twice: when a COMMIT fails, all that shared it is rolled back and run again one by one.
    """

    def __init__(self, path: Path, *, patient_commit_seconds: float = 0.0, ballast_bytes: int = 0) -> None:
        self.path = path
        self.damage = ""  # what a scan of the file found
        self.commits = 0
        self.changes = 0  # rows that were written since the start
        self.committed_jobs = 0
        self._state = "ok"
        self._patient_seconds = patient_commit_seconds
        self._database = SiteDatabase(path)
        self._ballast = Ballast(path.parent / ballast.FILE, ballast_bytes)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop
        self._readers: ThreadPoolExecutor
        self._thread: threading.Thread | None = None  # while it is open
        self._fold_at = LOG_PAGES
        self._unsure_of_file = False  # whether all is on the disk that was folded into the database file

    @property
    def state(self) -> str:
        """Say "ok", or what is wrong with the storage."""
        return DAMAGED if self.damage else self._state

    async def open(self) -> None:
        """Open or create the file, bring its schema up to date, and start the thread.

        Where the disk is full or read-only it opens all the same if all can be read, and `state` says what is wrong.
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

    def begin_scan(self) -> Scan:
        """Begin to read the whole file page by page, beside everything else; raises StorageUnavailable."""
        try:
            return Scan(self.path)
        except apsw.Error as error:
            raise storage_fault(error) or error from error

    def condemn(self, damage: str) -> None:
        """Write nothing more, since what the file would take could not be kept; the next start looks at all of it."""
        self.damage = damage
        recovery.note_damage(self.path)

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
        can_keep = self._state != READ_ONLY  # a connection to a file that nobody writes is none to keep
        try:
            self._connect()
            with self._database.transaction():
                return function(*arguments)
        except Exception as error:
            if (fault := storage_fault(error)) is None:
                raise
            can_keep = False
            raise fault from error
        finally:
            if not can_keep:
                self._disconnect()

    # Everything below runs on the database thread.

    def _serve(self, opened: asyncio.Future[None]) -> None:
        try:
            self._prepare()
        except Exception as error:
            self._disconnect()
            self._loop.call_soon_threadsafe(opened.set_exception, self._database.fault(error) or error)
            return
        self._loop.call_soon_threadsafe(opened.set_result, None)
        while jobs := self._collect():
            outcomes = self._commit_together(jobs)
            self._note_faults(outcomes)
            self._loop.call_soon_threadsafe(_deliver, jobs, outcomes)
            if self._database.log_pages >= self._fold_at:
                self._fold_log()
        if self._unsure_of_file and not self._database.is_closed():
            self._database.keep_log()  # the next start folds all of it anew
        self._disconnect()

    def _prepare(self) -> None:
        replacement.finish(self.path)
        is_current = False
        if self.path.exists():
            with looked_into(self.path) as database:
                schema.check(database)
                is_current = schema.is_current(database)
        self._database.own()
        DATABASE.initialize(self._database)
        try:
            self._connect()
            schema.migrate(self._database)
        except Exception as error:
            fault = self._database.fault(error)
            if fault is None or fault.state not in MAY_BEGIN_WITH or not is_current:
                raise
            log.critical("%s: the site is served as far as it can be read", fault.detail)
            self._state = fault.state
        else:
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
        """Run functions in one database transaction; when that is lost, each in one of its own, in the same order."""
        if self.damage:
            return [Failure(StorageUnavailable(DAMAGED)) for _ in jobs]
        if not self._ballast.is_released or self._ballast.hold():
            try:
                return self._commit(jobs)
            except Exception as error:
                log.warning("database transaction of %s functions ended: %s", len(jobs), error)
        return [self._commit_alone(job) for job in jobs]

    def _commit_alone(self, job: Job) -> Any:
        if self._ballast.is_released and not job.vital:
            return Failure(StorageUnavailable(FULL))
        try:
            outcome = self._commit([job])[0]
        except Exception as error:
            outcome = Failure(self._database.fault(error) or error)
        if job.vital and _is_full(outcome) and self._ballast.release():
            log.critical("the disk is full: the ballast was let go, for Starts and Stops alone")
            return self._commit_alone(job)
        return outcome

    def _commit(self, jobs: Sequence[Job]) -> list[Any]:
        """Run functions in one database transaction; raises when all of it is lost, or must be run one by one."""
        connection = self._ready_connection()
        changes = connection.total_changes()
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [self._attempt(connection, job) for job in jobs]
        if len(jobs) > 1 and any(job.vital and _is_full(outcome) for job, outcome in zip(jobs, outcomes, strict=True)):
            raise StorageUnavailable(FULL)  # with the ballast it may find room, and none may overtake it
        connection.execute("COMMIT")
        self.commits += 1
        self.committed_jobs += len(jobs)
        written = connection.total_changes() - changes
        self.changes += written
        if written and not self._ballast.is_released:
            self._state = "ok"  # a COMMIT of nothing succeeds on a full disk, too
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
            outcome = Failure(self._database.fault(error) or error)
        connection.execute("RELEASE job")
        return outcome

    def _note_faults(self, outcomes: Sequence[Any]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Failure) and isinstance(outcome.error, StorageUnavailable):
                self._state = outcome.error.state

    def _fold_log(self) -> None:
        """Fold a long write-ahead log into the database file, once the answers have left.

        When that fails, pages of the file may pass for written that aren't. The log has them all as long as it isn't
        folded to its end, so before the next attempt the file is written anew.
        """
        try:
            if self._unsure_of_file:
                rewriting.settle_database(self.path)
                self._unsure_of_file = False
            self._database.fold_log()
            self._fold_at = LOG_PAGES
        except (apsw.Error, peewee.PeeweeException) as error:
            self._unsure_of_file = True
            self._fold_at = self._database.log_pages + LOG_PAGES
            log.error("the write-ahead log can't be folded into the database: %s", error)

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


def _is_full(outcome: Any) -> bool:
    error = outcome.error if isinstance(outcome, Failure) else None
    return isinstance(error, StorageUnavailable) and error.state == FULL


def _bound(function: Callable[..., T], named: dict[str, Any]) -> Callable[..., T]:
    return functools.partial(function, **named) if named else function


def _deliver(jobs: Sequence[Job], outcomes: Sequence[Any]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.future.done():  # its asker went away; the work stays done
            continue
        if isinstance(outcome, Failure):
            job.future.set_exception(outcome.error)
        else:
            job.future.set_result(outcome)
