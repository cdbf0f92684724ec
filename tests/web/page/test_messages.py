"""The admin page's messages: frames as they are sent, filters, pause, export."""

import json
from pathlib import Path

from playwright.async_api import expect

from edge_csms.domain.roles import Role


async def test_frames_of_one_charger_are_shown_with_their_answers(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/messages?charge_point_id=CP1")
    messages = page.locator(".messages > li")
    await expect(messages.filter(has_text="BootNotification")).to_be_visible()
    await charge_point.heartbeat()
    await expect(messages.first).to_contain_text("Heartbeat")
    await messages.first.locator("summary").click()
    await expect(messages.first).to_contain_text("The charger asked")
    await expect(messages.first).to_contain_text("currentTime")
    assert "ms" in await messages.first.locator(".latency").inner_text()


async def test_all_chargers_can_be_watched_together(site, open_page, connect):
    first, second = await connect(site, "CP1"), await connect(site, "CP2")
    page = await open_page(site, "#/messages")
    await first.heartbeat()
    await second.heartbeat()
    for charge_point_id in ("CP1", "CP2"):
        await expect(page.locator(".messages > li", has_text=charge_point_id)).to_be_visible()


async def test_filters_pause_and_export(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/messages?charge_point_id=CP1")
    messages = page.locator(".messages > li")
    await page.get_by_label("Kind").select_option("BootNotification")
    await expect(messages).to_have_count(1)
    await page.get_by_label("Kind").select_option("All")
    await page.get_by_label("Search text").fill("edge works")
    await expect(messages).to_have_count(1)
    await page.get_by_label("Search text").fill("")
    await page.get_by_role("button", name="Pause").click()
    await charge_point.heartbeat()
    await expect(page.get_by_role("button", name="Go on (1 new)")).to_be_visible()
    await expect(messages.filter(has_text="Heartbeat")).to_have_count(0)
    await page.get_by_role("button", name="Go on").click()
    await expect(messages.filter(has_text="Heartbeat")).to_have_count(1)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Export").click()
    exported = json.loads(Path(await (await downloading.value).path()).read_text())
    assert exported[0]["action"] == "Heartbeat"


async def test_a_broken_frame_is_marked_and_shown_as_it_came(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/messages?charge_point_id=CP1")
    charge_point.send_raw('[2,"7","Heart')
    await page.get_by_label("Only faults").check()
    broken = page.locator(".messages > li")
    await expect(broken).to_have_count(1)
    await broken.locator("summary").click()
    await expect(broken.locator("pre")).to_contain_text('[2,"7","Heart')


async def test_a_refused_message_is_explained(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/messages?charge_point_id=CP1&faults=true")
    charge_point.send_raw('[2,"7","Nonsense",{}]')
    refused = page.locator(".messages > li", has_text="Nonsense")
    await refused.locator("summary").click()
    await expect(refused).to_contain_text("This operation is not known there.")


async def test_frames_are_captured_to_a_file_that_is_saved_and_deleted(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/messages?charge_point_id=CP1", role=Role.TECHNICIAN)
    captures = page.get_by_role("region", name="Captures")
    await captures.get_by_role("button", name="Capture").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Of")).to_have_value("CP1")
    await dialog.get_by_role("button", name="Begin").click()
    row = captures.get_by_role("row", name="CP1")
    await expect(row).to_contain_text("runs until")
    await charge_point.heartbeat()
    async with page.expect_download() as downloading:
        await row.get_by_role("button", name="Save").click()
    lines = Path(await (await downloading.value).path()).read_text().splitlines()
    assert json.loads(lines[1])["action"] == "Heartbeat"
    await row.get_by_role("button", name="End").click()
    await expect(row).to_contain_text("done")
    await row.get_by_role("button", name="Delete").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(captures).to_contain_text("None yet.")
