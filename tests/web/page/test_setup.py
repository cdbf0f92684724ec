"""The first set-up in a browser: with the set-up code, step by step, left and continued; and settings on trial."""

import socket

import pytest
from playwright.async_api import expect

from edge_csms.config import SECTIONS
from edge_csms.config.overlay import list_keys
from edge_csms.services import recovery_code
from tests.web.page.conftest import log_in
from tests.web.page.test_files import CATALOGUES

PASSWORD = "Kilowatt-Hour-3"


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def test_every_setting_has_a_name_that_people_understand():
    keys = {f"config.{key}" for key, _ in list_keys()} | {f"config_section.{section}" for section in SECTIONS}
    assert keys - CATALOGUES["en"].keys() == set()


async def set_up_administrator(page, site):
    await page.get_by_role("button", name="Set it up").click()
    await page.locator("input[name=setup_code]").fill((site.data_dir / "setup-code").read_text().strip())
    await page.locator("input[name=username]").fill("anna")
    await page.locator("input[name=password1]").fill(PASSWORD)
    await page.locator("input[name=password2]").fill(PASSWORD)
    await page.locator("button[type=submit]").click()
    await page.get_by_role("heading", name="Set up the site").wait_for()


async def test_a_new_site_is_set_up_left_and_continued(site, open_page):
    page = await open_page(site, role=None)
    await set_up_administrator(page, site)
    await expect(page.locator("[aria-current=step]")).to_have_text("This machine")
    await expect(page.get_by_text("this server listens on it")).to_be_visible()
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("button", name="Go on without saving")).to_be_visible()
    await expect(page.get_by_role("button", name="Next")).to_have_count(0)  # which would lose what was typed
    await page.get_by_label("Name of the site").fill("Tiefgarage")
    await page.get_by_label("Network name, without .local").fill("no good name")
    await page.get_by_label("Time zone").fill("Europe/Berlin")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.locator(".field-error")).to_contain_text("letters, digits and hyphens")
    await expect(page.get_by_label("Name of the site")).to_have_value("Tiefgarage")
    await page.get_by_label("Network name, without .local").fill("garage")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.locator("[aria-current=step]")).to_have_text("Encryption")
    await expect(page.locator("header .brand")).to_have_text("Tiefgarage")

    await page.get_by_role("button", name="Later").click()
    await page.get_by_role("button", name="Go on with it").click()
    await expect(page.locator("[aria-current=step]")).to_have_text("Encryption")
    await page.get_by_text("Windows").click()
    await expect(page.get_by_text("Trusted Root Certification Authorities")).to_be_visible()
    await page.get_by_role("button", name="Next").click()
    await page.get_by_label("Your password again").fill(PASSWORD)
    await page.get_by_role("button", name="Show it").click()
    await expect(page.get_by_text(recovery_code.of_site(site.data_dir))).to_be_visible()
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("button", name="Add charger").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_role("button", name="Go on with it")).to_have_count(0)
    assert (await site.get("/api/v1/setup")) == {"step": "done"}


async def test_a_port_is_changed_and_confirmed_at_its_new_address(site, open_page, free_port):
    page = await open_page(site, "#/settings/server")
    await page.get_by_text("Network", exact=True).click()
    port = page.get_by_label("Port", exact=True)
    await port.fill(str(free_port))
    await page.locator("form", has=port).get_by_role("button", name="Save").click()
    banner = page.locator(".banner", has_text="on trial")
    await expect(banner).to_contain_text("s left")
    async with page.context.expect_page() as opening:
        await banner.get_by_role("link").click()
    other = await opening.value
    await expect(other.get_by_text("It can be reached")).to_be_visible()
    assert site.app.config.server.port == free_port


async def test_settings_are_changed_in_german_too(site, open_page):
    page = await open_page(site, "#/settings/server", language="de-DE")
    await page.get_by_text("Konten", exact=True).click()
    minutes = page.get_by_label("Eine Anmeldung gilt ohne Erneuern (Minuten)")
    await minutes.fill("30")
    await page.locator("form", has=minutes).get_by_role("button", name="Speichern").click()
    await expect(page.get_by_text("hier geändert").first).to_be_visible()
    assert site.app.config.auth.access_token_minutes == 30


async def test_a_change_on_trial_is_taken_back(site, open_page, free_port):
    page = await open_page(site, "#/settings/server")
    await page.get_by_text("Network", exact=True).click()
    port = page.get_by_label("Port", exact=True)
    await port.fill(str(free_port))
    await page.locator("form", has=port).get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Take it back now").click()
    await expect(page.get_by_text("The network settings are as before.")).to_be_visible()


async def test_a_part_logs_more_for_a_while(site, open_page):
    page = await open_page(site, "#/settings/help")
    form = page.locator("form", has=page.get_by_label("For minutes"))
    await form.get_by_label("Storage").select_option("Everything")
    await form.get_by_role("button", name="Set").click()
    await expect(page.get_by_text("a restart ends it. Until")).to_be_visible()
    assert site.app.log_levels.levels == {"storage": "debug"}
    site.app.log_levels.clear()


async def test_encryption_is_turned_on_confirmed_and_the_set_up_goes_on_there(site, browser, complaints):
    context = await browser.new_context(ignore_https_errors=True, locale="de-DE")  # as who passes the warning over once
    await site.ask("PATCH", "/api/v1/settings", {"values": {"tls.port": 0}})
    await site.ask("PUT", "/api/v1/setup", {"step": "encryption"})
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{site.url}/#/setup")
    await log_in(page, "the-admin")
    await page.get_by_role("button", name="Verschlüsselung einschalten").click()
    banner = page.locator(".banner", has_text="werden erprobt")
    async with context.expect_page() as opening:
        await banner.get_by_role("link").click()
    other = await opening.value
    await expect(other.get_by_text("die Änderung bleibt")).to_be_visible()
    await other.get_by_role("button", name="Weiter").click()
    await log_in(other, "the-admin")
    await expect(other.get_by_text("Der verschlüsselte Zugang ist an.")).to_be_visible()
    assert other.url.startswith(f"https://127.0.0.1:{site.app.tls_port}/")
    await context.close()
