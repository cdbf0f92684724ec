"""Backups that are made by themselves: verified, seven kept, and never more than a quarter of the free space."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.storage import backup_directory, backups

KEPT = 7
SHARE_OF_FREE_SPACE = 4  # all of them together take at most the fourth part


@dataclass(frozen=True, slots=True)
class Backup:
    """One file in the directory of backups."""

    name: str
    bytes: int
    made_at: datetime


def make(database: Path, directory: Path, now: datetime) -> Backup:
    """Write and verify a backup of all that is stored, and delete the oldest of those that were made by themselves.

    Raises StorageUnavailable where there is too little room, and backups.BackupFailed.
    """
    make_room(directory, database.stat().st_size, "a backup")
    path = backup_directory.new_path(directory, now)
    backups.write(database, path)
    return _made(path)


def make_of_records(
    database: Path,
    directory: Path,
    now: datetime,
    first_message: int,
    noted: Mapping[str, str],
    is_over: Callable[[], bool],
) -> Backup:
    """Do the same without the meter values before `first_message`, which archives hold; `noted` tells a restore so.

    Raises CopyFailed, too, also once it `is_over` for whoever asked.
    """
    make_room(directory, 0, "a backup")
    path, room = backup_directory.new_path(directory, now), _room(directory)
    # Once it is there, older ones go where it needs their room.
    most_bytes = min(room.share - room.archived, room.free // 2)
    try:
        backups.write_records(database, path, first_message, noted, most_bytes, is_over)
    except StorageUnavailable as error:
        raise StorageUnavailable(f"no room for a backup: {room.free >> 20} MB are free") from error
    return _made(path)


def list_(directory: Path) -> list[Backup]:
    """List what could be restored, the newest first; whether it is sound, a restore checks."""
    return [describe(path) for path in backup_directory.list_(directory)]


def last_made_at(directory: Path) -> datetime | None:
    """Say when the newest backup was made that was made by itself."""
    return next((backup.made_at for backup in _own(directory)), None)


def make_room(directory: Path, needed: int, for_what: str) -> None:
    """Delete the oldest backups until there is room for so many bytes more; raises StorageUnavailable.

    The last one stays: an old backup is better than none.
    """
    while (room := _room(directory)).taken + needed > room.share:
        if len(room.own) <= 1:
            if not needed:
                return
            raise StorageUnavailable(f"no room for {for_what} of {needed >> 20} MB: {room.free >> 20} MB are free")
        (directory / room.own[-1].name).unlink()


@dataclass(frozen=True, slots=True)
class _Room:
    """How much backups made by themselves and archives take, and may take together."""

    own: list[Backup]
    archived: int
    free: int

    @property
    def taken(self) -> int:
        return self.archived + sum(backup.bytes for backup in self.own)

    @property
    def share(self) -> int:
        return (self.free + self.taken) // SHARE_OF_FREE_SPACE


def _room(directory: Path) -> _Room:
    disk = os.statvfs(directory)
    archived = sum(path.stat().st_size for path in directory.glob("*/*"))
    return _Room(_own(directory), archived, disk.f_bavail * disk.f_frsize)


def _made(path: Path) -> Backup:
    for old in _own(path.parent)[KEPT:]:
        (path.parent / old.name).unlink()
    make_room(path.parent, 0, "a backup")
    return describe(path)


def _own(directory: Path) -> list[Backup]:
    return [describe(path) for path in backup_directory.list_(directory) if backup_directory.is_automatic(path)]


def describe(path: Path) -> Backup:
    """Say what a file is called, how large it is, and when it was made."""
    status = path.stat()
    return Backup(path.name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
