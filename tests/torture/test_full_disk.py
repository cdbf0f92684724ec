"""A disk that fills up under load: no answer for what is not kept, heartbeats all along, then service by itself."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture import ledger
from tests.torture.charger import PAUSE_SECONDS, Fleet, Line
from tests.torture.disks import Disk
from tests.torture.rounds import LENIENCE, rounds, size
from tests.torture.server import Server

RETURNS_WITHIN_SECONDS = 10.0
HEARTBEAT_SECONDS = 5.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk", megabytes=64).mount()
    yield disk
    disk.close()


def fill(filler: Path) -> None:
    """Take all the room there is."""
    for piece in (2**20, 4096):
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(piece))


async def beat(server: Server) -> None:
    """Send heartbeats, each of which must be answered, until cancelled."""
    line = await Line.open(server.port, "STEADY")
    await line.send("BootNotification", b'{"chargePointVendor":"Acme","chargePointModel":"Box"}')
    while True:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            assert "currentTime" in await line.send("Heartbeat", b"{}")
        await asyncio.sleep(PAUSE_SECONDS)


async def until_storage_is(server: Server, status: int, state: str, filler: Path | None = None) -> float:
    """Wait until /readyz says so, keeping the disk full while it shall be, and say how long that took."""
    begun = time.monotonic()
    while True:
        if filler is not None:
            fill(filler)
        seen, parts = await server.parts()
        if (seen, parts["storage"]) == (status, state):
            return time.monotonic() - begun
        assert time.monotonic() - begun < LENIENCE * RETURNS_WITHIN_SECONDS, parts
        await asyncio.sleep(PAUSE_SECONDS)


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=3600)
async def test_a_disk_that_fills_up_under_load_loses_no_answer_and_service_resumes_by_itself(
    disk: Disk, tmp_path: Path
) -> None:
    server = Server(disk.path / "data")
    server.log = tmp_path / "server.log"
    await server.start()
    fleet, returns = Fleet(server.port, size(short=20, long=50)), []
    fleet.begin()
    beating = asyncio.create_task(beat(server))
    try:
        for _ in range(rounds(short=3, long=15)):
            await fleet.answered(100)
            filler = disk.path / "filler"
            await until_storage_is(server, 503, "disk full", filler)
            seen = len(fleet.seen)
            await asyncio.sleep(1)  # the load goes on against a full disk
            assert not beating.done()
            filler.unlink()
            returns.append(await until_storage_is(server, 200, "ok"))
            await fleet.answered(50, within_seconds=LENIENCE * RETURNS_WITHIN_SECONDS)
            assert len(fleet.seen) > seen
        assert not beating.done()
    finally:
        beating.cancel()
        await fleet.end()
        server.stop()
    assert ledger.faults(server.database, fleet) == []
    assert len(server.start_seconds) == 1  # without a restart
    print(f"full {len(returns)} times, {len(fleet.seen)} answers kept, back within {max(returns):.1f} s")
