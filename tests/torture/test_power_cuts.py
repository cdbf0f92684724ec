"""Power cuts under the file system: what was acknowledged is on the disk, and the database is whole.

The database lies on an ext4 image. A cut lets nothing more through to the image, at any moment of any write; then the
image is copied, mounted as after a reboot, and compared with what the chargers saw answered.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture import careless, ledger
from tests.torture.charger import Fleet
from tests.torture.disks import Disk
from tests.torture.rounds import rounds, size
from tests.torture.server import Server


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[list[Disk]]:
    """Give a list of disks that are thrown away at the end; the first is there."""
    disks = [Disk(tmp_path / "disk-0").mount()]
    yield disks
    for disk in disks:
        disk.close()


async def cut(server: Server, fleet: Fleet, disks: list[Disk]) -> Disk:
    """Cut the power, and give the disk as it is found after the reboot, not yet mounted."""
    disks[-1].cut_power()
    server.kill()
    found = disks[-1].copy(disks[-1].image.with_name(f"disk-{len(disks)}"))
    disks[-1].close()
    disks.append(found)
    return found


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=3600)
async def test_what_was_acknowledged_outlives_a_power_cut(disks: list[Disk], tmp_path: Path) -> None:
    cuts, chance = rounds(short=3, long=100), random.Random(2)
    server = Server(disks[0].path / "data")
    server.log = tmp_path / "server.log"
    fleet = Fleet(server.port, size(short=40, long=100))
    await server.start()
    fleet.begin()
    try:
        for number in range(cuts):
            await fleet.answered(chance.randrange(len(fleet.chargers), 8 * len(fleet.chargers)))
            found = await cut(server, fleet, disks)
            found.mount()
            server.data_dir = found.path / "data"
            assert ledger.faults(ledger.copy_of(server.database, tmp_path / f"found-{number}"), fleet) == []
            await server.start()
        await fleet.answered(3 * len(fleet.chargers))
    finally:
        await fleet.end()
        server.close()
    assert ledger.differences(ledger.read(server.database), fleet) == []
    print(f"{cuts} power cuts, {len(fleet.seen)} answers, none lost")


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=120)
async def test_a_server_that_syncs_nothing_is_found_out(disks: list[Disk], tmp_path: Path) -> None:
    server = Server(disks[0].path / "data", program=(*careless.PROGRAM, "sync-nothing"))
    server.log = tmp_path / "server.log"
    fleet = Fleet(server.port, 10)
    await server.start()
    fleet.begin()
    try:
        await fleet.answered(100)
        found = await cut(server, fleet, disks)
    finally:
        await fleet.end()
        server.close()
    found.mount()
    database = found.path / "data" / server.database.name
    lost = ledger.faults(ledger.copy_of(database, tmp_path / "found"), fleet) if database.exists() else ["the file"]
    assert lost
    print(f"without syncs {len(fleet.seen)} answers were seen, and lost are: {lost[0]}, ... ({len(lost)})")
