"""The highest transaction id ever issued, kept outside of the database, so that a restored one goes on above it."""

import os
from pathlib import Path

FILE = "highest-transaction-id"
WIDTH = 20


class HighestId:
    """A small file beside the database."""

    def __init__(self, data_dir: Path) -> None:
        self._descriptor = os.open(data_dir / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        self._highest = self._read()

    @property
    def value(self) -> int:
        """Give the highest id noted, 0 before the first."""
        return self._highest

    def note(self, transaction_id: int) -> None:
        """Note an id that was issued."""
        if transaction_id > self._highest:
            self._highest = transaction_id
            os.pwrite(self._descriptor, f"{transaction_id:<{WIDTH}}\n".encode(), 0)

    def close(self) -> None:
        """Put the file on disk and close it."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)

    def _read(self) -> int:
        text = os.pread(self._descriptor, WIDTH, 0).decode(errors="replace").strip()
        return int(text) if text.isdecimal() else 0
