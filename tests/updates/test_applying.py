"""Updates on a box with real versions, real signatures and chargers that are connected."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_csms.services.update_spool import ON_PROBATION, PROGRESS, RELEASE, REQUESTED, RESULT
from edge_csms.storage.engine import looked_into
from tests.updates.box import NEW, OLD, SYSTEM_PYTHON, Box, Charger

pytestmark = [pytest.mark.site, pytest.mark.timeout(150)]

NOBODY = 65534

# What a version does that must not be kept.
ENDS = """
import sys
if "serve" in sys.argv:
    sys.exit("this version is broken")
"""
NEVER_READY = """
import edge_csms.central.updates as updates
updates.Updates.status = lambda self: {"version": VERSION, "ready": False, "charge_points": []}
"""
TURNS_CHARGERS_AWAY = """
import edge_csms.central.system as system
system.CentralSystem.why_kept_off = lambda self, identity: ("it is broken", "wait") if identity == "CP2" else None
"""
# A version that changes the schema, whose database the old one can't use.
NEW_SCHEMA = """
import pathlib, shutil
import edge_csms.storage.schema as schema
migrations = pathlib.Path(__file__).parent / "migrations"
shutil.copytree(schema.MIGRATIONS, migrations, dirs_exist_ok=True)
schema.MIGRATIONS = migrations
(migrations / "0900_more.py").write_text(
    "def up(migrator, db):\\n    db.execute_sql('CREATE TABLE more (number INTEGER)')\\n"
)
"""


@contextlib.asynccontextmanager
async def connected(box: Box, *identities: str) -> AsyncIterator[list[Charger]]:
    """Connect chargers, idle until the update, charging from then on."""
    chargers = [Charger(box, identity) for identity in identities]
    for charger in chargers:
        charger.plug_in()
        await asyncio.wait_for(charger.connected.wait(), 10)
    yield chargers
    for charger in chargers:
        await charger.unplug()


async def ask_for(box: Box, release: bytes) -> None:
    brought = await box.bring(release)
    assert brought.status == 201, brought.body
    asked = await box.wish()
    assert asked.status == 202, asked.body


async def check_all_is_well(box: Box, chargers: list[Charger], version: str) -> None:
    """Check that a version serves, every charger is back, and what was acknowledged is stored once."""
    assert (box.version(), box.installation.current) == (version, version)
    for charger in chargers:
        charger.charges = True
        count = len(charger.answered)
        async with asyncio.timeout(60):
            while len(charger.answered) < count + 6:
                await asyncio.sleep(0.05)  # until it has said more
        await charger.unplug()
    stored = {(one["charge_point_id"], one["transaction_id"]): one for one in await box.transactions()}
    started = [(charger, answer) for charger in chargers for answer in charger.answered if "Start" in answer[0]]
    assert {(charger.identity, answer["transactionId"]) for charger, (_, _, answer) in started} <= stored.keys()
    meters = [(one["charge_point_id"], one["meter_start_wh"]) for one in stored.values()]
    assert len(meters) == len(set(meters))
    assert not box.spool.has(REQUESTED)
    assert box.state.read() is None
    with looked_into(box.database) as database:
        assert database.find_damage() is None


def note_database(box: Box) -> set[str]:
    """Give what of a stopped site's tables would show that a newer version was there."""
    with looked_into(box.database) as database:
        return set(database.get_tables())


async def test_an_update_takes_the_place_of_the_old_version(box: Box) -> None:
    box.lay_down(box.installation.tree("0.9.0"), "0.9.0")
    await box.start()
    async with connected(box, "CP1", "CP2") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA))
        result = await box.update()
        assert (result.outcome, result.from_version, result.to_version) == ("updated", OLD, NEW)
        assert box.installation.versions() == [OLD, NEW]
        assert not box.spool.has(RELEASE)
        await check_all_is_well(box, chargers, NEW)
    async with asyncio.timeout(15):
        while not (told := (await box.ask("GET", "/api/v1/audit?action=update.result")).json["items"]):
            await asyncio.sleep(0.1)  # until the job has looked
    assert (told[0]["username"], told[0]["result"]) == ("anna", "updated")
    assert "more" in note_database(box)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (ENDS, "not_started"),
        (NEW_SCHEMA + NEVER_READY, "unhealthy"),
        (NEW_SCHEMA + TURNS_CHARGERS_AWAY, "charge_points_missing"),
    ],
)
async def test_a_version_that_fails_makes_room_for_the_old_one_and_its_database(
    box: Box, code: str, reason: str
) -> None:
    await box.start()
    async with connected(box, "CP1", "CP2") as chargers:
        await ask_for(box, box.release(code=code))
        for charger in chargers:
            charger.charges = True
        began = asyncio.get_running_loop().time()
        await box.update_in_haste(seconds=4)
        assert asyncio.get_running_loop().time() - began < 60
        result = box.result()
        assert (result.outcome, result.code) == ("returned", reason), result
        assert "runs again" in result.words
        assert result.missing_charge_points == ()
        assert "more" not in note_database(box)
        await check_all_is_well(box, chargers, OLD)
    shown: Any = (await box.ask("GET", "/api/v1/update")).json["result"]
    assert shown["words"] == result.words


STEPS = [
    "checking",
    "unpacking",
    "stopping",
    "snapshot",
    "switching",
    "starting",
    "charge_points",
    "keeping",
    "cleaning",
    "telling",
]
BACK = ["stopping_again", "restoring", "switching_back", "starting_again", "charge_points_again", "telling"]


@pytest.mark.parametrize("step", STEPS)
async def test_an_update_that_is_killed_in_its_middle_goes_on(box: Box, step: str) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA))
        chargers[0].charges = True
        assert (await box.update_in_haste(step))[-1] == step
        box.cut_power()
        await asyncio.to_thread(box.service.start)  # as at the next boot
        result = await box.update()
        assert result.outcome == "updated"
        await check_all_is_well(box, chargers, NEW)


@pytest.mark.parametrize("step", BACK)
async def test_a_way_back_that_is_killed_in_its_middle_goes_on(box: Box, step: str) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA + NEVER_READY))
        chargers[0].charges = True
        assert (await box.update_in_haste(step, seconds=2))[-1] == step
        box.cut_power()
        await asyncio.to_thread(box.service.start)  # as at the next boot
        result = await box.update()
        assert (result.outcome, result.code) == ("returned", "unhealthy")
        assert "more" not in note_database(box)
        await check_all_is_well(box, chargers, OLD)


@pytest.fixture
def shared_box() -> Iterator[Box]:
    """Give a box whose server has no rights, and whose updater is root."""
    same_python = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if os.geteuid() != 0 or subprocess.run([SYSTEM_PYTHON, "-c", same_python], check=False).returncode != 0:
        pytest.skip("only root can run a server as somebody else, and everybody can run only the system's Python")
    with tempfile.TemporaryDirectory() as directory:  # not tmp_path, which only root may enter
        Path(directory).chmod(0o755)
        box = Box(Path(directory), user=NOBODY)
        box.install()
        yield box
        box.close()


async def test_root_updates_a_server_without_rights_and_trusts_nothing_of_it(shared_box: Box) -> None:
    box = shared_box
    await box.start()
    await ask_for(box, box.release())
    precious = box.directory / "precious"
    precious.write_text("precious")
    for name in (PROGRESS, RESULT, ON_PROBATION):  # what somebody would do who has taken the server over
        (box.spool.path / name).symlink_to(precious)
    result = await box.update()
    assert result.outcome == "updated"
    assert precious.read_text() == "precious"
    assert box.version() == NEW
    assert {path.lstat().st_uid for path in box.data_dir.rglob("*")} == {NOBODY}
    assert {path.lstat().st_uid for path in box.installation.trees.rglob("*")} == {0}
    assert not [path for path in box.installation.trees.rglob("*") if path.stat().st_mode & 0o022]


async def test_a_full_disk_ends_an_update_before_it_begins(box: Box) -> None:
    disk = box.installation.trees
    shutil.move(disk, disk.with_name("kept"))
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    try:
        shutil.copytree(disk.with_name("kept"), disk, symlinks=True, dirs_exist_ok=True)
        await box.start()
        async with connected(box, "CP1") as chargers:
            await ask_for(box, box.release())
            result = await box.update()
            assert (result.outcome, result.code) == ("refused", "no_room")
            assert "the update needs" in result.words
            assert chargers[0].connected.is_set()
            assert box.installation.versions() == [OLD]
            await check_all_is_well(box, chargers, OLD)
        box.service.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
