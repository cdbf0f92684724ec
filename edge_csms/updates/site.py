"""What the updater asks of the site and does to its database, as the owner of the data, never as root."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_csms import control
from edge_csms.domain.errors import Refusal
from edge_csms.services.ownership import become_owner
from edge_csms.storage import backups, ballast, recovery, replacement, schema
from edge_csms.storage.engine import looked_into

SNAPSHOT = "before-update-"  # in the directory of backups, so that it is found wherever one is needed
SUFFIX = ".db"
SPARE_BYTES = 32 << 20  # that each disk keeps
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
        """Let that copy take the place of the database, unless it has done so already. Raises Failed.

        What it replaces is kept beside where there is room. It was recorded on probation: nobody relies on it.
        """
        self._as_owner(lambda: self._put_snapshot_back(version))

    def check_database(self) -> None:
        """Raise Failed where this program can't use the database as it is."""
        self._as_owner(self._check_database)

    def sweep(self) -> None:
        """Remove the beginning of a snapshot that was cut off. Raises Failed."""
        self._as_owner(self._sweep)

    def _take_snapshot(self, version: str) -> None:
        with control.locked(self.data_dir):
            for old in self._backups.glob(f"{SNAPSHOT}*"):
                old.unlink()
            if self._database.exists():
                backups.write(self._database, self._snapshot(version))

    def _put_snapshot_back(self, version: str) -> None:
        with control.locked(self.data_dir):
            # On a full disk even a new name may need room; the next start takes it again where it can.
            (self.data_dir / ballast.FILE).unlink(missing_ok=True)
            if self._snapshot(version).exists():
                kept = replacement.move(self._database, self._snapshot(version), datetime.now(UTC))
                if kept is not None and shutil.disk_usage(self.data_dir).free < SPARE_BYTES:
                    for path in self.data_dir.glob(f"{kept.name}*"):
                        path.unlink()
            recovery.note_closed(self._database)  # the logs of a version that was killed are gone on purpose
            self._check_database()

    def _check_database(self) -> None:
        replacement.finish(self._database)
        with looked_into(self._database) as database:
            schema.check(database)

    def _sweep(self) -> None:
        for path in self._backups.glob(f"{SNAPSHOT}*{backups.UNFINISHED}"):
            path.unlink()

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
