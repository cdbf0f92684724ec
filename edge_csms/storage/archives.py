"""Archives: files beside the backups that hold the meter values which came in one month."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from edge_csms.domain.errors import Invalid
from edge_csms.storage import checksums
from edge_csms.storage.copying import MESSAGES, REWRITTEN
from edge_csms.storage.meter_history import Message

log = logging.getLogger(__name__)

NAME = "meter-values-{month}.db"


@dataclass(frozen=True, slots=True)
class Archive:
    """One file, and the keys of the first and last message in it."""

    path: Path
    first_key: int
    last_key: int
    is_rewritten: bool


def list_(directory: Path) -> list[Archive]:
    """List the archives in a directory, the one that was written last first; what can't be read is left out."""
    found = []
    for path in sorted(directory.glob(NAME.format(month="*")), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            found.append(_describe(path))
        except Invalid as invalid:
            log.error("%s", invalid.detail)
    return found


def read(path: Path, after: int, count: int) -> list[Message]:
    """Read so many messages that came after the one with this key; raises Invalid for a damaged file."""
    columns = ", ".join(Message._fields)
    with _opened(path) as connection:
        rows = connection.execute(
            f"SELECT {columns} FROM {MESSAGES} WHERE key > ? ORDER BY key LIMIT ?", (after, count)
        )
        return [Message(*row) for row in rows]


def read_names(path: Path) -> dict[int, str]:
    """Read what the charge points were called, by their keys; raises Invalid."""
    with _opened(path) as connection:
        rows: Any = connection.execute("SELECT key, charge_point_id FROM charge_point")
        return dict(rows)


def free_name(directory: Path, month: str) -> Path:
    """Give a name for the archive of a month that nothing has: after a restore a month may come a second time."""
    path, number = directory / NAME.format(month=month), 1
    while path.exists():
        number += 1
        path = directory / NAME.format(month=f"{month}-{number}")
    return path


def _describe(path: Path) -> Archive:
    with _opened(path) as connection:
        ((first, last),) = connection.execute(f"SELECT min(key), max(key) FROM {MESSAGES}")
        version = connection.pragma("user_version")
    return Archive(path, first or 0, last or 0, version == REWRITTEN)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[apsw.Connection]:
    checksums.register()
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs=checksums.VFS)
        try:
            yield connection
        finally:
            connection.close()
    except apsw.Error as error:
        raise Invalid(f"{path} is no archive, or damaged: {error}") from error
