"""Backups: the whole database as one verified file, and back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import peewee

from edge_csms.domain.errors import Invalid, Refusal
from edge_csms.storage import copying, replacement, rewriting, schema, sequences
from edge_csms.storage.engine import changed, looked_into
from edge_csms.storage.tables import Sequence, Setting

UNFINISHED = ".unfinished"  # behind the name of a backup that is being written
RESTORE_JUMP = 100_000  # transaction ids above the backup's, since it can't know those that were issued later


class BackupFailed(Refusal):
    """A backup could not be written, or not be put in place; what was there before is untouched."""


def write(source: Path, destination: Path) -> None:
    """Copy a database, which may be in use, into a new file that holds all that was committed before; check the copy.

    Raises BackupFailed, leaving no half-made file behind.
    """

    def copy(unfinished: Path) -> None:
        with looked_into(source) as database:
            database.copy_into(unfinished)

    _write(copy, destination)


def write_records(
    source: Path,
    destination: Path,
    first_message: int,
    noted: Mapping[str, str],
    most_bytes: int,
    is_over: copying.IsOver,
) -> None:
    """Write such a backup without the meter values before `first_message`; `noted` are settings in it that say so.

    Raises BackupFailed or CopyFailed, and StorageUnavailable where it would take more than `most_bytes`.
    """

    def copy(unfinished: Path) -> None:
        copying.copy_records(source, unfinished, first_message, noted, most_bytes, is_over)

    _write(copy, destination)


def _write(copy: Callable[[Path], None], destination: Path) -> None:
    unfinished = destination.with_name(destination.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    try:
        copy(unfinished)
        check(unfinished)
        replacement.sync(unfinished)
        unfinished.rename(destination)
        replacement.sync(destination.parent)
    except (peewee.PeeweeException, OSError, Invalid) as error:
        raise BackupFailed(f"the backup {destination} can't be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Open a database file and read all of it; raises Invalid when it is damaged or can't be used by this program."""
    try:
        with looked_into(path) as database:
            schema.check(database)
            is_empty, damage = not database.get_tables(), database.find_damage()
    except peewee.PeeweeException as error:
        raise Invalid(f"{path} is no backup of edge-csms, or damaged: {error}") from error
    if is_empty:
        raise Invalid(f"{path} is empty")
    if damage is not None:
        raise Invalid(f"{path} is damaged: {damage}")


def read_setting(path: Path, name: str) -> str | None:
    """Read one setting in a backup; None where it isn't set, and where the file is no backup, which `check` tells."""
    try:
        with looked_into(path) as database:
            query: Any = Setting.select(Setting.value).where(Setting.name == name).bind(database)
            value = query.scalar()
    except peewee.PeeweeException:
        return None
    return None if value is None else str(value)


def restore(database: Path, source: Path, now: datetime, note: Callable[[], None] = lambda: None) -> Path | None:
    """Put a backup in the place of a database that nobody has open; says where the replaced one is kept, if any was.

    Its numbers go on above those that were given out since, and what `note` writes is in it, from its first moment on.
    Raises Invalid or BackupFailed.
    """
    check(source)
    whole = source
    try:
        if rewriting.has_log(source):  # of a database that was never closed: its last changes are in there
            whole = database.with_name(database.name + ".whole")
            write(source, whole)
        return replacement.replace(database, whole, now, lambda fresh: _prepare(fresh, note))
    except (OSError, peewee.PeeweeException) as error:
        raise BackupFailed(f"{source} can't be restored: {error}") from error
    finally:
        if whole != source:
            whole.unlink(missing_ok=True)


def _prepare(fresh: Path, note: Callable[[], None]) -> None:
    with changed(fresh) as database, database.bind_ctx([Sequence, Setting]), database.atomic():
        for name in sequences.ALL:
            sequences.raise_to(name, sequences.get(name) + RESTORE_JUMP)
        note()
