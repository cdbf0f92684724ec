"""The files beside the database: firmware images, and what chargers upload. Each lies under a made-up name.

A file is written piece by piece and is there only when it is whole and on disk. It never takes the last of the disk:
the transactions need that.
"""

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from edge_csms.domain.errors import FilesUnavailable, Gone, NoRoom, TooLarge

MEGABYTE = 1 << 20
MOST_KEPT_FREE = 64 * MEGABYTE  # of the disk; a twentieth of it where that is less
CHECK_EVERY = MEGABYTE  # bytes between two looks at the disk
UNFINISHED = ".part"
OURS = re.compile("[0-9a-f]{32}")
MAX_NAME = 100
UNSAFE = re.compile(r"[^A-Za-z0-9._ ()+-]+")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is on disk."""

    stored_as: str
    size_bytes: int
    sha256: str


class FileStore:
    """The directory, all of whose files together may take `most_bytes`."""

    def __init__(self, directory: Path, most_bytes: int) -> None:
        self._directory = directory
        self._most_bytes = most_bytes

    @property
    def most_bytes(self) -> int:
        """Say how much all files together may take."""
        return self._most_bytes

    def new(self, limit_bytes: int) -> "NewFile":
        """Begin a file of at most so many bytes. Raises NoRoom, FilesUnavailable."""
        room = self._most_bytes - self.used_bytes()
        if room <= 0:
            raise NoRoom(f"the site's files take all of the {self._most_bytes // MEGABYTE} MB that they may")
        return NewFile(self._directory, limit_bytes, room)

    def open(self, stored_as: str) -> BinaryIO:
        """Open a file for reading. Raises Gone."""
        try:
            return (self._directory / stored_as).open("rb")
        except OSError as error:
            raise Gone("this file is no longer there") from error

    def path(self, stored_as: str) -> Path:
        """Say where a file lies."""
        return self._directory / stored_as

    def delete(self, stored_names: Iterable[str]) -> None:
        """Delete files; one that isn't there is no fault."""
        for name in stored_names:
            (self._directory / name).unlink(missing_ok=True)

    def used_bytes(self) -> int:
        """Say how much all files take. Raises FilesUnavailable."""
        total = 0
        try:
            for entry in os.scandir(self._directory):
                with contextlib.suppress(FileNotFoundError):  # deleted in between
                    total += entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            raise _refusal(error) from error
        return total

    def sweep(self, known: Collection[str], before: datetime) -> int:
        """Delete what a crash left unfinished, and what is from before and not in use; returns how many files that was.

        Nobody may be writing. What is newer stays, though unknown: an older backup may have been restored by mistake.
        """
        left = [
            entry.name
            for entry in os.scandir(self._directory)
            if entry.name.endswith(UNFINISHED)
            or (entry.name not in known and OURS.fullmatch(entry.name) and entry.stat().st_mtime < before.timestamp())
        ]
        self.delete(left)
        return len(left)


class NewFile:
    """A file that is being written, by one thread at a time."""

    def __init__(self, directory: Path, limit_bytes: int, room_bytes: int) -> None:
        self.size_bytes = 0
        self._limit_bytes = limit_bytes
        self._room_bytes = room_bytes
        self._checked_at = 0
        self._digest = hashlib.sha256()
        self._path = directory / secrets.token_hex(16)
        self._unfinished = self._path.with_suffix(UNFINISHED)
        try:
            self._keep_free()
            descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
        except OSError as error:
            raise _refusal(error) from error

    def write(self, piece: bytes) -> int:
        """Add a piece. Raises TooLarge, NoRoom, FilesUnavailable."""
        size = self.size_bytes + len(piece)
        if size > self._limit_bytes:
            raise TooLarge(f"a file may have at most {self._limit_bytes} bytes")
        if size > self._room_bytes:
            raise NoRoom("the site's files take all of the space that they may")
        try:
            if size - self._checked_at >= CHECK_EVERY:
                self._checked_at = size
                self._keep_free()
            view = memoryview(piece)
            while view:  # unbuffered: a write may take a part only
                view = view[self._file.write(view) or 0 :]
        except OSError as error:
            raise _refusal(error) from error
        self._digest.update(piece)
        self.size_bytes = size
        return len(piece)

    def finish(self) -> StoredFile:
        """Bring the file to disk for good. Raises NoRoom, FilesUnavailable."""
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            self._unfinished.rename(self._path)
            _sync(self._path.parent)
        except OSError as error:
            raise _refusal(error) from error
        return StoredFile(self._path.name, self.size_bytes, self._digest.hexdigest())

    def close(self) -> None:
        """Drop what was written, unless it is finished."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def _keep_free(self) -> None:
        usage = shutil.disk_usage(self._path.parent)
        if usage.free < min(MOST_KEPT_FREE, usage.total // 20):
            raise NoRoom("the disk is nearly full")


def clean_name(name: str, otherwise: str = "file") -> str:
    """Make a harmless name, for people, of what a charger or a browser calls a file."""
    last = re.split(r"[/\\]", name)[-1]
    return UNSAFE.sub("_", last).strip(". ")[-MAX_NAME:] or otherwise


def _refusal(error: OSError) -> NoRoom | FilesUnavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoRoom("the disk is full")
    return FilesUnavailable(error.strerror or "input/output error")


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
