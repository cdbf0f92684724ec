"""The admin page's firmware, diagnostics and logs: asked for, followed, and read in the browser."""

from pathlib import Path

from playwright.async_api import expect

from edge_csms.domain.roles import Role
from tests.running import PASSWORD


async def test_a_log_is_asked_for_and_read_in_the_browser(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/files", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Ask for a log").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What").select_option("Security log")
    await dialog.get_by_role("button", name="Ask for a log").click()
    row = page.get_by_role("row", name="Security log")
    await expect(row).to_contain_text("It is here")
    await row.get_by_role("button", name="Read").click()
    await expect(dialog.locator("pre")).to_contain_text("CP1")
    lines = (await dialog.locator("pre").inner_text()).splitlines()
    await dialog.get_by_label("Search line").fill(lines[-1])
    await expect(dialog.locator("pre")).to_have_text(lines[-1])
    await dialog.get_by_role("button", name="Close").click()
    async with page.expect_download() as downloading:
        await row.get_by_role("button", name="Save").click()
    assert len(Path(await (await downloading.value).path()).read_text().splitlines()) >= len(lines)
    await row.get_by_role("button", name="Delete").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(row.get_by_role("button", name="Read")).to_have_count(0)


async def test_firmware_is_uploaded_and_installed_after_the_password(quick_site, open_page, connect, tmp_path):
    await connect(quick_site, "CP1")
    image = tmp_path / "wallbox-2.0.bin"
    image.write_bytes(b"firmware " * 1000)
    page = await open_page(quick_site, "#/charge-points/CP1/files", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Update firmware").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("File").set_input_files(image)
    await dialog.get_by_label("Version in it").fill("2.0")
    await dialog.get_by_label("Your password again").fill("guessed")
    await dialog.get_by_role("button", name="Update").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("password is wrong")
    assert (await quick_site.get("/api/v1/firmware-images"))["items"] == []
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Update").click()
    row = page.get_by_role("row", name="wallbox-2.0.bin")
    await expect(row).to_contain_text("Installed", timeout=15_000)
    [stored] = (await quick_site.get("/api/v1/firmware-images"))["items"]
    assert (stored["version"], stored["size_bytes"]) == ("2.0", 9000)


async def test_a_job_that_a_charger_can_not_do_says_why(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    charge_point.behaviour.answers["GetDiagnostics"] = {}
    page = await open_page(quick_site, "#/charge-points/CP1/files", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Ask for a log").click()
    await page.get_by_role("dialog").get_by_role("button", name="Ask for a log").click()
    await expect(page.get_by_role("row", name="Diagnostics")).to_contain_text("Failed")


async def test_a_viewer_follows_jobs_and_orders_none(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    await quick_site.ask("POST", "/api/v1/charge-points/CP1/diagnostics", {})
    page = await open_page(quick_site, "#/charge-points/CP1/files", role=Role.VIEWER)
    await expect(page.get_by_role("row", name="Diagnostics")).to_contain_text("It is here")
    await expect(page.locator("main").get_by_role("button", name="Read")).to_have_count(0)
