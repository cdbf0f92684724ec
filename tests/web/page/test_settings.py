"""The admin page's settings: their parts, oneself, the site, users, and the trail."""

import zipfile
from pathlib import Path

from playwright.async_api import expect

from edge_csms.domain.roles import Role

PASSWORD = "Kilowatt-Hour-3"


PARTS = {
    "account": "You",
    "site": "Site",
    "server": "Server settings",
    "help": "Health",
    "backups": "Backups",
    "users": "Users",
    "trail": "Trail",
}


async def test_each_part_has_an_address_and_is_marked_where_one_is(site, open_page):
    page = await open_page(site, "#/settings", width=360)
    parts = page.get_by_role("navigation", name="Parts of the settings")
    await expect(parts.locator("[aria-current=page]")).to_have_text("You")
    await expect(parts.get_by_role("link")).to_have_count(len(PARTS))
    for part, heading in PARTS.items():
        await page.goto(f"{site.url}/#/settings/{part}")
        await expect(page.get_by_role("heading", level=2).first).to_have_text(heading)
        await expect(parts.locator("[aria-current=page]")).to_have_attribute("href", f"#/settings/{part}")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


async def test_the_parts_are_walked_through_by_keyboard(site, open_page):
    page = await open_page(site, "#/settings/site")
    await page.get_by_role("link", name="Health and help").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Support bundle")).to_be_visible()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Backups"
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Backups")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", name="Support bundle")).to_be_visible()


async def test_a_user_is_added_promoted_and_removed(site, open_page):
    page = await open_page(site, "#/settings/users")
    await page.get_by_role("button", name="Add user").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Username").fill("bert")
    await dialog.get_by_label("Password").fill("bert")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.locator(".field-error")).to_contain_text("too short")
    await dialog.get_by_label("Password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("table", name="Users").get_by_role("row", name="bert")
    await expect(row).to_contain_text("Viewer")
    await page.get_by_role("button", name="Edit user bert").click()
    await dialog.get_by_label("Role").select_option("Technician")
    await dialog.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("Technician")
    await page.get_by_role("button", name="Delete user bert").click()
    await dialog.get_by_label("Your password again").fill("Volt-Ampere-9")
    await dialog.get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)
    await page.get_by_role("link", name="Trail").click()
    trail = page.get_by_role("table", name="Trail")
    await expect(trail.get_by_role("row", name="bert").first).to_contain_text("the-admin")


async def test_a_password_is_changed(site, open_page):
    page = await open_page(site, "#/settings", role=Role.VIEWER)
    await page.get_by_role("button", name="Change password").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Present password").fill("Volt-Ampere-9")
    await dialog.get_by_label("New password", exact=True).fill(PASSWORD)
    await dialog.get_by_label("New password again").fill(PASSWORD + "x")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.locator(".field-error")).to_be_visible()
    await dialog.get_by_label("New password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("The password is changed.")).to_be_visible()
    login = {"username": "the-viewer", "password": PASSWORD}
    assert (await site.ask("POST", "/api/auth/login/", login, role=None)).status == 200


async def test_the_site_and_its_health_are_shown_and_users_only_to_administrators(site, open_page):
    page = await open_page(site, "#/settings", role=Role.TECHNICIAN)
    await expect(page.get_by_text("the-technician (Technician)")).to_be_visible()
    await page.get_by_role("link", name="Site").last.click()
    await expect(page.get_by_text(site.ocpp_url)).to_be_visible()
    await page.get_by_role("link", name="Health and help").click()
    await page.get_by_text("parts of the server work").click()
    await expect(page.locator(".parts")).to_contain_text("storage works")
    await expect(page.get_by_role("link", name="Users")).to_have_count(0)


async def test_another_language_is_chosen_and_kept(site, open_page):
    page = await open_page(site, "#/settings")
    await page.get_by_label("Language").select_option("Deutsch")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Einstellungen")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Einstellungen")


async def test_a_support_bundle_is_packed_as_ticked(site, open_page, connect):
    await connect(site, "CP1")
    page = await open_page(site, "#/settings/help", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Make a bundle").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Latest log lines").uncheck()
    await dialog.get_by_label("CP1").check()
    async with page.expect_download() as downloading:
        await dialog.get_by_role("button", name="Make and save").click()
    with zipfile.ZipFile(await (await downloading.value).path()) as archive:
        names = archive.namelist()
    assert "server.json" in names
    assert "1 CP1/frames.jsonl" in names
    assert "log.txt" not in names


async def test_backups_are_listed_and_one_is_made_now(site, open_page):
    page = await open_page(site, "#/settings/backups")
    backups = page.get_by_role("region", name="Backups")
    await backups.get_by_role("button", name="Make one now").click()
    await expect(backups.get_by_role("row")).not_to_have_count(0)


async def test_disk_and_certificates_are_shown(site, open_page):
    page = await open_page(site, "#/settings/site", role=Role.VIEWER)
    await expect(page.get_by_role("region", name="Site", exact=True)).to_contain_text("free of")
    certificates = page.get_by_role("region", name="Certificates")
    async with page.expect_download() as downloading:
        await certificates.get_by_role("button", name="Site's root").click()
    assert "BEGIN CERTIFICATE" in Path(await (await downloading.value).path()).read_text()
    await page.reload()
    await expect(certificates.get_by_role("row", name="root (RSA)")).to_be_visible()
