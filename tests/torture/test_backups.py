"""Backups under load hold all that was committed before they were asked for, and a restore survives a kill anywhere."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_csms.storage import backups, recovery
from tests.torture import ledger
from tests.torture.charger import Charger, Fleet
from tests.torture.rounds import rounds, size
from tests.torture.server import Server
from tests.torture.shim import Shim, build

KILLED = -9


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.close()


async def back_up(server: Server, destination: Path) -> Path:
    """Let the running server make a backup, as a user would ask for it."""
    assert await asyncio.to_thread(server.run, "backup", str(destination)) == 0, server.last_words()
    return destination


def highest_id(database: Path) -> int:
    return max(ledger.read(database).stops, default=0)


async def next_id(server: Server) -> int:
    """Start once more, and give the id."""
    charger = Charger(server.port, "LATER", [])
    await charger.boot()
    return await charger.start()


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=900)
async def test_every_backup_under_load_is_whole_and_a_fresh_box_goes_on_from_it(server: Server, tmp_path: Path) -> None:
    await server.start()
    fleet, made = Fleet(server.port, size(short=20, long=50)), []
    fleet.begin()
    try:
        for number in range(rounds(short=3, long=20)):
            await fleet.answered(60)
            seen = list(fleet.seen)
            made.append(await back_up(server, tmp_path / f"backup-{number}"))
            backups.check(made[-1])
            kept = ledger.read(made[-1])
            assert [one for one in seen if not kept.has(one)] == []
    finally:
        await fleet.end()
        server.stop()
    issued = highest_id(server.database)

    fresh = Server(tmp_path / "fresh")
    assert fresh.run("restore", str(made[0])) == 0
    assert "replaced" not in fresh.last_words()  # there was nothing
    await fresh.start()
    assert await next_id(fresh) > issued
    assert fresh.stop() == 0
    print(f"{len(made)} backups under load, {len(fleet.seen)} answers; ids go on above {issued}")


@pytest.mark.torture
@pytest.mark.site
@pytest.mark.timeout(seconds=900)
async def test_a_restore_that_is_killed_anywhere_leaves_the_old_site_or_the_restored_one(
    server: Server, tmp_path: Path
) -> None:
    """Both have their log beside the file, as after a crash; whichever is left is whole, and the other is kept."""
    await server.start()
    fleet = Fleet(server.port, 5)
    fleet.begin()
    await fleet.answered(50)
    backup = await back_up(server, tmp_path / "backup")
    old_count = len(ledger.read(backup).starts)
    await fleet.answered(50)
    await fleet.end()
    server.kill()
    await server.start()  # and once more, so that everything that was sent is in the log
    server.kill()
    new_count = len(ledger.read(ledger.copy_of(server.database, tmp_path / "as it was")).starts)
    assert old_count < new_count

    library, outcomes, killed = build(tmp_path), set(), 0
    for kill_at in range(1, 200, size(short=6, long=1)):
        site = tmp_path / f"killed-{kill_at}"
        shutil.copytree(server.data_dir, site / "data", ignore=lambda *_: {"control.sock"})
        shim, restored = Shim(library, site), Server(site / "data")
        shim.set("kill_at", kill_at)
        restored.environment = shim.environment
        was_killed = restored.run("restore", str(backup)) == KILLED
        killed += was_killed
        assert restored.database.exists()
        await restored.start({})
        assert restored.stop() == 0
        assert recovery.find_damage(restored.database) is None
        count = len(ledger.read(restored.database).starts)
        assert count in (old_count, new_count), kill_at
        outcomes.add(count)
        if count == old_count:
            (kept,) = (path for path in restored.data_dir.glob("*.replaced-*") if not path.name.endswith("-wal"))
            assert len(ledger.read(ledger.copy_of(kept, site / "kept")).starts) == new_count
        assert not list(restored.data_dir.glob("*.restored-*"))
        if not was_killed:
            break
    assert outcomes == {old_count, new_count}
    assert killed >= size(short=3, long=20)
    print(f"a restore killed at {killed} points")
