"""The job that leads roll-outs; the roll-outs themselves are in tests/scenarios/test_firmware_rollouts.py."""

import asyncio

from edge_csms.jobs.firmware_rollouts import FirmwareRollouts
from edge_csms.services import firmware_rollouts
from tests.file_jobs import image_id, listening
from tests.running import RunningSite


async def test_a_roll_out_that_was_left_running_goes_on_at_the_start(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    order = firmware_rollouts.Order(image_id=await image_id(site), charge_point_ids=["CP1"], asked_by="anna")
    await site.app.database.run(firmware_rollouts.order, order, site.app.clock.now())
    job = FirmwareRollouts(site.app.central, site.app.file_commands, site.app.database)
    with listening(site) as news:
        running = asyncio.create_task(job.run())
        await news.until(news.rollouts, 1, "stopped")  # the charger isn't connected
        running.cancel()


async def test_a_charger_that_was_retired_stops_it(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    order = firmware_rollouts.Order(image_id=await image_id(site), charge_point_ids=["CP1"], asked_by="anna")
    await site.app.database.run(firmware_rollouts.order, order, site.app.clock.now())
    await site.ask("DELETE", "/api/v1/charge-points/CP1")
    job = FirmwareRollouts(site.app.central, site.app.file_commands, site.app.database)
    with listening(site) as news:
        running = asyncio.create_task(job.run())
        await news.until(news.rollouts, 1, "stopped")
        running.cancel()
    shown = await site.get("/api/v1/firmware-rollouts/1")
    assert shown["reason"] == "CP1: there is no charge point CP1"
