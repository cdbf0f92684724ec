"""Backups: the whole database as one verified file, and back."""

import contextlib
import os
import shutil
from datetime import datetime
from pathlib import Path

import apsw

from edge_csms.domain.errors import Invalid, StorageUnavailable
from edge_csms.storage.database import STORAGE_FAULTS

RESTORE_JUMP = 100_000  # transaction ids above the backup's, since it can't know those that were issued later


def write(source: Path, destination: Path) -> None:
    """Copy a database, which may be in use, into a new file that holds all that was committed before; check the copy.

    Raises StorageUnavailable, leaving no half-made file behind.
    """
    unfinished = destination.with_name(destination.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        connection = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        finally:
            connection.close()
        check(unfinished)
        _sync(unfinished)
        unfinished.rename(destination)
        _sync(destination.parent)
    except (apsw.Error, OSError, Invalid) as error:
        unfinished.unlink(missing_ok=True)
        raise StorageUnavailable(_state(error)) from error


def check(path: Path) -> None:
    """Open a database file and read all of it; raises Invalid when it is none of ours or damaged."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.execute("SELECT count(*) FROM schema_migration").fetchall()
            faults = connection.execute("PRAGMA integrity_check(1)").fetchall()
        finally:
            connection.close()
    except apsw.Error as error:
        raise Invalid(f"{path} is no backup of edge-csms, or damaged: {error}") from error
    if faults != [("ok",)]:
        raise Invalid(f"{path} is damaged: {faults[0][0]}")


def restore(database: Path, source: Path, now: datetime) -> Path:
    """Put a backup in the place of a database that nobody has open; returns where the replaced files went."""
    check(source)
    fresh = database.with_name(database.name + ".restored")
    shutil.copyfile(source, fresh)
    _sync(fresh)
    kept = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%S}")
    for suffix in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            database.with_name(database.name + suffix).rename(kept.with_name(kept.name + suffix))
    fresh.rename(database)
    _sync(database.parent)
    return kept


def _state(error: Exception) -> str:
    return next((state for kind, state in STORAGE_FAULTS.items() if isinstance(error, kind)), str(error))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
