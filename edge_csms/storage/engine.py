"""SQLite, the engine of the database: how connections are opened, its write-ahead log, and what its errors mean."""

import contextlib
import errno
import logging
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import checksums, rewriting

log = logging.getLogger(__name__)

BUSY_SECONDS = 5
PAGE_BYTES = 1024  # of a new file: a message alone makes the disk write two pages, which large ones would make costly
JOURNAL = "-journal"  # beside a file that has no write-ahead log yet

FULL = "disk full"
READ_ONLY = "read-only"
DAMAGED = "damaged"
# What SQLite says when the disk is at fault, and our word for it.
STORAGE_FAULTS: dict[type[Exception], str] = {
    apsw.FullError: FULL,
    apsw.ReadOnlyError: READ_ONLY,
    apsw.CantOpenError: "can't be opened",
    apsw.CorruptError: DAMAGED,
    apsw.NotADBError: DAMAGED,
    apsw.IOError: "input/output error",
    apsw.NoMemError: "out of memory",
    apsw.BusyError: "in use by another program",
}
# What the system says where SQLite knows no more than that it could not write.
SYSTEM_FAULTS = {errno.EROFS: READ_ONLY, errno.ENOSPC: FULL, errno.EDQUOT: FULL}


class SiteDatabase(APSWDatabase):  # type: ignore[misc]  # its stubs know no types
    """A SQLite file whose connections are read-only on every thread but the one that called `own`."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), pragmas={"foreign_keys": 1, "busy_timeout": BUSY_SECONDS * 1000, "temp_store": 2})
        self.log_pages = 0  # in the write-ahead log after the last commit
        self._path = path
        self._writer: int | None = None

    def get_binary_type(self) -> type[memoryview]:
        """Give what stands for bytes; Peewee would ask Python's sqlite3, which the executable goes without."""
        return memoryview

    def own(self) -> None:
        """Make the calling thread the writer."""
        self._writer = threading.get_ident()

    def _connect(self) -> apsw.Connection:
        checksums.register()
        connection = self._connect_writer() if self._writer == threading.get_ident() else self._connect_reader()
        connection.convert_binding = _bind  # for the history of Peewee's migrations, the one DateTimeField here
        self._add_conn_hooks(connection)
        return connection

    def _connect_writer(self) -> apsw.Connection:
        if is_on_read_only_disk(self._path):  # SQLite would say that it can't open its own files beside the database
            raise apsw.ReadOnlyError("the file system is mounted for reading only")
        rewriting.settle_log(self._path)
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        connection = apsw.Connection(self.database, flags=flags, vfs=checksums.VFS, statementcachesize=256)
        if not self._path.stat().st_size:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            checksums.protect(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.set_wal_hook(self._note_log)  # in place of SQLite's own checkpoints, whose failures nobody hears of
        return connection

    def _connect_reader(self) -> apsw.Connection:
        name, flags = self.database, apsw.SQLITE_OPEN_READONLY
        if is_on_read_only_disk(self._path) and not rewriting.has_log(self._path):
            # Even a reader makes files beside the database, unless it is told that nobody will write.
            name, flags = f"file:{quote(name)}?immutable=1", flags | apsw.SQLITE_OPEN_URI
        return apsw.Connection(name, flags=flags, vfs=checksums.VFS, statementcachesize=256)

    def _note_log(self, connection: apsw.Connection, name: str, pages: int) -> int:
        self.log_pages = pages
        return apsw.SQLITE_OK

    def fold_log(self) -> None:
        """Bring the write-ahead log into the database file, as far as readers don't need the file as it was."""
        self.execute_sql("PRAGMA wal_checkpoint(PASSIVE)")

    def keep_log(self) -> None:
        """Leave the write-ahead log as it is when the last connection closes."""
        self.connection().config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)

    def copy_into(self, path: Path) -> None:
        """Write all that is committed into a new file, which is not on the disk before somebody syncs it.

        VACUUM INTO would do, were it not for the checksums: what it writes before the first page gets none.
        """
        try:
            copy = apsw.Connection(str(path), vfs=checksums.VFS)
            with contextlib.closing(copy):
                copy.execute("PRAGMA synchronous = OFF")
                checksums.protect_like(copy, self.connection())
                with copy.backup("main", self.connection(), "main") as backup:
                    backup.step()
                copy.execute("PRAGMA journal_mode = DELETE")  # so that it is one file
        except apsw.Error as error:
            fault = storage_fault(error)
            raise peewee.OperationalError(str(error) if fault is None else fault.state) from error

    def find_damage(self) -> str | None:
        """Read the whole file and describe the first fault, None in a sound one."""
        (verdict,) = self.execute_sql("PRAGMA integrity_check(1)").fetchone()
        return None if verdict == "ok" else str(verdict)

    def fault(self, error: Exception) -> StorageUnavailable | None:
        """Say what an error on this thread's connection means, with what the system knows beyond `storage_fault`."""
        fault = storage_fault(error)
        if fault is None or fault.state != STORAGE_FAULTS[apsw.IOError] or self.is_closed():
            return fault
        return StorageUnavailable(SYSTEM_FAULTS.get(self.connection().system_errno, fault.state))


@contextlib.contextmanager
def looked_into(path: Path) -> Iterator[SiteDatabase]:
    """Give a database file, which may be in use, for reading only; it stays as it is."""
    _undo_half_a_change(path)
    database = SiteDatabase(path)
    database.connect()
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def changed(path: Path) -> Iterator[SiteDatabase]:
    """Give a database file that nobody else has open, for a change that is in the file itself when this ends."""
    database = SiteDatabase(path)
    database.own()
    database.connect()
    try:
        yield database
    finally:
        database.close()


def storage_fault(error: Exception) -> StorageUnavailable | None:
    """Say what SQLite's error means, where the disk or the file is at fault; None for any other error."""
    cause: BaseException | None = error if isinstance(error, apsw.Error | peewee.PeeweeException) else None
    while cause is not None:
        for kind, state in STORAGE_FAULTS.items():
            if isinstance(cause, kind):
                return StorageUnavailable(DAMAGED if checksums.is_mismatch(cause) else state)
        cause = cause.__cause__ or cause.__context__  # Peewee wraps the errors of its engines
    return None


def is_on_read_only_disk(path: Path) -> bool:
    """Say whether a path lies on a file system that is mounted for reading only."""
    try:
        return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False  # there is no such place


def _undo_half_a_change(path: Path) -> None:
    """Roll back what a process left that was killed before the file had its write-ahead log; a reader can't do it."""
    if not (path.parent / (path.name + JOURNAL)).exists() or is_on_read_only_disk(path):
        return
    checksums.register()
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=checksums.VFS)
    try:
        connection.execute("PRAGMA schema_version").fetchall()
    except apsw.Error as error:
        log.error("what was half done to %s can't be undone: %s", path, error)  # whoever reads it next says why
    finally:
        connection.close()


def _bind(cursor: apsw.Cursor, number: int, value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    raise TypeError(f"SQLite can't store a {type(value).__name__} (binding {number})")
