"""What the updater asks of the site and does to its database, as the owner of the data, never as root."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_csms import control
from edge_csms.domain.errors import Refusal
from edge_csms.services.ownership import become_owner
from edge_csms.storage import backups, recovery, replacement

SNAPSHOT = "before-update-"  # in the directory of backups, so that it is found wherever one is needed
SUFFIX = ".db"
MOST_WORDS = 4000


class Failed(Refusal):
    """Something that was to be done to the data was not."""


class Status(msgspec.Struct, frozen=True):
    """How a running server is; versions to come must go on telling this much."""

    version: str
    ready: bool  # it listens, and can remember what it is told
    charge_points: tuple[str, ...]  # that are connected


class Site:
    """The site in one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._database = data_dir / control.DATABASE
        self._backups = data_dir / "backups"

    @property
    def database_bytes(self) -> int:
        """Say how large the database is."""
        return self._database.stat().st_size if self._database.exists() else 0

    def status(self) -> Status | None:
        """Ask the running server how it is; None where none answers."""
        try:
            return msgspec.convert(control.ask(self.data_dir, "status"), Status)
        except (Refusal, msgspec.ValidationError):
            return None

    def keep(self) -> None:
        """Tell a version on probation that it is kept. Raises Refusal where it doesn't answer."""
        control.ask(self.data_dir, "keep_version")

    def take_snapshot(self, version: str) -> None:
        """Copy the database, which nobody may have open, before a version uses it. Raises Failed."""
        self._as_owner(lambda: self._take_snapshot(version))

    def put_snapshot_back(self, version: str) -> None:
        """Put that copy in the place of the database; what it replaces is kept beside. Raises Failed."""
        self._as_owner(lambda: self._put_snapshot_back(version))

    def _take_snapshot(self, version: str) -> None:
        with control.locked(self.data_dir):
            for old in self._backups.glob(f"{SNAPSHOT}*"):
                old.unlink()
            if self._database.exists():
                backups.write(self._database, self._snapshot(version))

    def _put_snapshot_back(self, version: str) -> None:
        with control.locked(self.data_dir):
            if self._snapshot(version).exists():
                replacement.replace(self._database, self._snapshot(version), datetime.now(UTC))
                recovery.note_closed(self._database)  # the logs of a version that was killed are gone on purpose

    def _snapshot(self, version: str) -> Path:
        return self._backups / f"{SNAPSHOT}{version}{SUFFIX}"

    def _as_owner(self, act: Callable[[], None]) -> None:
        """Do something in a process of its own that gives up root for the owner of the data. Raises Failed."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os._exit(_act(act, self.data_dir, writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            words = pipe.read(MOST_WORDS).decode(errors="replace")
        _, status = os.waitpid(child, 0)
        if status != 0:
            raise Failed(words or "the process that was to do it was killed")


def _act(act: Callable[[], None], data_dir: Path, pipe: int) -> int:
    try:
        become_owner(data_dir)
        act()
    except Exception as error:
        os.write(pipe, (error.detail if isinstance(error, Refusal) else str(error)).encode()[:MOST_WORDS])
        return 1
    return 0
