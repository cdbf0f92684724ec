"""Puts a file in the database's place so that a crash at any moment leaves the old one or the new one, whole.

The new file counts from the moment at which it has its name, complete and on the disk. What is left to do then, whoever
opens the database next does to its end.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

UNFINISHED = ".restoring"
READY, KEPT = ".restored-", ".replaced-"  # with the time of the restore behind
LOGS = ("-wal", "-journal")  # an old one beside a new database would be played into it
INDEX = "-shm"


def replace(
    database: Path, source: Path, now: datetime, prepare: Callable[[Path], None] = lambda fresh: None
) -> Path | None:
    """Put a copy of `source` in the place of a database that nobody has open; says where the replaced one is kept.

    What the copy must have from its first moment on, `prepare` does to it. Raises OSError and what `prepare` raises,
    and then the old one is in its place.
    """
    finish(database)
    fresh = _beside(database, UNFINISHED)
    try:
        shutil.copyfile(source, fresh)
        prepare(fresh)
        sync(fresh)
        fresh.rename(_ready(database, now))
    except Exception:
        fresh.unlink(missing_ok=True)
        raise
    sync(database.parent)
    return finish(database)


def move(database: Path, source: Path, now: datetime) -> Path | None:
    """Let `source` itself take the place of a database that nobody has open, which a full disk doesn't hinder.

    Says where the replaced one is kept. From another disk it is copied, and stays there. Raises OSError.
    """
    finish(database)
    try:
        source.rename(_ready(database, now))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return replace(database, source, now)
    sync(source.parent)
    sync(database.parent)
    return finish(database)


def finish(database: Path) -> Path | None:
    """Do what is left of a replacement that was cut off; says where the replaced database is kept, if there was one."""
    kept = None
    for fresh in sorted(database.parent.glob(f"{database.name}{READY}*")):
        kept = _beside(database, KEPT + fresh.name.partition(READY)[2])
        _put_in_place(database, fresh, kept)
    return kept if kept is not None and kept.exists() else None


def sync(path: Path) -> None:
    """Put a file or directory on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_in_place(database: Path, fresh: Path, kept: Path) -> None:
    for suffix in ("", *LOGS):
        with contextlib.suppress(FileNotFoundError, FileExistsError):  # the latter: by the attempt that was cut off
            _keep(_beside(database, suffix), _beside(kept, suffix))
    sync(database.parent)
    for suffix in (*LOGS, INDEX):
        _beside(database, suffix).unlink(missing_ok=True)
    sync(database.parent)
    fresh.rename(database)
    sync(database.parent)


def _keep(path: Path, kept: Path) -> None:
    """Give a file a second name; where the file system knows no such thing, a copy."""
    try:
        os.link(path, kept)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:
        unfinished = _beside(kept, ".unfinished")
        shutil.copyfile(path, unfinished)
        sync(unfinished)
        unfinished.rename(kept)


def _ready(database: Path, now: datetime) -> Path:
    return _beside(database, f"{READY}{now:%Y%m%dT%H%M%S.%f}")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
