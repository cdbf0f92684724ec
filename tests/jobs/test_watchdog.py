"""The watchdog is fed while event loop and database thread answer, and by neither of them alone."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_csms.jobs.watchdog import FEEDS, Watchdog
from edge_csms.services.service_manager import ServiceManager
from edge_csms.storage.database import Database

PAUSE_SECONDS = 0.02
LONG_SECONDS = 15 * PAUSE_SECONDS


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[socket.socket]:
    """Give the socket at which the service manager hears that the server lives."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield listener


@asynccontextmanager
async def watched(database: Database, fed: socket.socket) -> AsyncIterator[None]:
    manager = ServiceManager({"NOTIFY_SOCKET": fed.getsockname()})
    job = asyncio.create_task(Watchdog(manager, database, PAUSE_SECONDS * FEEDS).run())
    await is_fed(fed)
    try:
        yield
    finally:
        job.cancel()


async def is_fed(fed: socket.socket) -> None:
    async with asyncio.timeout(5):
        assert await asyncio.get_running_loop().sock_recv(fed, 100) == b"WATCHDOG=1"


def drain(fed: socket.socket) -> int:
    """Count how often the watchdog was fed since the last look."""
    count = 0
    while True:
        try:
            fed.recv(100)
        except BlockingIOError:
            return count
        count += 1


async def test_it_is_fed_again_and_again(database: Database, fed: socket.socket) -> None:
    async with watched(database, fed):
        await is_fed(fed)
        await is_fed(fed)


async def test_a_database_thread_that_hangs_feeds_no_more(database: Database, fed: socket.socket) -> None:
    hanging, released = threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        released.wait(10)

    async with watched(database, fed):
        hung = database.run(hang)
        await asyncio.get_running_loop().run_in_executor(None, hanging.wait)
        drain(fed)
        await asyncio.sleep(LONG_SECONDS)  # in which it would have been fed many times
        assert drain(fed) <= 1  # by an answer that was on its way
        released.set()
        await hung
        await is_fed(fed)


async def test_an_event_loop_that_hangs_feeds_no_more(database: Database, fed: socket.socket) -> None:
    async with watched(database, fed):
        drain(fed)
        time.sleep(LONG_SECONDS)
        assert drain(fed) == 0
        await is_fed(fed)


async def test_a_disk_that_takes_nothing_more_is_no_reason_to_start_anew(
    database: Database, fed: socket.socket
) -> None:
    database.condemn("a page is damaged")
    async with watched(database, fed):
        await is_fed(fed)
