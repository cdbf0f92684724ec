"""The highest transaction id ever issued, kept outside of the database, so that a restored one goes on above it."""

import contextlib
import os
from pathlib import Path

FILE = "highest-transaction-id"
WIDTH = 20


class HighestId:
    """A small file beside the database, made with the first id: with it, a data directory has seen a site."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._descriptor: int | None = None
        self._highest = self._read()

    @property
    def value(self) -> int:
        """Give the highest id noted, 0 before the first."""
        return self._highest

    def note(self, transaction_id: int) -> None:
        """Note an id that was issued."""
        if transaction_id <= self._highest:
            return
        self._highest = transaction_id
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(self._descriptor, f"{transaction_id:<{WIDTH}}\n".encode(), 0)

    def close(self) -> None:
        """Put the file on disk and close it."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):  # the disk is at fault: a restore leaves a wide gap anyway
                os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def _read(self) -> int:
        try:
            text = self._path.read_text(errors="replace")[:WIDTH].strip()
        except FileNotFoundError:
            return 0
        return int(text) if text.isascii() and text.isdecimal() else 0
