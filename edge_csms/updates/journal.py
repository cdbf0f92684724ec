"""What root's updater must know after it was cut off: which update is under way, and whether it is on its way back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from edge_csms.domain.errors import Conflict
from edge_csms.services.secret_file import UNFINISHED, write_private
from edge_csms.services.update_spool import Result, Wish

STATE = Path("/var/lib/edge-csms-update")
FILE = "journal"
LOCK = "lock"
RELEASE = "release"  # the updater's own copy of the file


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """An update that is under way; most else follows from what the links and the spool say."""

    wish: Wish
    from_version: str
    to_version: str
    charge_points: tuple[str, ...]  # that were connected before
    tries: int = 0
    failure: Result | None = None  # why it goes back; None while it goes forward
    result: Result | None = None  # what came of it; only to be told now


class State:
    """The updater's directory, which belongs to root alone."""

    def __init__(self, directory: Path = STATE) -> None:
        self.directory = directory
        self.release = directory / RELEASE

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory for this process; raises Conflict while another one does."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.directory / LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("an update is being carried out already") from None
            yield

    def read(self) -> Journal | None:
        """Give the update that is under way."""
        try:
            return msgspec.json.decode((self.directory / FILE).read_bytes(), type=Journal)
        except FileNotFoundError:
            return None

    def write(self, journal: Journal) -> None:
        """Note how far an update is, durably. Raises OSError."""
        write_private(self.directory / FILE, msgspec.json.encode(journal).decode())

    def sweep(self) -> None:
        """Remove what an updater has left that was cut off: only the journal counts."""
        for name in (f"{FILE}{UNFINISHED}", RELEASE):
            (self.directory / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget an update that is done."""
        for name in (FILE, RELEASE):
            (self.directory / name).unlink(missing_ok=True)

    def new_release(self) -> int:
        """Begin a new copy of a release file; returns the open file."""
        self.release.unlink(missing_ok=True)
        return os.open(self.release, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
