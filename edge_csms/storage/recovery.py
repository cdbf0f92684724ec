"""What is done at start about a damaged or missing database: never served, kept aside, replaced by a good backup."""

import contextlib
import logging
import threading
from datetime import datetime
from pathlib import Path

import peewee

from edge_csms.domain.errors import Invalid, Refusal
from edge_csms.storage import backup_directory, backups, highest_id, replacement, rewriting
from edge_csms.storage.engine import looked_into, storage_fault

log = logging.getLogger(__name__)

SCANNED_AT_START = 200 * 2**20  # bytes: what is larger is scanned after the start
IN_USE = ".in-use"  # beside the database while it is open: a crash leaves it behind
FOUND_DAMAGED = ".damaged"  # beside a large database in which a scan has found damage while it was served
SWEEPER = "sweep of sticks"  # the thread that does it


class NothingToRestore(Refusal):
    """The database can't be used and there is no backup that could take its place."""


def examine(database: Path, now: datetime) -> str | None:
    """Look at a database that nobody has open before it is served, and replace it where it can't be.

    Returns what was wrong and what was done, None where all is well; raises NothingToRestore.
    """
    replacement.finish(database)
    backup_directory.sweep(database.parent)
    # Whatever is mounted where sticks are may not answer for long: no start waits for it.
    threading.Thread(None, backup_directory.sweep_elsewhere, SWEEPER, (database.parent,), daemon=True).start()
    lost_log = _find_lost_log(database)  # first, since merely reading a database makes an empty log
    damage = find_damage(database)
    if damage is None:
        _take_away(_damage_mark(database))
        return lost_log
    log.critical("the database %s can't be used: %s", database, damage)
    directory = database.parent / backup_directory.NAME
    for backup in candidates(directory):
        try:
            kept = backups.restore(database, backup, now)
        except Invalid as invalid:
            log.error("backup passed over: %s", invalid.detail)
            continue
        made = datetime.fromtimestamp(backup.stat().st_mtime, now.tzinfo)
        words = (
            f"the database was {damage}; the backup {backup.name} of {made:%Y-%m-%d %H:%M} UTC took its place. "
            "What was recorded later is missing"
            + ("" if kept is None else f"; the damaged file is kept as {kept.name}")
        )
        log.critical("%s", words)
        _take_away(_damage_mark(database))
        return words
    raise NothingToRestore(
        f"the database {database} is {damage}, and {directory} holds no good backup; "
        "put a backup there, or move the whole data directory away to begin anew"
    )


def find_damage(database: Path) -> str | None:
    """Say why a database can't be served; None for a good one, and for one that was never made."""
    try:
        size = database.stat().st_size
    except FileNotFoundError:
        return "missing" if is_initialised(database.parent) else None
    if size == 0:
        return "empty" if is_initialised(database.parent) else None
    try:
        with looked_into(database) as opened:
            opened.get_tables()  # a lost head or tail shows at once
            damage = opened.find_damage() if is_scanned_at_start(database) else None
    except peewee.PeeweeException as error:
        fault = storage_fault(error)
        if fault is None or fault.state != "damaged":
            raise
        return f"damaged ({error})"
    return None if damage is None else f"damaged ({damage})"


def is_scanned_at_start(database: Path) -> bool:
    """Say whether a database is small enough, or in such doubt, that all of it is read before it is served."""
    return database.stat().st_size <= SCANNED_AT_START or _damage_mark(database).exists()


def note_damage(database: Path) -> None:
    """Leave a mark for the next start: the database has damage somewhere."""
    _damage_mark(database).touch()
    replacement.sync(database.parent)


def is_initialised(data_dir: Path) -> bool:
    """Say whether a site has lived in this data directory."""
    return (data_dir / highest_id.FILE).exists() or (data_dir / "setup-done").exists()


def candidates(directory: Path) -> list[Path]:
    """List every file that could be a backup, the newest first, whatever its name; those of other boxes last."""
    return sorted(backup_directory.list_(directory), key=lambda path: path.name.startswith(backup_directory.BROUGHT))


def note_in_use(database: Path) -> None:
    """Leave a mark that only a clean end takes away."""
    _mark(database).touch()
    replacement.sync(database.parent)


def note_closed(database: Path) -> None:
    """Take the mark away: everything is in the database file."""
    with contextlib.suppress(OSError):  # a disk that can't be written any more keeps the log, too
        _take_away(_mark(database))
        replacement.sync(database.parent)


def _find_lost_log(database: Path) -> str | None:
    if not _mark(database).exists() or rewriting.log_of(database).exists() or not database.exists():
        return None
    words = "the server was cut off and its write-ahead log (-wal) is gone: what was recorded last may be missing"
    log.critical("%s", words)
    return words


def _take_away(mark: Path) -> None:
    """Take a mark away; one that is not there is nothing to ask a disk for that is read-only."""
    if mark.exists():
        mark.unlink()


def _damage_mark(database: Path) -> Path:
    return database.with_name(database.name + FOUND_DAMAGED)


def _mark(database: Path) -> Path:
    return database.with_name(database.name + IN_USE)
