"""A disk that is read-only, from the start or on a sudden: what can be answered is, the rest is refused plainly."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.charger import PAUSE_SECONDS, Charger, Line, Lost, Refused
from tests.torture.disks import Disk
from tests.torture.rounds import LENIENCE
from tests.torture.server import Server

START = b'{"connectorId":1,"idTag":"CARD","meterStart":1,"timestamp":"2026-11-24T10:00:00Z"}'
METER = b'{"connectorId":1,"meterValue":[{"timestamp":"2026-11-24T10:00:00Z","sampledValue":[{"value":"1"}]}]}'
RESUMES_WITHIN_SECONDS = 10.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk").mount()
    yield disk
    disk.close()


@pytest.fixture
def server(disk: Disk, tmp_path: Path) -> Iterator[Server]:
    server = Server(disk.path / "data")
    server.log = tmp_path / "server.log"
    yield server
    server.close()


async def live_a_little(server: Server) -> None:
    """Let a charger be known, and charge once."""
    await server.start()
    charger = Charger(server.port, "CP1", [])
    await charger.boot()
    await charger.charge(values=3)
    charger.hang_up()


async def degraded_service(server: Server) -> None:
    """Hold that everything is answered that needs nothing new remembered, and nothing is acknowledged that does."""
    line = await Line.open(server.port, "CP1")
    booted = await line.send("BootNotification", b'{"chargePointVendor":"Acme","chargePointModel":"Box"}')
    assert booted["status"] == "Accepted"
    assert "currentTime" in await line.send("Heartbeat", b"{}")
    assert (await line.send("Authorize", b'{"idTag":"CARD"}'))["idTagInfo"]["status"] == "Accepted"
    with pytest.raises(Refused, match=r"InternalError: .*read-only"):
        await line.send("MeterValues", METER)
    with pytest.raises(Refused, match=r"InternalError: .*read-only"):
        await line.send("StartTransaction", START)
    with pytest.raises(Lost):  # sent again, it would be given up: offline it is kept
        await line.send("StartTransaction", START)
    with pytest.raises(Lost, match="503"):
        await Line.open(server.port, "CP1")
    status, parts = await server.parts()
    assert (status, parts["storage"]) == (503, "read-only")


async def resumed(server: Server) -> float:
    """Wait until a Start is taken again, and say how long that took."""
    begun = time.monotonic()
    charger = Charger(server.port, "CP1", [])
    await charger.insist("StartTransaction", START)
    while (await server.parts())[0] != 200:
        await asyncio.sleep(PAUSE_SECONDS)
    return time.monotonic() - begun


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.parametrize("ends", [Server.stop, Server.kill], ids=["in order", "killed"])
async def test_a_site_on_a_disk_that_is_read_only_from_the_start_is_served_as_far_as_it_can_be_read(
    server: Server, disk: Disk, ends: object
) -> None:
    await live_a_little(server)
    assert callable(ends)
    ends(server)
    disk.remount("ro")
    await server.start()
    await degraded_service(server)
    assert (await server.get("/api/v1/site"))[0] == 401  # and not 500
    disk.remount("rw")
    assert await resumed(server) < LENIENCE * RESUMES_WITHIN_SECONDS
    assert server.stop() == 0


@pytest.mark.torture
async def test_on_a_disk_that_turns_read_only_nothing_is_acknowledged_that_is_not_kept(
    server: Server, disk: Disk
) -> None:
    await live_a_little(server)
    disk.turn_read_only()
    await degraded_service(server)
    assert server.stop() == 0


@pytest.mark.torture
async def test_a_new_site_on_a_read_only_disk_is_refused_in_one_line(server: Server, disk: Disk) -> None:
    disk.remount("ro")
    assert server.run("serve") == 1
    assert server.last_words().strip().endswith("can't be written: Read-only file system")
    assert "Traceback" not in server.last_words()
