"""Updates on a box with real versions, real signatures and chargers that are connected."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_csms.services.update_spool import ON_PROBATION, PROGRESS, RELEASE, RESULT
from edge_csms.updates.service import ServiceFault
from tests.updates.box import NEW, OLD, SYSTEM_PYTHON, Box
from tests.updates.versions import (
    ENDS,
    NEVER_READY,
    NEW_SCHEMA,
    TURNS_CHARGERS_AWAY,
    ask_for,
    check_all_is_well,
    connected,
    note_database,
)

pytestmark = [pytest.mark.site, pytest.mark.timeout(150)]

NOBODY = 65534


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
BACK = ["stopping_again", "switching_back", "restoring", "starting_again", "charge_points_again", "telling"]


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


@pytest.mark.parametrize(("step", "code"), [(step, NEW_SCHEMA) for step in BACK] + [("restoring", "")])
async def test_a_way_back_that_is_killed_in_its_middle_goes_on(box: Box, step: str, code: str) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=code + NEVER_READY))
        chargers[0].charges = True
        assert (await box.update_in_haste(step, seconds=2))[-1] == step
        box.cut_power()
        with contextlib.suppress(ServiceFault):  # the old version, before its database is back
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
