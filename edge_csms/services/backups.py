"""Backups that are made by themselves: verified, seven kept, and never more than a quarter of the free space."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import backups

KEPT = 7
SHARE_OF_FREE_SPACE = 4  # all of them together take at most the fourth part
PREFIX, SUFFIX = "auto-", ".db"
NO_BACKUPS = ("-wal", "-shm", ".unfinished", ".part")  # what lies beside an open file, and what is being written


@dataclass(frozen=True, slots=True)
class Backup:
    """One file in the directory of backups."""

    name: str
    bytes: int
    made_at: datetime


def make(database: Path, directory: Path, now: datetime) -> Backup:
    """Write and verify a backup, and delete the oldest of those that were made by themselves.

    Raises StorageUnavailable where there is too little room, and backups.BackupFailed.
    """
    _make_room(directory, database.stat().st_size)
    path = directory / f"{PREFIX}{now:%Y%m%dT%H%M%S}{SUFFIX}"
    backups.write(database, path)
    for old in _own(directory)[KEPT:]:
        (directory / old.name).unlink()
    return describe(path)


def list_(directory: Path) -> list[Backup]:
    """List what could be restored, the newest first; whether it is sound, a restore checks."""
    files = [path for path in directory.iterdir() if path.is_file() and not path.name.endswith(NO_BACKUPS)]
    return sorted(map(describe, files), key=lambda backup: backup.made_at, reverse=True)


def last_made_at(directory: Path) -> datetime | None:
    """Say when the newest backup was made that was made by itself."""
    return next((backup.made_at for backup in _own(directory)), None)


def _make_room(directory: Path, needed: int) -> None:
    room = os.statvfs(directory)
    free = room.f_bavail * room.f_frsize
    own = _own(directory)
    taken = sum(backup.bytes for backup in own)
    while taken + needed > (free + taken) // SHARE_OF_FREE_SPACE:
        if len(own) <= 1:  # the last one stays: an old backup is better than none
            raise StorageUnavailable(f"no room for a backup of {needed >> 20} MB: {free >> 20} MB are free")
        oldest = own.pop()
        (directory / oldest.name).unlink()
        taken, free = taken - oldest.bytes, free + oldest.bytes


def _own(directory: Path) -> list[Backup]:
    return [backup for backup in list_(directory) if backup.name.startswith(PREFIX) and backup.name.endswith(SUFFIX)]


def describe(path: Path) -> Backup:
    """Say what a file is called, how large it is, and when it was made."""
    status = path.stat()
    return Backup(path.name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
