"""Copies parts of a database in use into new files: its records without old meter values, and those alone."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from edge_csms.domain.errors import Refusal
from edge_csms.storage import checksums, replacement
from edge_csms.storage.engine import PAGE_BYTES, storage_fault

UNFINISHED = ".unfinished"
MESSAGES = "meter_value"
REWRITTEN = 1  # the user_version of an archive that `rewrite` has made
STEPS = 100_000  # of SQLite's own, after which it asks whether anybody still waits for a copy
SLICE = 10_000  # messages that are read from a database in use at a time, so that its log can be folded in between


IsOver = Callable[[], bool]
"""Says whether nobody waits any more: the copy ends with CopyFailed then."""


class CopyFailed(Refusal):
    """A copy could not be written; nothing is left of it."""


def copy_records(
    source: Path, path: Path, first_message: int, noted: Mapping[str, str], most_bytes: int, is_over: IsOver
) -> None:
    """Copy all but the messages before `first_message`, as it is at one moment, into a new file of a bounded size.

    `noted` are settings in the copy that say what it lacks. Raises CopyFailed or StorageUnavailable; what was written
    until then is left.
    """
    with _faults_told(path), _new_file(path, source, is_over) as connection:
        connection.execute(f"PRAGMA max_page_count = {max(1, most_bytes // PAGE_BYTES)}")
        connection.execute("BEGIN")
        made = "SELECT name, sql FROM site.sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite#_%' ESCAPE '#'"
        for name, sql in _rows(connection, f"{made} ORDER BY rowid", "table"):
            connection.execute(sql)
            which = f" WHERE key >= {first_message}" if name == MESSAGES else ""
            connection.execute(f'INSERT INTO main."{name}" SELECT * FROM site."{name}"{which}')
        for _, sql in _rows(connection, f"{made} AND sql IS NOT NULL", "index"):
            connection.execute(sql)
        connection.executemany("INSERT OR REPLACE INTO main.setting (name, value) VALUES (?, ?)", noted.items())
        connection.execute("COMMIT")


def copy_messages(source: Path, path: Path, after: int, up_to: int, is_over: IsOver) -> int:
    """Copy the messages with keys above `after` up to `up_to` into a new archive, and say how many they are.

    The names of charge points come along, so that the file can be read alone. It is read whole and put on the disk
    before it gets its name. Raises CopyFailed or StorageUnavailable.
    """
    copied = 0
    with _faults_told(path), _finished(path) as unfinished, _new_file(unfinished, source, is_over) as connection:
        _make_tables(connection)
        connection.execute("INSERT INTO main.charge_point SELECT key, charge_point_id FROM site.charge_point")
        while after < up_to:
            until = _end_of_slice(connection, after, up_to)
            within = (after, until)
            connection.execute(
                f"INSERT INTO main.{MESSAGES} SELECT * FROM site.{MESSAGES} WHERE key > ? AND key <= ?", within
            )
            copied, after = copied + connection.changes(), until
        _check(connection, copied)
    return copied


def rewrite(path: Path, change: Callable[..., bytes], is_over: IsOver) -> None:
    """Put an archive in its own place in which each payload, packed as it is, is what `change` makes of it."""
    with _faults_told(path), _finished(path) as unfinished, _new_file(unfinished, path, is_over) as connection:
        connection.create_scalar_function("changed", change, 1)
        _make_tables(connection)
        connection.execute("INSERT INTO main.charge_point SELECT * FROM site.charge_point")
        columns = [name for _, name, *_ in connection.execute(f"PRAGMA main.table_info({MESSAGES})")]
        changed = ", ".join("changed(payload)" if name == "payload" else name for name in columns)
        connection.execute(f"INSERT INTO main.{MESSAGES} SELECT {changed} FROM site.{MESSAGES}")
        _check(connection, connection.changes())
        connection.execute(f"PRAGMA user_version = {REWRITTEN}")


@contextlib.contextmanager
def _finished(path: Path) -> Iterator[Path]:
    """Give a place to write to; what is there in the end gets its name, and what was cut off is thrown away."""
    unfinished = path.with_name(path.name + UNFINISHED)
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        replacement.sync(unfinished)
        unfinished.rename(path)
        replacement.sync(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


@contextlib.contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    try:
        yield
    except (apsw.Error, OSError) as error:
        raise storage_fault(error) or CopyFailed(f"{path} can't be written: {error}") from error


@contextlib.contextmanager
def _new_file(path: Path, source: Path, is_over: IsOver) -> Iterator[apsw.Connection]:
    """Give a new database beside the one which is to be copied, called `site`, and which is only read."""
    checksums.register()
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(str(path), flags=flags, vfs=checksums.VFS)
    try:
        connection.set_progress_handler(is_over, STEPS)
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        checksums.protect(connection)
        # A copy that is cut off is thrown away, and one that is whole is put on the disk at once.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("ATTACH ? AS site", (f"file:{quote(str(source))}?mode=ro",))
        yield connection
    finally:
        connection.close()


def _make_tables(connection: apsw.Connection) -> None:
    ((made,),) = _rows(connection, "SELECT sql FROM site.sqlite_master WHERE name = ?", MESSAGES)
    connection.execute(made)
    connection.execute("CREATE TABLE charge_point (key INTEGER PRIMARY KEY, charge_point_id TEXT NOT NULL)")


def _end_of_slice(connection: apsw.Connection, after: int, up_to: int) -> int:
    query = f"SELECT key FROM site.{MESSAGES} WHERE key > ? AND key <= ? ORDER BY key LIMIT 1 OFFSET ?"
    found = _rows(connection, query, after, up_to, SLICE - 1)
    return found[0][0] if found else up_to


def _check(connection: apsw.Connection, expected: int) -> None:
    ((verdict,),) = _rows(connection, "PRAGMA main.integrity_check(1)")
    ((held,),) = _rows(connection, f"SELECT count(*) FROM main.{MESSAGES}")
    if verdict != "ok" or held != expected:
        raise CopyFailed(f"what was written can't be read again: {verdict}, {held} of {expected} messages")


def _rows(connection: apsw.Connection, query: str, *values: int | str) -> list[Any]:
    return connection.execute(query, values).fetchall()
