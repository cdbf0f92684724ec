"""Reads a database file that is in use slice by slice and compares each page with its checksum.

It reads past the connections: no transaction stays open meanwhile, so that the log can be folded.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import apsw

from edge_csms.storage import checksums

SLICE_BYTES = 2**20
HEADER_BYTES = 100  # SQLite's, in the first page
PAGE_SIZE, RESERVED = slice(16, 18), 20
SECOND_LOOKS, PAUSE_SECONDS = 5, 0.1  # a page may be in the middle of being written


class Scan:
    """One pass through the file. Each step reads a slice and says what is wrong in it, None where nothing is."""

    def __init__(self, path: Path) -> None:
        checksums.register()
        # Through SQLite: if we closed a file of our own here, POSIX would drop the locks that this process holds on it.
        self._file = apsw.VFSFile("unix", str(path), [apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READONLY, 0])
        self._check = apsw.Connection(":memory:")
        header = self._file.xRead(HEADER_BYTES, 0)
        size = int.from_bytes(header[PAGE_SIZE], "big")
        self._page_bytes = 65536 if size == 1 else size
        self._has_checksums = header[RESERVED] == checksums.RESERVED_BYTES
        self._pages = self._file.xFileSize() // self._page_bytes if self._has_checksums else 0

    def steps(self) -> Iterator[str | None]:
        """Go through the file."""
        slice_pages = SLICE_BYTES // self._page_bytes
        for first in range(0, self._pages, slice_pages):
            yield self._find_damage(first, min(slice_pages, self._pages - first))

    def close(self) -> None:
        """Close the file."""
        self._file.xClose()
        self._check.close()

    def _find_damage(self, first: int, count: int) -> str | None:
        size = self._page_bytes
        try:
            data = self._file.xRead(count * size, first * size)
        except apsw.IOError as error:
            return f"page {first + 1} of {self._pages} or one behind it can't be read ({error})"
        for number in range(count):
            if not self._fits(data[number * size : (number + 1) * size]) and not self._fits_later(first + number):
                return f"the checksum of page {first + number + 1} of {self._pages} does not fit"
        return None

    def _fits(self, page: bytes) -> bool:
        return self._check.execute("SELECT verify_checksum(?)", (page,)).fetchone() == (1,)

    def _fits_later(self, number: int) -> bool:
        for _ in range(SECOND_LOOKS):
            time.sleep(PAUSE_SECONDS)
            if self._fits(self._file.xRead(self._page_bytes, number * self._page_bytes)):
                return True
        return False
