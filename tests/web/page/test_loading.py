"""How the admin page gets into the browser: little at first, the rest when it is opened, all of it from this server."""

import time

from playwright.async_api import expect

from edge_csms.web.page_files import find

# Compressed, all that comes before the first screen is drawn; the chart's library follows, then what is opened.
FIRST_BYTES = 110_000
FIRST_PAINT_SECONDS = 1.0
ATTEMPTS = 5  # the quickest counts: others may use the machine


async def loaded(page):
    """List the files that the browser has fetched, by their paths."""
    script = "performance.getEntriesByType('resource').map((entry) => entry.name)"
    return [name.removeprefix(await page.evaluate("origin")).lstrip("/") for name in await page.evaluate(script)]


async def test_the_first_screen_is_light_and_the_other_views_come_when_they_are_opened(site, open_page):
    page = await open_page(site, language="de-DE")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    first = ["index.html", *(name for name in await loaded(page) if find(name))]
    assert sum(len(find(name).packed) for name in first) < FIRST_BYTES
    assert {"lang/de.json", "views/site.js"} <= set(first)
    assert {"lang/en.json", "views/id_tags.js", "vendor/uplot/uPlot.iife.min.js"} & set(first) == set()
    await page.get_by_role("link", name="Karten").click()
    await expect(page.get_by_role("button", name="Karte hinzufügen")).to_be_visible()
    assert "views/id_tags.js" in await loaded(page)


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


async def test_a_view_that_did_not_come_can_be_asked_for_again(site, open_page):
    page = await open_page(site)
    await page.route("**/views/id_tags.js", lambda route: route.abort())
    await page.get_by_role("link", name="Tags").click()
    await expect(page.get_by_role("alert")).to_contain_text("could not be fetched")
    await page.unroute("**/views/id_tags.js")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tags")
