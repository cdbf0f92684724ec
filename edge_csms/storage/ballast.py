"""A file that only takes up room: when the disk is full it is let go, so that Starts and Stops can still be written.

SQLite can't even delete on a full disk, since the deletion goes into its log first.
"""

import os
from pathlib import Path

FILE = "ballast"  # beside the database
BYTES = 8 * 2**20  # some hundred Starts and Stops with their meter values


class Ballast:
    """The file, or none where its size is 0. Everything here is quick enough for the database thread."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self.is_released = False

    def hold(self) -> bool:
        """Take up the room, where there is enough beside it; False where there isn't."""
        if not self._size:
            return True
        if self._path.exists() and self._path.stat().st_size >= self._size:
            self.is_released = False
            return True
        room = os.statvfs(self._path.parent)
        if room.f_bavail * room.f_frsize < 2 * self._size:
            return False
        return self._take()

    def release(self) -> bool:
        """Let the room go; False when it was gone before."""
        if not self._size:
            return False
        self.is_released = True
        if not self._path.exists():
            return False
        self._path.unlink()
        return True

    def _take(self) -> bool:
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        self.is_released = False
        return True
