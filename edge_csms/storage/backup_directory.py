"""The directory of backups: which of its files are some, which is the newest, and what a crash has left of others."""

import contextlib
import logging
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from edge_csms.storage import replacement

log = logging.getLogger(__name__)

NAME = "backups"  # in the data directory
AUTOMATIC = re.compile(r"auto-(\d+)-")  # begins the names of those that are made by themselves
BROUGHT = "brought-"  # begins the names of those that somebody brought, from another box perhaps
BESIDE = ("-wal", "-shm", "-journal", ".unfinished", ".part")  # of a file that is open or not whole yet
BEING_BROUGHT = re.compile(r"[0-9a-f]{32}(\.part)?")  # until it is whole and was looked at

UNFINISHED = (".unfinished", ".unfinished-journal")  # behind the names of those that are being written
REPLACING = re.compile(r".+\.(restoring|whole|replaced-.+\.unfinished)(-journal|-wal|-shm)?")  # beside the database
NOTE = ".written-elsewhere"  # behind the name of a backup that is written to a stick: says where


def new_path(directory: Path, now: datetime) -> Path:
    """Give the name for one more that is made by itself."""
    number = 1 + max(map(_number, directory.iterdir()), default=0)
    return directory / f"auto-{number:05}-{now:%Y%m%dT%H%M%S}.db"


def is_automatic(path: Path) -> bool:
    """Say whether a backup was made by itself."""
    return _number(path) > 0


def list_(directory: Path) -> list[Path]:
    """List every file that could be a backup, the newest first."""
    return newest_first(path for path in directory.iterdir() if path.is_file() and _is_backup(path.name))


def newest_first(paths: Iterable[Path]) -> list[Path]:
    """Sort files by their times, but those that were made by themselves never against the order in which they were.

    A clock may have been set back since; the numbers in their names can't.
    """
    times: dict[Path, float] = {}
    latest = 0.0
    for path in sorted(paths, key=_number):
        times[path] = path.stat().st_mtime
        if is_automatic(path):
            times[path] = latest = max(latest, times[path])
    return sorted(times, key=lambda path: (times[path], _number(path)), reverse=True)


@contextlib.contextmanager
def noted(data_dir: Path, path: Path) -> Iterator[None]:
    """Note that a backup is written to where no start would look for what a crash leaves of it."""
    note = data_dir / (path.name + NOTE)
    with contextlib.suppress(OSError):  # a full disk is no reason to take nothing along
        note.write_text(str(path))
        replacement.sync(note)
        replacement.sync(data_dir)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def sweep(data_dir: Path) -> None:
    """Delete what a crash has left unfinished. The caller holds the data directory, so nobody is writing any of it."""
    directory = data_dir / NAME
    left = [path for path in data_dir.glob("*") if REPLACING.fullmatch(path.name)]
    left += [path for path in directory.glob("*") if BEING_BROUGHT.fullmatch(path.name)]
    left += [path for path in directory.rglob("*") if path.name.endswith(UNFINISHED)]
    for path in left:
        _delete(path)


def sweep_elsewhere(data_dir: Path) -> None:
    """Delete what a crash has left on sticks; one that isn't plugged in now may be at a later start."""
    for note in data_dir.glob(f"*{NOTE}"):
        with contextlib.suppress(OSError):
            backup = Path(note.read_text())
            left = [path for end in UNFINISHED if (path := backup.with_name(backup.name + end)).exists()]
            for path in left:
                _delete(path)
            if left or backup.exists():
                note.unlink()


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:  # a disk that can't be written; the site goes on as far as it can
        log.warning("%s, which a crash has left, stays: %s", path, error)
    else:
        log.info("%s, which a crash has left, was deleted", path)


def _is_backup(name: str) -> bool:
    return not name.endswith(BESIDE) and BEING_BROUGHT.fullmatch(name) is None


def _number(path: Path) -> int:
    """Say the how-manieth of those that were made by themselves a file is; 0 for any other."""
    found = AUTOMATIC.match(path.name)
    return int(found[1]) if found else 0
