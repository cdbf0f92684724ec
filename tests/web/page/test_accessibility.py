"""The admin page for everybody: screen readers, keyboards, small screens, both themes, both languages."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

VIEWS = ("#/site", "#/charge-points", "#/charge-points/CP1", "#/messages?charge_point_id=CP1", "#/transactions")
VIEWS += ("#/transactions/1", "#/id-tags", "#/settings", "#/setup", "#/templates", "#/firmware")
VIEWS += ("#/commissioning/1",)
VIEWS += tuple(f"#/settings/{part}" for part in ("site", "server", "help", "backups", "users", "trail"))
PARTS = ("charging", "configuration", "files", "security", "diagnosis")
VIEWS += tuple(f"#/charge-points/CP1/{part}" for part in PARTS)


@pytest.fixture
def busy_site(careful_site, connect, io_loop):
    """Give a site where there is something to see on every view."""

    async def fill():
        for id_tag in ("CARD1", "CARD2"):
            await careful_site.ask("POST", "/api/v1/id-tags", {"id_tag": id_tag, "blocked": id_tag == "CARD2"})
        await careful_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
        charge_point = await connect(careful_site, "CP1", connectors=3)
        await charge_point.start(1, "CARD1")
        await charge_point.meter(1, energy_wh=2000)
        await charge_point.meter(1, energy_wh=2000)
        await charge_point.fault(2, "HighTemperature")
        await charge_point.call_raw(
            "StatusNotification", {"connectorId": "3", "errorCode": "NoError", "status": "Available"}
        )
        await connect(careful_site, "NEW-1")
        await fill_the_parts(careful_site, charge_point)

    io_loop.run_sync(fill)
    return careful_site


async def fill_the_parts(site, charge_point):
    """Let there be something on every part of the charger's page."""
    path = "/api/v1/charge-points/CP1"
    await charge_point.security_event("TamperDetectionActivated", "lid open")
    order = {"connector_id": 3, "id_tag": "CARD1", "steps": ["boot", "unlock"]}
    reservation = {"charge_point_id": "CP1", "connector_id": 3, "id_tag": "CARD1"}
    for method, where, body in (
        ("PUT", f"{path}/quirks/local_time", {"value": True}),
        ("POST", "/api/v1/configuration-templates", {"name": "All", "settings": {"HeartbeatInterval": "77"}}),
        ("PUT", f"{path}/limit", {"limit_amps": 16}),
        ("POST", "/api/v1/reservations", reservation),
        ("POST", f"{path}/diagnostics", {}),
        ("POST", "/api/v1/firmware-images?name=wallbox.bin", b"firmware"),
        ("POST", "/api/v1/firmware-rollouts", {"image_id": 1, "charge_point_ids": ["CP1"]}),
        ("POST", "/api/v1/captures", {}),
        ("POST", f"{path}/commissioning-runs", order),
    ):
        answer = await site.ask(method, where, body)
        assert answer.status in (200, 201), (where, answer.body)
    await site.get(f"{path}/configuration?refresh=true")


# Controls that a finger misses; links within sentences may be as high as their line.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, textarea")]
    .map((element) => ["checkbox", "radio"].includes(element.type) ? element.closest("label") : element)
    .filter((element) => getComputedStyle(element).display !== "inline" && !element.closest(".skip"))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, { width, height }]) => width > 0 && (width < 39.5 || height < 39.5))
    .map(([element, { width, height }]) => `${element.outerHTML.slice(0, 200)} ${width} ${height}`)"""


async def violations(page):
    results = await Axe().run(page)
    return [f"{one['id']}: {node['html']}" for one in results.response["violations"] for node in one["nodes"]]


@pytest.mark.timeout(seconds=120)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_no_view_shuts_anybody_out_or_spills_over_the_screen(busy_site, open_page, width, scheme):
    page = await open_page(busy_site, width=width, scheme=scheme, language="de-DE" if scheme == "dark" else "en-GB")
    for view in VIEWS:
        await page.goto(f"{busy_site.url}/{view}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.locator("main [aria-busy=true]")).to_have_count(0)
        assert (view, await violations(page)) == (view, [])
        too_wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (view, too_wide) == (view, 0)
        if width == 360:
            assert (view, await page.evaluate(TOO_SMALL)) == (view, [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_dialog_shuts_anybody_out(busy_site, open_page, scheme):
    page = await open_page(busy_site, role=None, width=360, scheme=scheme)
    assert await violations(page) == []
    page = await open_page(busy_site, width=360, scheme=scheme)
    for view, button in (
        ("#/site", "Stop charging at CP1, connector 1"),
        ("#/site", "Start charging at CP1, connector 3"),
        ("#/charge-points", "Add charger"),
        ("#/charge-points/CP1", "Restart"),
        ("#/id-tags", "Add tag"),
        ("#/settings/users", "Add user"),
        ("#/settings/help", "Make a bundle"),
        ("#/messages", "Capture"),
        ("#/templates", "Template"),
        ("#/firmware", "Add firmware"),
        ("#/firmware", "Roll out to many"),
        ("#/settings/site", "Edit the limit of the site"),
        ("#/charge-points/CP1", "Check for hand-over"),
        ("#/charge-points/CP1/charging", "Reserve"),
        ("#/charge-points/CP1/charging", "Charging profile"),
        ("#/charge-points/CP1/files", "Update firmware"),
        ("#/charge-points/CP1/files", "Read"),
        ("#/charge-points/CP1/security", "Change key over the line"),
        ("#/charge-points/CP1/diagnosis", "Set a switch"),
    ):
        await page.goto(f"{busy_site.url}/{view}")
        await page.get_by_role("button", name=button).first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert (button, await violations(page)) == (button, [])
        assert (button, await page.evaluate(TOO_SMALL)) == (button, [])
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_charge_is_stopped_by_keyboard_alone(busy_site, open_page):
    page = await open_page(busy_site)
    await expect(page.get_by_role("article", name="CP1, connector 1")).to_contain_text("Charging")
    await press_until_focused(page, "Stop charging at CP1, connector 1")
    await page.keyboard.press("Enter")
    await press_until_focused(page, "Stop charging")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Charging has ended")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def press_until_focused(page, name):
    for _ in range(40):
        await page.keyboard.press("Tab")
        focused = await page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.innerText.trim()")
        if focused == name:
            return
    pytest.fail(f"no Tab leads to {name}")
