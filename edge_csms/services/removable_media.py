"""Release files on USB sticks and other media that somebody plugged in and the system has mounted. Only read."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from edge_csms.domain.errors import NotFound
from edge_csms.services.release_file import SUFFIX

MOUNTS = (Path("/media"), Path("/mnt"), Path("/run/media"))
DEPTH = 3  # directories below these: a user's name, the medium's, and one on it
MOST_FOUND = 50
MOST_LOOKED_AT = 5000  # entries altogether: a disk full of pictures must not hold us up


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be a release."""

    path: str
    size_bytes: int


def find_releases(mounts: Sequence[Path] | None = None) -> list[FoundFile]:
    """List the release files on mounted media, by their names; whether they are sound is not known yet."""
    found = [one for mount in mounts or MOUNTS for one in _find_below(mount, DEPTH, iter(range(MOST_LOOKED_AT)))]
    return sorted(found, key=lambda one: one.path)[:MOST_FOUND]


def open_release(path: str, mounts: Sequence[Path] | None = None) -> BinaryIO:
    """Open one of the files that `find_releases` lists. Raises NotFound."""
    if path not in {found.path for found in find_releases(mounts)}:
        raise NotFound(f"{path} is no release file on a medium that is mounted")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotFound(f"{path} can't be read: {error.strerror}") from error
    return os.fdopen(descriptor, "rb")


def _find_below(directory: Path, depth: int, budget: Iterator[int]) -> Iterator[FoundFile]:
    try:
        entries = list(os.scandir(directory))
    except OSError:  # not there, not mounted any more, or not for us
        return
    for entry in entries:
        if next(budget, None) is None:
            return
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and entry.name.endswith(SUFFIX):
            yield FoundFile(entry.path, status.st_size)
        elif stat.S_ISDIR(status.st_mode) and depth > 0:
            yield from _find_below(Path(entry.path), depth - 1, budget)
