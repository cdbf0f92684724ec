"""How soon the admin page shows a year of transactions, in a real browser."""

import shutil
from statistics import median

import msgspec
from playwright.async_api import Page, async_playwright

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# What the browser itself has noted, in milliseconds since it asked for the page.
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
NOW = "performance.now()"
LOADS = 7


class Shown(msgspec.Struct):
    """From the wish for the page, logged in, on this machine: when something is painted, when the list stands there."""

    first_paint_ms: float
    list_ms: float


async def measure_page(url: str, username: str, password: str) -> Shown | None:
    """Load the list of transactions a few times and give the medians; None without Debian's Chromium."""
    if (chromium := shutil.which("chromium")) is None:
        return None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(locale="en-GB")
        await page.goto(f"{url}/#/transactions")
        await page.locator("input[name=username]").fill(username)
        await page.locator("input[name=password]").fill(password)
        await page.locator("button[type=submit]").click()
        await _list(page)
        loads = [await _load(page) for _ in range(LOADS)]
        await browser.close()
    return Shown(median(one.first_paint_ms for one in loads), median(one.list_ms for one in loads))


async def _load(page: Page) -> Shown:
    await page.reload()
    await _list(page)
    return Shown(list_ms=await page.evaluate(NOW), first_paint_ms=await page.evaluate(FIRST_PAINT))


async def _list(page: Page) -> None:
    await page.locator("main table tbody tr").first.wait_for()
