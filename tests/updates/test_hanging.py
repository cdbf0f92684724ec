"""Versions that hang: the old one is back, with its database and its chargers, within a minute."""

import asyncio
import time

import pytest

from tests.updates.box import NEW, OLD, Box
from tests.updates.versions import (
    DATABASE_HANGS_LATER,
    HANGS_AT_ONCE,
    LOOP_HANGS_LATER,
    MIGRATES_LONG,
    MIGRATION_HANGS,
    MIGRATION_SPINS,
    NEW_SCHEMA,
    START_HANGS,
    ask_for,
    check_all_is_well,
    connected,
    note_database,
)

pytestmark = [pytest.mark.site, pytest.mark.timeout(150)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (MIGRATION_HANGS, "not_started"),
        (MIGRATION_SPINS, "not_started"),
        (NEW_SCHEMA + START_HANGS, "not_started"),
        (NEW_SCHEMA + DATABASE_HANGS_LATER, "unhealthy"),
    ],
)
async def test_a_version_that_hangs_makes_room_for_the_old_one(box: Box, code: str, reason: str) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=code))
        chargers[0].charges = True
        await box.update_in_haste(seconds=4)
        result = box.result()
        assert (result.outcome, result.code, result.missing_charge_points) == ("returned", reason, ()), result
        assert "more" not in note_database(box)
        await check_all_is_well(box, chargers, OLD)


@pytest.mark.parametrize("code", [HANGS_AT_ONCE, NEW_SCHEMA + LOOP_HANGS_LATER])
async def test_that_takes_less_than_a_minute_with_the_patience_of_a_real_box(box: Box, code: str) -> None:
    await box.start()
    async with connected(box, "CP1", "CP2") as chargers:
        await ask_for(box, box.release(code=code))
        updating = asyncio.create_task(box.update())
        while box.installation.current == OLD:
            await asyncio.sleep(0.05)  # until it is switched
        switched_at, counts = time.monotonic(), [len(charger.answered) for charger in chargers]
        while any(len(charger.answered) == count for charger, count in zip(chargers, counts, strict=True)):
            await asyncio.sleep(0.05)  # until all are answered again
        seconds = time.monotonic() - switched_at
        print(f"back {seconds:.1f} s after the switch")
        assert seconds < 60
        assert (await updating).outcome == "returned"
        assert box.result().missing_charge_points == ()
        await check_all_is_well(box, chargers, OLD)


async def test_a_version_that_works_for_longer_than_a_hang_is_suffered_is_kept(box: Box) -> None:
    await box.start()
    async with connected(box, "CP1") as chargers:
        await ask_for(box, box.release(code=NEW_SCHEMA + MIGRATES_LONG))
        await box.update_in_haste(seconds=4)
        assert box.result().outcome == "updated", box.result()
        await check_all_is_well(box, chargers, NEW)
