"""The spool of updates in the data directory: there meet the server, which may not change its program, and root.

The server brings the release file and the wish; root's updater brings its progress and the result. The directory
belongs to the server, so root trusts nothing in it: every name is opened inside the directory without following a
link, and what is read is a regular file of limited size.

    release.update   the release file, checked by the server, and again by the updater from a copy of its own
    waiting          a wish for when nobody charges; only the server's concern
    requested        the wish; it starts the updater, which removes it when all is done
    progress         how far the updater is
    result           what came of the last update; `told` is the same once it is in the audit trail
    on-probation     names the version that is tried: nothing is acknowledged until it is kept, or the old one back
    alive            of no content: the server, while it starts, renews its time as it gets on

Each is written by one side only, which therefore may sweep what a crash has left of its own.
"""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

DIRECTORY = "update"  # in the data directory
RELEASE = "release.update"
WAITING = "waiting"
REQUESTED = "requested"
PROGRESS = "progress"
RESULT = "result"
TOLD = "told"
ON_PROBATION = "on-probation"
ALIVE = "alive"
OF_THE_SERVER = (WAITING, REQUESTED, TOLD)
OF_THE_UPDATER = (PROGRESS, RESULT, ON_PROBATION)
MOST_BYTES = 64 << 10  # of everything but the release file
PRIVATE = 0o600
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # the latter: a pipe in the place of a file must not hold us up

T = TypeVar("T", bound=msgspec.Struct)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants the release file to take the program's place."""

    version: str
    username: str
    address: str
    at: datetime


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What the updater does just now."""

    step: str
    version: str
    at: datetime


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an update: "updated", "refused" (nothing was changed) or "returned" (the old version runs again)."""

    outcome: str
    code: str  # why it was refused or returned, for programs; empty where it succeeded
    words: str  # the same for people
    from_version: str
    to_version: str
    username: str  # who asked for it
    missing_charge_points: tuple[str, ...] = ()  # that were connected before and did not come back
    at: datetime


class OnProbation(msgspec.Struct, frozen=True):
    """The version that is on probation."""

    version: str


class Spool:
    """The directory."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / DIRECTORY

    def prepare(self) -> None:
        """Make the directory, as its owner."""
        self.path.mkdir(mode=0o700, exist_ok=True)

    def read(self, name: str, kind: type[T]) -> T | None:
        """Read one of the small files; None where it is missing, or nothing that one of us would have written."""
        try:
            with self._directory() as directory, _opened(name, directory) as file:
                return msgspec.json.decode(file.read(MOST_BYTES), type=kind)
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, name: str, content: msgspec.Struct) -> None:
        """Write one of the small files, whole or not at all, and durably; it belongs to the owner of the directory."""
        new = f"{name}.{secrets.token_hex(8)}.part"
        with self._directory() as directory:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE, dir_fd=directory)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(msgspec.json.encode(content))
                    _give_to_owner(file.fileno(), directory)
                    file.flush()
                    os.fsync(file.fileno())
                os.rename(new, name, src_dir_fd=directory, dst_dir_fd=directory)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(new, dir_fd=directory)
                raise
            os.fsync(directory)

    def remove(self, name: str) -> bool:
        """Remove a file for good; says whether it was there."""
        try:
            with self._directory() as directory:
                os.unlink(name, dir_fd=directory)
                os.fsync(directory)
        except FileNotFoundError:
            return False
        return True

    def sweep(self, is_left: Callable[[str], bool]) -> None:
        """Remove files that a crash has left, of which `is_left` knows the names."""
        with self._directory() as directory:
            for name in filter(is_left, os.listdir(directory)):
                with contextlib.suppress(OSError):  # a directory, which none of us has made
                    os.unlink(name, dir_fd=directory)

    def show_life(self) -> None:
        """Show the updater that the server which it has started gets on."""
        (self.path / ALIVE).touch(PRIVATE)

    def last_sign_of_life(self) -> int | None:
        """Give what changes with every sign of life."""
        try:
            return os.lstat(self.path / ALIVE).st_mtime_ns
        except OSError:
            return None

    def has(self, name: str) -> bool:
        """Say whether a file is there."""
        return (self.path / name).is_file()

    @contextlib.contextmanager
    def open_release(self) -> Iterator[BinaryIO]:
        """Open the release file for reading. Raises OSError where it is missing or no file."""
        with self._directory() as directory, _opened(RELEASE, directory) as file:
            yield file

    @contextlib.contextmanager
    def _directory(self) -> Iterator[int]:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def is_half_written(name: str, written: Collection[str]) -> bool:
    """Say whether a file is what a crash has left of one of the small files."""
    of, _, end = name.partition(".")
    return of in written and re.fullmatch(r"[0-9a-f]{16}\.part", end) is not None


@contextlib.contextmanager
def _opened(name: str, directory: int) -> Iterator[BinaryIO]:
    descriptor = os.open(name, READ, dir_fd=directory)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(f"{name} is no file")
        yield file


def _give_to_owner(descriptor: int, directory: int) -> None:
    if os.geteuid() == 0:
        owner = os.fstat(directory)
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
