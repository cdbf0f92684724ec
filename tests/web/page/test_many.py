"""The admin page over many chargers that are all connected and all talk."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from edge_csms.domain.roles import Role

CHARGERS = 200
ROUNDS = 3
# Of the browser's main thread for each message, all told; a drawing for each would take more.
MAIN_THREAD_SECONDS_PER_MESSAGE = 0.0015


class MainThread:
    """What the browser's main thread of a page has computed, in its own CPU time: no other program counts."""

    def __init__(self, devtools):
        self._devtools = devtools

    @classmethod
    async def of(cls, page):
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        await devtools.send("Performance.enable")
        return cls(devtools)

    async def seconds(self):
        metrics = (await self._devtools.send("Performance.getMetrics"))["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")


@pytest.fixture
def many(site, connect, io_loop):
    """Connect two hundred chargers, each with a car that charges."""

    async def bring(number):
        charge_point = await connect(site, f"CP-{number:03}")
        await charge_point.start(1, "CARD1")
        return charge_point

    async def bring_all():
        return [await bring(number) for number in range(CHARGERS)]

    return io_loop.run_sync(bring_all)


@pytest.mark.timeout(seconds=120)
async def test_two_hundred_connected_chargers_are_shown_live_and_searched_without_a_jam(site, open_page, many):
    page = await open_page(site, role=Role.TECHNICIAN, width=360)
    await expect(page.get_by_role("article").filter(has_text="Charging")).to_have_count(CHARGERS)
    thread = await MainThread.of(page)
    before = await thread.seconds()
    for _ in range(ROUNDS):
        await asyncio.gather(*(charge_point.meter(1, energy_wh=1000) for charge_point in many))
    await expect(page.get_by_role("article").filter(has_text=re.compile(r"[3-9]\.\d\d kWh"))).to_have_count(CHARGERS)
    spent = await thread.seconds() - before
    assert spent < MAIN_THREAD_SECONDS_PER_MESSAGE * CHARGERS * ROUNDS
    await page.get_by_label("Search charger or tag").fill("cp-19")
    await expect(page.get_by_role("article")).to_have_count(10)
