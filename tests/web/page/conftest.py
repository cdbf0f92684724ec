"""The admin page in a real browser, Debian's Chromium, over a whole server in this process."""

import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from tornado.ioloop import IOLoop

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import PASSWORD, RunningSite

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 10_000

StartSite = Callable[..., RunningSite]
OpenPage = Callable[..., Awaitable[Page]]
Connect = Callable[..., Awaitable[ChargePoint]]


@pytest.fixture(scope="package")
def io_loop() -> Iterator[IOLoop]:
    """Give one loop for all these tests instead of one each, so that one browser serves them all."""
    loop = IOLoop()
    loop.make_current()
    yield loop
    loop.clear_current()
    loop.close(all_fds=True)


@pytest.fixture
def careful_site(start_site: StartSite) -> RunningSite:
    """Give a server as it is installed: a new charger waits for acceptance, an unknown tag is refused."""
    return start_site(new_charge_points="approve", unknown_id_tags="reject")


@pytest.fixture
def hasty_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits one second for a charger's answer."""
    return start_site(new_charge_points="accept", call_timeout_seconds=1)


@pytest.fixture(scope="package")
def browser(io_loop: IOLoop) -> Iterator[Browser]:
    """Give a running browser; without one the test is skipped, but never where every test must have run."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the admin page's tests need Debian's package chromium")

    async def start() -> tuple[Any, Browser]:
        playwright = await async_playwright().start()
        return playwright, await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

    async def stop() -> None:
        await browser.close()
        await playwright.stop()

    playwright, browser = io_loop.run_sync(start)
    yield browser
    io_loop.run_sync(stop)


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Collect what the browser complains of: faults of the page, and what its Content-Security-Policy stopped."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_page(io_loop: IOLoop, browser: Browser, complaints: list[str]) -> Iterator[OpenPage]:
    """Give a function that opens the page of a site: open_page(site, "#/site", role=None, language="en-GB", ...)."""

    contexts: list[BrowserContext] = []

    async def open_(
        site: RunningSite,
        view: str = "#/site",
        *,
        role: Role | None = Role.ADMIN,
        language: str = "en-GB",
        width: int = 1280,
        scheme: Any = "light",
    ) -> Page:
        context = await browser.new_context(
            locale=language, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        await page.goto(f"{site.url}/{view}")
        if role is not None:
            await site.token(role)  # makes the account
            await log_in(page, f"the-{role}")
        return page

    yield open_
    for context in contexts:
        io_loop.run_sync(context.close)


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    """Note errors; that an answer was no success, or that the server is away, is said by the page itself."""
    expected = ("Failed to load resource", "WebSocket connection to")
    if message.type == "error" and not message.text.startswith(expected):
        complaints.append(message.text)


async def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Log in as a person does, in English."""
    await page.locator("input[name=username]").fill(username)
    await page.locator("input[name=password]").fill(password)
    await page.locator("button[type=submit]").click()
    await page.locator(".live-live").wait_for()


@pytest.fixture
def connect(io_loop: IOLoop) -> Iterator[Connect]:
    """Give a function that connects a simulated charge point and boots it: connect(site, "CP1", connectors=2)."""
    connected: list[ChargePoint] = []

    async def connect(site: RunningSite, charge_point_id: str, *, boot: bool = True, **options: Any) -> ChargePoint:
        charge_point = ChargePoint(site.ocpp_url, charge_point_id, reconnect_seconds=0.1, **options)
        await charge_point.connect()
        connected.append(charge_point)
        if boot:
            await charge_point.boot()
        return charge_point

    yield connect
    for charge_point in connected:
        io_loop.run_sync(charge_point.close)
