"""The admin page's chargers: adding one with its key, and everything on a charger's page."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from edge_csms.domain.roles import Role
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.errors import CannotConnect
from tests.running import PASSWORD


async def test_an_added_charger_gets_a_key_that_lets_it_in(careful_site, open_page, connect):
    page = await open_page(careful_site, "#/charge-points", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Add charger").click()
    await page.get_by_label("Identity").fill("BOX 7")
    await page.get_by_role("button", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog", name="BOX 7 is added")
    await expect(dialog.locator(".copyable")).to_have_count(3)
    address, identity, key = await dialog.locator(".copyable code").all_text_contents()
    assert address == f"{careful_site.ocpp_url}/BOX%207"
    assert identity == "BOX 7"
    assert re.fullmatch("[0-9a-f]{32,40}", key)
    await dialog.get_by_text("Address as a QR code").click()
    image = dialog.get_by_role("img", name="QR code: Address")
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.naturalWidth") > 100
    charge_point = await connect(careful_site, "BOX 7", password=key)  # as text, where bytes are asked for
    await expect(dialog.locator(".ladder .step-passed")).to_have_count(9)
    await expect(dialog).to_contain_text("It sent its key as hex text instead of as bytes: fine, noted.")
    assert charge_point.registration == "Accepted"
    await dialog.get_by_role("link", name="To its page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("BOX 7")


async def test_a_bad_identity_is_said_at_its_field(site, open_page):
    page = await open_page(site, "#/charge-points")
    await page.get_by_role("button", name="Add charger").click()
    await page.get_by_label("Identity").fill("a/b")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("dialog").get_by_role("alert").or_(page.locator(".field-error"))).to_be_visible()
    await expect(page.get_by_label("Identity")).to_have_value("a/b")


async def test_the_page_of_a_charger_that_does_not_get_in_says_why_and_lets_go_of_it_when_it_is_mended(
    careful_site, open_page, connect
):
    made = await careful_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1"})
    page = await open_page(careful_site, "#/charge-points/CP1")
    await expect(page.get_by_text("has it power and network")).to_be_visible()
    await expect(page.get_by_text("With its key")).to_be_visible()
    with pytest.raises(CannotConnect):
        await connect(careful_site, "CP1", password="guessed")
    stopped = page.get_by_role("region", name="Connection").locator(".step-stopped")
    await expect(stopped).to_contain_text("Key or certificate")
    await expect(stopped).to_contain_text("its password is wrong", ignore_case=True)
    await page.goto(f"{careful_site.url}/#/site")
    refused = page.get_by_role("listitem").filter(has_text="Refused")
    await page.reload()
    await refused.get_by_role("link", name="CP1").click()
    await connect(careful_site, "CP1", password=bytes.fromhex(made.json["password"]))
    await expect(page.get_by_role("region", name="Connectors")).to_contain_text("Free")
    await expect(page.get_by_role("region", name="Connection")).to_have_count(0)
    await page.goto(f"{careful_site.url}/#/site")
    await page.reload()
    await expect(page.get_by_role("article", name="CP1, connector 1")).to_be_visible()
    await expect(refused).to_have_count(0)


async def test_the_ladder_says_what_a_charger_waits_for(careful_site, open_page, connect):
    await careful_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "MUTE", "password": None})
    await connect(careful_site, "MUTE", boot=False)
    await connect(careful_site, "NEW")
    page = await open_page(careful_site, "#/charge-points/MUTE")
    await expect(page.locator(".step-waiting").first).to_contain_text("says nothing")
    await page.goto(f"{careful_site.url}/#/charge-points/NEW")
    await expect(page.locator(".step-waiting").first).to_contain_text("waits for somebody to accept it")


async def test_an_address_that_leads_nowhere_from_a_charger_is_pointed_out(site, open_page):
    page = await open_page(site, "#/charge-points")
    await page.get_by_role("button", name="Add charger").click()
    await page.get_by_label("Identity").fill("CP1")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("This address holds on the box itself only.")).to_be_visible()


async def test_each_answer_to_a_command_is_explained(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/charge-points/CP1", role=Role.TECHNICIAN)
    answers = charge_point.behaviour.answers
    answers["UnlockConnector"] = {"status": "UnlockFailed"}
    await command(page, "Unlock plug", "the plug stays locked")
    answers["ChangeAvailability"] = {"status": "Scheduled"}
    await command(page, "In or out of service", "as soon as that has ended")
    answers["ClearCache"] = {"status": "Whatever"}
    await command(page, "Clear tag memory", "“Whatever”")
    await command(page, "Ask for a message", "The charger will send it")
    await page.get_by_role("link", name="Diagnosis").click()
    await expect(page.locator(".messages")).to_contain_text("TriggerMessage")


async def command(page, name, explanation):
    await page.get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog", name=name)
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_contain_text(explanation)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_a_charger_that_does_not_answer_is_told_from_one_that_refuses(hasty_site, open_page, connect):
    charge_point = await connect(hasty_site, "CP1")
    page = await open_page(hasty_site, "#/charge-points/CP1", role=Role.TECHNICIAN)
    charge_point.behaviour.answers["Reset"] = SILENCE
    await command(page, "Restart", "did not answer in time")


async def test_configuration_is_read_searched_and_written(site, open_page, connect):
    await connect(site, "CP1")
    page = await open_page(site, "#/charge-points/CP1/configuration", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Read from the charger").click()
    await page.get_by_label("Search key or value").fill("heartbeatint")
    row = page.get_by_role("row", name=re.compile("HeartbeatInterval"))
    await row.get_by_role("button", name="Edit HeartbeatInterval").click()
    await page.get_by_role("dialog").get_by_label("Value").fill("77")
    await page.get_by_role("button", name="Write to the charger").click()
    await expect(page.get_by_role("dialog")).to_contain_text("The charger took the value over.")
    await page.keyboard.press("Escape")
    await expect(row).to_contain_text("77")
    entry = await site.get("/api/v1/charge-points/CP1/configuration/HeartbeatInterval?refresh=true")
    assert entry["value"] == "77"


async def test_a_charger_gets_a_name_and_a_new_key_and_is_removed(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    charge_point.behaviour.reconnects = False  # or it would be new here right after it was removed
    page = await open_page(site, "#/charge-points/CP1", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Name", exact=True).click()
    await page.get_by_label("Name on this page").fill("Gate left")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Gate left")

    await page.get_by_role("button", name="Address and key").click()
    await page.get_by_label("Your password again").fill(PASSWORD)
    await page.get_by_role("button", name="Make a new key").click()
    await expect(page.get_by_role("dialog").locator("code").last).to_have_text(re.compile("^[0-9a-f]{32}$"))
    await page.keyboard.press("Escape")
    assert (await site.get("/api/v1/charge-points/CP1"))["has_password"]

    await page.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your password again").fill("guessed")
    await dialog.get_by_role("button", name="Remove").click()
    await expect(dialog.locator(".field-error")).to_have_text("The password is wrong.")
    await dialog.get_by_label("Your password again").fill(PASSWORD)
    await dialog.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("No charger yet")).to_be_visible()
    assert (await site.ask("GET", "/api/v1/charge-points/CP1")).status == 404


async def test_findings_say_how_a_charger_deviates(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    await charge_point.call_raw(
        "StatusNotification", {"connectorId": "1", "errorCode": "NoError", "status": "Available"}
    )
    page = await open_page(site, "#/charge-points/CP1/diagnosis", role=Role.VIEWER)
    findings = page.get_by_role("region", name="Findings")
    await expect(findings).to_contain_text("connectorId")
    async with page.expect_download() as downloading:
        await findings.get_by_role("button", name="As text for a mail").click()
    assert "Charge point:  CP1" in Path(await (await downloading.value).path()).read_text()


async def test_a_viewer_sees_a_charger_but_no_commands(site, open_page, connect):
    await connect(site, "CP1")
    page = await open_page(site, "#/charge-points/CP1", role=Role.VIEWER)
    await expect(page.get_by_text("Wallbox 22", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name="Commands")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Manage")).to_have_count(0)


async def test_a_charger_that_does_not_exist_is_said(site, open_page):
    page = await open_page(site, "#/charge-points/NOBODY")
    await expect(page.get_by_text("There is no charger of this name")).to_be_visible()


async def test_a_charger_that_is_turned_away_is_led_up_the_ladder(careful_site, open_page, connect):
    page = await open_page(careful_site, "#/charge-points", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Add charger").click()
    await page.get_by_label("Identity").fill("BOX7")
    await page.get_by_role("button", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog", name="BOX7 is added")
    await expect(dialog).to_contain_text("Waiting for the charger to connect")
    with pytest.raises(CannotConnect):
        await connect(careful_site, "BOX7", password="wrong")
    await expect(dialog.get_by_role("listitem").filter(has_text="Key or certificate")).to_contain_text("stopped here")
    await expect(dialog.get_by_role("listitem").filter(has_text="Identity")).to_contain_text("passed")
    await connect(careful_site, "BOX7", password=bytes.fromhex(await dialog.locator("code").last.inner_text()))
    await expect(dialog).to_contain_text("The charger is connected.")
    await dialog.get_by_role("link", name="To its page").click()
    await page.get_by_role("link", name="Diagnosis").click()
    ladder = page.get_by_role("region", name="Connection").get_by_role("listitem")
    await expect(ladder.filter(has_text="Accepted")).to_contain_text("passed")


async def test_a_refused_charger_needs_attention_with_cause_and_fix(careful_site, open_page, connect):
    await careful_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "BOX7"})
    with pytest.raises(CannotConnect):
        await connect(careful_site, "BOX7", password="wrong")
    page = await open_page(careful_site, role=Role.VIEWER)
    attention = page.get_by_role("region", name="Needs attention")
    await expect(attention).to_contain_text("Refused: a charger at 127.0.0.1")
    await expect(attention).to_contain_text("BOX7")


async def test_drift_from_a_template_is_shown_applied_and_taken_back(quick_site, open_page, connect):
    await connect(quick_site, "CP1")
    page = await open_page(quick_site, "#/templates", role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Template").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Our wallboxes")
    await dialog.get_by_label("Model").fill("Wallbox*")
    await dialog.get_by_label("Settings").fill("HeartbeatInterval=77\nConnectionTimeOut = 90")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name="Our wallboxes")).to_contain_text("ConnectionTimeOut=90")
    await page.goto(f"{quick_site.url}/#/charge-points/CP1/configuration")
    await page.get_by_role("button", name="Read from the charger").click()
    await expect(page.get_by_text("2 settings differ from the template.")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("HeartbeatInterval"))
    await expect(row).to_contain_text("the template says 77")
    before = await row.get_by_role("cell").nth(1).locator("span").inner_text()
    await page.get_by_role("button", name="Apply the template").click()
    await expect(page.get_by_text("settings differ from the template.")).to_have_count(0)
    await expect(row).to_contain_text("77")
    await page.get_by_role("button", name="Take the last change back").click()
    await expect(row).to_contain_text(before)
