"""The files in the directory of backups, one by one: brought from elsewhere, taken along on a stick, deleted."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge_csms.domain.errors import Conflict, NoRoom, NotFound, Refusal
from edge_csms.services import backups, site_secrets
from edge_csms.services.backups import Backup
from edge_csms.services.file_store import NewFile, StoredFile, clean_name
from edge_csms.storage import backup_directory, replacement
from edge_csms.storage import backups as storage
from edge_csms.storage.backup_directory import BROUGHT

MOST_BYTES = 64 << 30  # that a brought file may have; what the disk can't hold is refused anyway
KEPT_FREE = 256 << 20  # that a backup from elsewhere never takes


@dataclass(frozen=True, slots=True)
class Inspected:
    """A sound backup, and whether a restore of it on this box needs the recovery code to keep the site's secrets."""

    backup: Backup
    needs_recovery_code: bool


def find(directory: Path, name: str) -> Path:
    """Give the file of a backup; raises NotFound."""
    if name not in {backup.name for backup in backups.list_(directory)}:
        raise NotFound(f"there is no backup {name}")
    return directory / name


def inspect(path: Path, data_dir: Path) -> Inspected:
    """Read all of a backup before somebody relies on it; raises Invalid."""
    storage.check(path)
    needs_code = site_secrets.open_in(path, data_dir, None) is None
    return Inspected(backups.describe(path), needs_code)


def begin(directory: Path) -> NewFile:
    """Begin to receive a backup from elsewhere; raises NoRoom, FilesUnavailable."""
    room = shutil.disk_usage(directory).free - KEPT_FREE
    if room <= 0:
        raise NoRoom("the disk is nearly full")
    return NewFile(directory, MOST_BYTES, room)


def adopt(directory: Path, stored: StoredFile, name: str) -> Backup:
    """Keep a file that came from elsewhere as a backup, if it is one; raises Invalid, Conflict, and then it is gone."""
    came, path = directory / stored.stored_as, directory / f"{BROUGHT}{clean_name(name, 'backup')}"
    try:
        storage.check(came)
        if path.exists():
            raise Conflict(f"there is a backup {path.name} already")
        came.rename(path)
    except Refusal:
        came.unlink(missing_ok=True)
        raise
    replacement.sync(directory)
    return backups.describe(path)


def copy(path: Path, directory: Path, now: datetime) -> Path:
    """Write a backup to another directory, such as a stick's, verified there; raises Conflict, BackupFailed."""
    copied = directory / f"edge-csms-{now:%Y%m%dT%H%M%S}.db"
    if copied.exists():
        raise Conflict(f"{copied} is there already")
    with backup_directory.noted(path.parent.parent, copied):
        storage.write(path, copied)
    return copied


def delete(directory: Path, name: str) -> None:
    """Delete a backup; raises NotFound, and Conflict for the last one."""
    path = find(directory, name)
    if len(backups.list_(directory)) == 1:
        raise Conflict("this is the only backup: make another one first")
    path.unlink()
    replacement.sync(directory)
