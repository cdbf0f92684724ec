"""The admin page's backups: made, fetched, brought, restored; and the recovery code."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from edge_csms.domain.roles import Role
from edge_csms.services import recovery_code
from tests.running import PASSWORD


def backups(page):
    return page.get_by_role("table", name="Backups")


async def make_one(page):
    await page.get_by_role("button", name="Make one now").click()
    await expect(backups(page).get_by_role("row")).to_have_count(2, timeout=20_000)  # it is verified, too


async def test_a_backup_is_made_and_fetched_and_brought_again(site, open_page, tmp_path):
    page = await open_page(site, "#/settings/backups")
    await make_one(page)
    async with page.expect_download() as fetched:
        await page.get_by_role("button", name="Download (auto-").click()
    await (await fetched.value).save_as(tmp_path / "mine.db")
    await page.get_by_role("button", name="Bring one from elsewhere").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("File").set_input_files(Path(__file__))
    await dialog.get_by_role("button", name="Bring it").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("no backup")
    await dialog.get_by_label("File").set_input_files(tmp_path / "mine.db")
    await dialog.get_by_role("button", name="Bring it").click()
    await expect(backups(page)).to_contain_text("brought-mine.db")


async def test_the_page_comes_back_by_itself_as_the_site_of_the_backup(site, open_page):
    page = await open_page(site, "#/settings/backups")
    await make_one(page)
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "LATER"})
    await page.get_by_role("button", name="Restore (auto-").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your password again").fill("wrong")
    await dialog.get_by_role("button", name="Restore", exact=True).click()
    await expect(dialog.locator(".field-error")).to_be_visible()
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Restore", exact=True).click()
    await expect(dialog.get_by_role("status")).to_contain_text("comes back by itself")
    await site.app.restores.wait_for_order(asyncio.Event())
    await site.stop()
    async with page.expect_event("load", timeout=30_000):  # the page asks again after pauses of up to 15 s
        assert await site.app.restores.carry_out(lambda: None) == ""
        await site.start()
    await page.goto(f"{site.url}/#/charge-points")
    await expect(page.get_by_text("LATER")).to_have_count(0)
    assert (await site.get("/api/v1/charge-points"))["items"] == []


async def test_the_recovery_code_is_shown_for_the_password_to_be_printed(site, open_page):
    page = await open_page(site, "#/settings/backups")
    await page.get_by_role("button", name="Recovery code").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Because the code opens the secrets")
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Show it").click()
    await expect(dialog).to_contain_text(recovery_code.of_site(site.data_dir))
    await page.emulate_media(media="print")
    await expect(dialog.get_by_text(recovery_code.of_site(site.data_dir))).to_be_visible()
    await expect(page.get_by_role("heading", name="Backups")).to_be_hidden()


async def test_without_a_stick_it_is_said_how_one_is_mounted(site, open_page):
    page = await open_page(site, "#/settings/backups")
    await page.get_by_role("button", name="Take along on a stick").click()
    await expect(page.get_by_role("dialog")).to_contain_text("mount -o uid=edge-csms")


async def test_nobody_but_an_administrator_sees_them(site, open_page):
    page = await open_page(site, "#/settings/backups", role=Role.TECHNICIAN)
    await expect(page.get_by_role("link", name="Trail")).to_be_visible()
    await expect(page.get_by_role("heading", name="You")).to_be_visible()
    await expect(page.get_by_text("Backups")).to_have_count(0)
