"""The admin page's firmware: images that are kept here, and roll-outs of one to several chargers."""

from playwright.async_api import expect

from edge_csms.domain.roles import Role
from tests.running import PASSWORD

IMAGES = "/api/v1/firmware-images"


async def test_an_image_is_added_described_and_deleted(site, open_page, tmp_path):
    (tmp_path / "wallbox-2.0.bin").write_bytes(b"firmware " * 1000)
    page = await open_page(site, "#/charge-points", role=Role.TECHNICIAN)
    await page.get_by_role("link", name="Firmware").click()
    await expect(page.get_by_text("No firmware is here yet.")).to_be_visible()
    await page.get_by_role("button", name="Add firmware").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("File").set_input_files(tmp_path / "wallbox-2.0.bin")
    await dialog.get_by_label("Version in it").fill("2.0")
    await dialog.get_by_role("button", name="Upload").click()
    row = page.get_by_role("row", name="wallbox-2.0.bin")
    await expect(row).to_contain_text("9.0 kB")
    await expect(row).to_contain_text("Not signed")

    await page.get_by_role("button", name="Edit (wallbox-2.0.bin)").click()
    await expect(dialog.get_by_label("Version in it")).to_have_value("2.0")
    await dialog.get_by_label("Note").fill("for WB-22")
    await dialog.get_by_text("Signature", exact=True).first.click()
    await dialog.get_by_label("Signature", exact=True).fill("no base64")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await expect(dialog.get_by_label("Note")).to_have_value("for WB-22")
    await dialog.get_by_label("Signature", exact=True).fill("")
    await dialog.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("for WB-22")

    await page.get_by_role("button", name="Delete (wallbox-2.0.bin)").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No firmware is here yet.")).to_be_visible()


async def test_an_image_is_rolled_out_to_chosen_chargers_after_the_password(quick_site, open_page, connect, tmp_path):
    for charge_point_id in ("CP1", "CP2", "CP3"):
        await connect(quick_site, charge_point_id)
    assert (await quick_site.ask("POST", f"{IMAGES}?name=wallbox.bin", b"firmware")).status == 201
    page = await open_page(quick_site, "#/firmware", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Roll out to many").click()
    dialog = page.get_by_role("dialog")
    for charge_point_id in ("CP1", "CP3"):
        await dialog.get_by_label(charge_point_id).check()
    await dialog.get_by_label("Your password again").fill("guessed")
    await dialog.get_by_role("button", name="Update 2 chargers").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("password is wrong")
    await expect(dialog.get_by_label("CP3")).to_be_checked()
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Update 2 chargers").click()
    row = page.get_by_role("table", name="Roll-outs").get_by_role("row", name="wallbox.bin")
    await expect(row).to_contain_text("Done", timeout=20_000)
    await expect(row).to_contain_text("2 of 2 installed")
    await row.get_by_text("2 chargers").click()
    await expect(row.get_by_role("listitem")).to_contain_text(["CP1", "CP3"])


async def test_a_roll_out_can_be_ended_and_a_viewer_only_looks(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    await charge_point.start(1, "CARD1")  # which it waits for
    image = (await quick_site.ask("POST", f"{IMAGES}?name=wallbox.bin", b"firmware")).json
    order = {"image_id": image["image_id"], "charge_point_ids": ["CP1"]}
    assert (await quick_site.ask("POST", "/api/v1/firmware-rollouts", order)).status == 201
    page = await open_page(quick_site, "#/firmware", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="End roll-out").click()
    await page.get_by_role("dialog").get_by_role("button", name="End roll-out").click()
    await expect(page.get_by_role("row", name="wallbox.bin").last).to_contain_text("Ended by hand")
    page = await open_page(quick_site, "#/firmware", role=Role.VIEWER)
    await expect(page.get_by_role("row", name="wallbox.bin").last).to_contain_text("Ended by hand")
    await expect(page.locator("main").get_by_role("button")).to_have_count(0)
