"""Writes files of the database once more, byte for byte, where nobody knows whether they are on the disk.

When a sync fails, the kernel takes what it could not write for written: whoever reads the file sees it, the next sync
succeeds, and a power cut shows that it was never there. What was written and not yet synced when a process was killed
is no safer. Only writing it again brings it to the disk for certain.
"""

from pathlib import Path

import apsw

PIECE_BYTES = 2**16  # SQLite's own pages have no more, and it writes no more than 128 KiB at once


def log_of(database: Path) -> Path:
    """Give the place of a database's write-ahead log."""
    return database.with_name(database.name + "-wal")


def has_log(database: Path) -> bool:
    """Say whether a database has a write-ahead log with something in it."""
    log = log_of(database)
    return log.exists() and log.stat().st_size > 0


def settle_log(database: Path) -> None:
    """Put a write-ahead log on the disk that an ended process or a lost connection has left."""
    if has_log(database):
        _write_again(log_of(database), apsw.SQLITE_OPEN_WAL)


def settle_database(database: Path) -> None:
    """Put a database file on the disk, after a failure to fold the log into it. Nobody else may write it meanwhile."""
    _write_again(database, apsw.SQLITE_OPEN_MAIN_DB)


def _write_again(path: Path, kind: int) -> None:
    # Through SQLite: if we closed a file of our own here, POSIX would drop the locks that this process holds on it.
    file = apsw.VFSFile("unix", str(path), [kind | apsw.SQLITE_OPEN_READWRITE, 0])
    try:
        size = file.xFileSize()
        for offset in range(0, size, PIECE_BYTES):
            file.xWrite(file.xRead(min(PIECE_BYTES, size - offset), offset), offset)
        file.xSync(apsw.SQLITE_SYNC_NORMAL)
    finally:
        file.xClose()
