"""The admin page's tags: add, change, block, delete, search."""

from pathlib import Path

from playwright.async_api import expect

from edge_csms.domain.roles import Role


async def test_a_tag_is_added_changed_blocked_and_deleted(site, open_page):
    page = await open_page(site, "#/id-tags", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Add tag").click()
    await page.get_by_label("Tag", exact=True).fill("CARD1")
    await page.get_by_label("Note", exact=True).fill("Anna's")
    await page.get_by_label("Valid until").fill("2035-06-01T12:30")
    await page.get_by_label("Charges at the same time").fill("1")
    await page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="CARD1")
    await expect(row).to_contain_text("May charge")
    tag = await site.get("/api/v1/id-tags/CARD1")
    assert (tag["note"], tag["expires_at"], tag["max_active_transactions"]) == ("Anna's", "2035-06-01T12:30:00Z", 1)

    await page.get_by_role("button", name="Edit CARD1").click()
    await expect(page.get_by_label("Valid until")).to_have_value("2035-06-01T12:30")
    await page.get_by_label("Valid until").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("for ever")

    await page.get_by_role("button", name="Block CARD1", exact=True).click()
    await expect(row).to_contain_text("Blocked")
    await page.get_by_role("button", name="Unblock CARD1").click()
    await expect(row).to_contain_text("May charge")

    await page.get_by_role("button", name="Delete CARD1").click()
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Delete CARD1").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No tag yet.")).to_be_visible()


async def test_a_tag_that_exists_already_is_said_and_the_form_stays(site, open_page):
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1"})
    page = await open_page(site, "#/id-tags")
    await page.get_by_role("button", name="Add tag").click()
    await page.get_by_label("Tag", exact=True).fill("card1")
    await page.get_by_label("Note", exact=True).fill("Bert's")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("Note", exact=True)).to_have_value("Bert's")


async def test_tags_are_found_by_their_note_and_a_viewer_changes_none(site, open_page):
    for id_tag, note in (("CARD1", "Anna's"), ("CARD2", "Bert's")):
        await site.ask("POST", "/api/v1/id-tags", {"id_tag": id_tag, "note": note})
    page = await open_page(site, "#/id-tags", role=Role.VIEWER)
    await page.get_by_label("Search tag, note or group").fill("bert")
    await expect(page.get_by_role("row")).to_have_count(2)
    await expect(page.get_by_role("row", name="CARD2")).to_be_visible()
    await expect(page.get_by_role("row").get_by_role("button")).to_have_count(0)
    await expect(page.get_by_role("button", name="Add tag")).to_have_count(0)


async def test_tags_go_out_as_csv_and_come_in_again(site, open_page, tmp_path):
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1", "note": '=1+1; "quoted"'})
    page = await open_page(site, "#/id-tags", role=Role.TECHNICIAN)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="CSV").click()
    text = Path(await (await downloading.value).path()).read_text()
    assert text.splitlines()[1] == """CARD1,"'=1+1; ""quoted""\",,,,false"""
    await site.ask("DELETE", "/api/v1/id-tags/CARD1")
    await import_tags(page, tmp_path, text)
    await expect(page.get_by_text("1 tag is imported.")).to_be_visible()
    tag = await site.get("/api/v1/id-tags/CARD1")
    assert (tag["note"], tag["blocked"]) == ('=1+1; "quoted"', False)


async def import_tags(page, tmp_path, text):
    (tmp_path / "tags.csv").write_text(text)
    await page.get_by_role("button", name="Import").click()
    await page.get_by_label("File", exact=True).set_input_files(tmp_path / "tags.csv")
    await page.get_by_role("dialog").get_by_role("button", name="Import").click()


async def test_an_import_changes_what_is_there_and_names_each_line_that_failed(site, open_page, tmp_path):
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1", "note": "Anna's"})
    page = await open_page(site, "#/id-tags", role=Role.TECHNICIAN)
    text = "id_tag;blocked;expires_at\nCARD1;true;\nCARD2;;someday\nCARD3;no;2035-01-01T00:00:00Z\n"
    await import_tags(page, tmp_path, text)
    await expect(page.get_by_text("2 tags are imported.")).to_be_visible()
    await expect(page.get_by_role("dialog").get_by_role("listitem")).to_contain_text("Line 3 CARD2")
    tag = await site.get("/api/v1/id-tags/CARD1")
    assert (tag["note"], tag["blocked"]) == ("Anna's", True)


async def test_a_card_is_learnt_by_holding_it_to_a_charger(careful_site, open_page, connect):
    for charge_point_id in ("CP1", "CP2"):
        await careful_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": charge_point_id, "password": None})
    first, second = await connect(careful_site, "CP1"), await connect(careful_site, "CP2")
    await connect(careful_site, "A-PENDING-ONE")
    page = await open_page(careful_site, "#/id-tags", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Tap card").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("option")).to_have_text(["CP1", "CP2"])  # one that waits for acceptance reads none
    await dialog.get_by_label("At which charger").select_option("CP2")
    await expect(dialog).to_contain_text("Hold the card to its reader.")
    await first.authorize("STRANGER")
    await second.authorize("CARD9")
    await expect(page.get_by_role("dialog", name="Add tag").get_by_label("Tag", exact=True)).to_have_value("CARD9")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name="CARD9")).to_be_visible()
