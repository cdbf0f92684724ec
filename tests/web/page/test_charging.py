"""The admin page's charging part of a charger: reservations, limits, charging profiles, and the local list."""

import pytest
from playwright.async_api import expect

from edge_csms.domain.roles import Role


async def test_a_connector_is_reserved_and_freed(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Reserve").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("For which tag").fill("CARD1")
    await dialog.get_by_role("button", name="Reserve").click()
    row = page.get_by_role("table", name="Reservations").get_by_role("row", name="CARD1")
    await expect(row).to_contain_text("Kept free")
    await row.get_by_role("button", name="Cancel the reservation for CARD1").click()
    await dialog.get_by_role("button", name="Cancel reservation").click()
    await expect(row).to_contain_text("Cancelled")


async def test_a_reservation_that_the_charger_refuses_is_said_and_what_was_typed_stays(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    charge_point.behaviour.answers["ReserveNow"] = {"status": "Occupied"}
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Reserve").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("For which tag").fill("CARD1")
    await dialog.get_by_role("button", name="Reserve").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("in use or reserved already")
    await expect(dialog.get_by_label("For which tag")).to_have_value("CARD1")


async def test_a_limit_is_set_drawn_and_lifted(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    await charge_point.start(1, "CARD1")
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.TECHNICIAN)
    await page.get_by_label("Amperes per phase").fill("10")
    await page.get_by_role("button", name="Set limit").click()
    profiles = page.get_by_role("table", name="Limits and profiles")
    await expect(profiles).to_contain_text("10 A")
    await expect(page.get_by_role("img", name="The next 24 hours")).to_be_visible()
    assert charge_point.connectors[1].meter.offered_amps == 10
    await page.get_by_role("button", name="No limit").click()
    await expect(page.get_by_text("Nothing limits it but itself.")).to_be_visible()


async def test_a_daily_profile_is_made_in_the_editor_and_kept_for_others(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Charging profile").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Limit in A").fill("32")
    await dialog.get_by_role("button", name="Another limit").click()
    await dialog.get_by_label("From").last.fill("06:30")
    await dialog.get_by_label("Limit in A").last.fill("6.5")
    await expect(dialog.get_by_role("img", name="The profile as a curve")).to_be_visible()
    await dialog.get_by_label("Keep under the name").fill("At night")
    await dialog.get_by_role("button", name="Give it to the charger").click()
    row = page.get_by_role("table", name="Limits and profiles").get_by_role("row", name="At night")
    await expect(row).to_contain_text("32 A, from 06:30 on 6.5 A")
    [kept] = (await quick_site.get("/api/v1/charging-profiles"))["items"]
    assert (kept["kind"], kept["recurrency"], kept["periods"][1]["start_seconds"]) == ("Recurring", "Daily", 23400)
    await row.get_by_role("button", name="Take profile").click()
    await dialog.get_by_role("button", name="Take away").click()
    await expect(page.get_by_text("Nothing limits it but itself.")).to_be_visible()


async def test_a_profile_that_can_not_be_is_explained(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Charging profile").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What it limits").select_option("The present charge only")
    await dialog.get_by_label("Connector").select_option("Connector 1")
    await dialog.get_by_role("button", name="Give it to the charger").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("needs a transaction")


async def test_the_list_for_offline_is_kept_in_step(quick_site, open_page, connect):
    await quick_site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1"})
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.TECHNICIAN)
    section = page.get_by_role("region", name="Tags while offline")
    await section.get_by_role("button", name="Send now").click()
    await expect(section).to_contain_text("In step")
    await expect(section.locator("dd").nth(1)).to_have_text("1")


@pytest.mark.parametrize("part", ["charging", "diagnosis"])
async def test_the_basic_view_leaves_out_what_few_need_and_is_remembered(site, open_page, connect, part):
    await connect(site, "CP1")
    page = await open_page(site, f"#/charge-points/CP1/{part}", role=Role.TECHNICIAN)
    rare = {"charging": "Tags while offline", "diagnosis": "Special treatment"}[part]
    await expect(page.get_by_role("heading", name=rare)).to_be_visible()
    await page.get_by_role("button", name="Basic view").click()
    await expect(page.get_by_role("heading", name=rare)).to_have_count(0)
    await expect(page.get_by_role("link", name="Security")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_role("button", name="Everything")).to_be_visible()
    await expect(page.get_by_role("link", name="Security")).to_have_count(0)


async def test_a_charger_that_reports_no_schedule_still_shows_what_was_meant(quick_site, open_page, connect):
    charge_point = await connect(quick_site, "CP1")
    charge_point.behaviour.answers["GetCompositeSchedule"] = {"status": "Rejected"}
    await quick_site.ask("PUT", "/api/v1/charge-points/CP1/limit", {"limit_amps": 16})
    page = await open_page(quick_site, "#/charge-points/CP1/charging", role=Role.VIEWER)
    await expect(page.get_by_text("The charge point does not report")).to_be_visible()
    await expect(page.locator(".chart canvas")).to_be_visible()
