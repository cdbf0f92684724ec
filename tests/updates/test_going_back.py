"""The way back where the disk is in its way: the snapshot needs no room, and what fails is tried until it works."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from edge_csms import control
from edge_csms.services.update_spool import (
    ON_PROBATION,
    PROGRESS,
    REQUESTED,
    OnProbation,
    Progress,
    Result,
    Wish,
)
from edge_csms.storage.database import Database
from edge_csms.updates.applying import Applying
from edge_csms.updates.journal import Journal
from edge_csms.updates.patience import Patience
from edge_csms.updates.service import Service, ServiceFault
from tests.updates.box import NEW, OLD, Box
from tests.updates.versions import (
    FILLS_THE_DISK,
    HIDES_THE_SNAPSHOT,
    NEVER_READY,
    NEW_SCHEMA,
    TURNS_CHARGERS_AWAY,
    ask_for,
    check_all_is_well,
    connected,
    note_database,
)

pytestmark = pytest.mark.timeout(150)
AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def small_disk(box: Box) -> Iterator[None]:
    """Let the data of the box lie on a disk of 90 MB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=90m,mode=0700", "tmpfs", str(box.data_dir)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield
    box.close()
    subprocess.run(["umount", "-l", str(box.data_dir)], check=True)


@pytest.mark.site
@pytest.mark.parametrize("deadly_step", ["", "restoring"])
async def test_a_new_version_that_fills_the_disk_does_not_bar_the_way_back(
    box: Box, small_disk: None, deadly_step: str
) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA + NEVER_READY + FILLS_THE_DISK))
        await box.update_in_haste(deadly_step, seconds=3)
        if deadly_step:
            box.cut_power()
            with suppress(ServiceFault):  # the old version can't use the database of the new one
                await asyncio.to_thread(box.service.start)
            await box.update_in_haste(seconds=10)
        result = box.result()
        assert (result.outcome, result.code) == ("returned", "unhealthy"), result
        assert "as it was before" in result.words
        assert "more" not in note_database(box)
        await check_all_is_well(box, chargers, OLD)


@pytest.mark.site
async def test_what_can_not_be_put_back_is_tried_until_somebody_has_mended_it(box: Box) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA + NEVER_READY + HIDES_THE_SNAPSHOT))
        updating = asyncio.create_task(box.update_in_haste(seconds=3))
        tried = set()
        while len(tried) < 6:  # more often than before anything else is thought of
            progress = box.spool.read(PROGRESS, Progress)
            if progress is not None and progress.step == "restoring":
                tried.add(progress.at)
            await asyncio.sleep(0.02)
        assert box.version() is None
        (box.data_dir / "hidden").rename(box.data_dir / "backups" / f"before-update-{NEW}.db")
        await updating
        assert box.result().outcome == "returned"
        assert "more" not in note_database(box)
        await check_all_is_well(box, chargers, OLD)


@pytest.mark.site
async def test_a_new_version_that_works_for_some_stays_where_there_is_no_way_back(box: Box) -> None:
    await box.start()
    async with connected(box, "CP1", "CP2") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA + TURNS_CHARGERS_AWAY + HIDES_THE_SNAPSHOT))
        await box.update_in_haste(seconds=3)
        result = box.result()
        assert (result.outcome, result.code, result.missing_charge_points) == (
            "updated",
            "charge_points_missing",
            ("CP2",),
        )
        assert "can't be put back" in result.words
        await check_all_is_well(box, chargers[:1], NEW)


async def test_the_old_version_starts_on_a_database_that_it_can_read_where_the_copy_can_not_be_put_back(
    box: Box,
) -> None:
    control.prepare_data_dir(box.data_dir)
    database = Database(box.database)
    await database.open()
    await database.close()
    box.spool.prepare()
    wish = Wish(version=NEW, username="anna", address="", at=AT)
    failure = Result(
        outcome="returned", code="unhealthy", words="it hangs", from_version=OLD, to_version=NEW, username="anna", at=AT
    )
    box.spool.write(REQUESTED, wish)
    box.spool.write(ON_PROBATION, OnProbation(NEW))
    box.service_program.write_text("#!/bin/sh\n")
    patience = Patience(unwell=0.1, retry=0.01)
    with box.state.locked(), control.locked(box.data_dir):  # somebody holds the data, for whatever reason
        box.state.write(Journal(wish=wish, from_version=OLD, to_version=NEW, charge_points=(), failure=failure))
        box.installation.switch(NEW)
        service = Service(box.service_program)
        told: list[str] = []
        applying = Applying(
            box.spool, box.installation, box.site, service, box.state, patience=patience, tell=told.append
        )
        result = await asyncio.to_thread(applying.run)
    assert result is not None
    assert result.outcome == "returned"
    assert "another edge-csms is using" in result.words
    assert [step for step in told if "tried" in step][-1].endswith("tried 3 times")
    assert box.installation.current == OLD
    assert not box.spool.has(ON_PROBATION)
