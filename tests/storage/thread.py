"""What the tests of the database thread share: functions for it to run, and looks at the file from the outside."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw

from edge_csms.storage.database import Database
from edge_csms.storage.tables import DATABASE, Setting

DEADLINE_SECONDS = 10


def put(name: str, value: str = "") -> str:
    """Store one row; the same name twice is an error."""
    Setting.insert(name=name, value=value).execute()
    return name


def names() -> list[str]:
    """List what `put` stored, in the order of storing."""
    return [name for (name,) in DATABASE.execute_sql("SELECT name FROM setting ORDER BY rowid")]


def seen_from_outside(path: Path) -> list[str]:
    """List what `put` stored as another connection sees it: committed rows only."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM setting ORDER BY rowid")]
    finally:
        connection.close()


def execute(sql: str) -> Any:
    """Do something that only SQLite understands, on the connection of the database thread."""
    return DATABASE.execute_sql(sql).fetchall()


class Gate:
    """A function that holds the thread which runs it until it is opened."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._opened = threading.Event()

    def __call__(self) -> None:
        self._reached.set()
        assert self._opened.wait(DEADLINE_SECONDS)

    async def reached(self) -> None:
        """Wait until a thread is held."""
        assert await asyncio.get_running_loop().run_in_executor(None, self._reached.wait, DEADLINE_SECONDS)

    def open(self) -> None:
        """Let the thread go on."""
        self._opened.set()


@contextlib.asynccontextmanager
async def held(database: Database) -> AsyncIterator[None]:
    """Hold the database thread, so that all that is asked for inside waits together."""
    gate = Gate()
    holding = database.run(gate)
    await gate.reached()
    yield
    gate.open()
    await holding
