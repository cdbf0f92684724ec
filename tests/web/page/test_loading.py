"""How the admin page gets into the browser: little at first, the rest when it is opened, all of it from this server."""

import asyncio
import re
import time

import pytest
from playwright.async_api import expect

from edge_csms.web.page_files import ROOT, find
from edge_csms.web.page_linking import SCRIPTS

# Packed, all that comes before the first screen is drawn; the chart's library follows, then the other views.
FIRST_BYTES = 90 * 1024
FIRST_FILES = 9
ALL_BYTES = 150 * 1024
PATIENCE_SECONDS = 10
VIEWS = [
    "charge-points",
    *(f"charge-points/CP1{part}" for part in ("", "/charging", "/configuration", "/files", "/security", "/diagnosis")),
    *("messages", "transactions", "transactions/1", "id-tags", "settings", "firmware", "setup", "templates"),
    "site",  # stays open until the load of the day is drawn
]
FIRST_PAINT_SECONDS = 1.0
ATTEMPTS = 5  # the quickest counts: others may use the machine


async def loaded(page):
    """List the files that the browser has fetched, by their paths; some come twice."""
    script = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    names = [name.removeprefix(await page.evaluate("origin")).lstrip("/") for name in await page.evaluate(script)]
    return {"index.html", *(name for name in names if find(name))}


def packed_bytes(names):
    return sum(len(find(name).packed) for name in names)


async def test_the_first_screen_is_light_and_the_other_views_come_when_one_of_them_is_opened(site, open_page):
    page = await open_page(site, language="de-DE")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    first = await loaded(page)
    assert packed_bytes(first) < FIRST_BYTES
    assert len(first) <= FIRST_FILES
    assert {"lang/de.json", "main.js"} <= first
    assert {"lang/en.json", "views.js", "vendor/uplot/uPlot.iife.min.js"} & first == set()
    await page.get_by_role("link", name="Karten").click()
    await expect(page.get_by_role("button", name="Karte hinzufügen")).to_be_visible()
    assert await loaded(page) - first == {"views.js"}


@pytest.mark.parametrize("language", [path.stem for path in sorted((ROOT / "lang").glob("*.json"))])
async def test_whoever_opens_every_view_has_fetched_less_than_150_kb(site, open_page, connect, language):
    await (await connect(site, "CP1")).start(1, "CARD1")
    page = await open_page(site, language=language)
    for view in VIEWS:
        await page.evaluate("(view) => (location.hash = `#/${view}`)", view)
        await expect(page.locator("main h1")).to_be_visible()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not {*SCRIPTS, f"lang/{language}.json", "vendor/uplot/uPlot.iife.min.js"} <= await loaded(page):
            await asyncio.sleep(0.05)
    assert packed_bytes(await loaded(page)) < ALL_BYTES


async def seconds_to_paint(page, tiles):
    began = time.monotonic()
    await page.reload()
    await expect(page.get_by_role("article")).to_have_count(tiles)
    return time.monotonic() - began


async def test_the_first_screen_is_quick_and_comes_from_this_server_alone(site, open_page):
    for number in range(50):
        await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": f"CP-{number:02}", "password": None})
    page = await open_page(site)
    assert any([await seconds_to_paint(page, tiles=50) < FIRST_PAINT_SECONDS for _ in range(ATTEMPTS)])
    names = await page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert all(name.startswith(site.url) for name in names)


async def test_views_of_another_version_than_the_page_are_not_mixed_with_it(site, open_page):
    page = await open_page(site)
    views = find("views.js").plain.decode()
    other = re.sub(r'\$stamp !== "\w+"', '$stamp !== "another"', views, count=1)
    await page.route("**/views.js", lambda route: route.fulfill(body=other, content_type="text/javascript"))
    await page.get_by_role("link", name="Tags").click()
    await expect(page.get_by_role("alert")).to_contain_text("could not be fetched")
    await page.unroute("**/views.js")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tags")


async def test_a_view_that_did_not_come_can_be_asked_for_again(site, open_page):
    page = await open_page(site)
    await page.route("**/views.js", lambda route: route.abort())
    await page.get_by_role("link", name="Tags").click()
    await expect(page.get_by_role("alert")).to_contain_text("could not be fetched")
    await page.unroute("**/views.js")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tags")
