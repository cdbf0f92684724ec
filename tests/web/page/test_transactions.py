"""The admin page's transactions: live list, filters, CSV, the curve, and the receipt."""

import json
from pathlib import Path

from playwright.async_api import expect

from edge_csms.domain.roles import Role


async def charge(charge_point, id_tag, *, end=True, connector_id=1):
    await charge_point.start(connector_id, id_tag)
    for _ in range(3):
        await charge_point.meter(connector_id, energy_wh=1000)
    if end:
        await charge_point.stop(connector_id)
        await charge_point.unplug(connector_id)


async def test_transactions_appear_by_themselves_and_change_when_they_end(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site, "#/transactions", role=Role.VIEWER)
    await expect(page.get_by_text("Nobody has charged yet.")).to_be_visible()
    await charge(charge_point, "CARD1", end=False)
    row = page.get_by_role("row", name="CARD1")
    await expect(row).to_contain_text("Running")
    await charge_point.stop(1, reason="EVDisconnected")
    await expect(row).to_contain_text("Ended")
    await expect(row).to_contain_text("Car unplugged")
    await expect(row).to_contain_text("3.00 kWh")


async def test_filters_are_in_the_address_and_reach_the_csv(site, open_page, connect):
    for charge_point_id, id_tag in (("CP1", "CARD1"), ("CP2", "CARD2")):
        await charge(await connect(site, charge_point_id), id_tag)
    page = await open_page(site, "#/transactions")
    await expect(page.get_by_role("row")).to_have_count(3)
    await page.get_by_label("Charger").select_option("CP2")
    await expect(page.get_by_role("row")).to_have_count(2)
    assert page.url.endswith("#/transactions?charge_point_id=CP2")
    await page.reload()
    await expect(page.get_by_role("row", name="CARD2")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="CSV").click()
    rows = Path(await (await downloading.value).path()).read_text().splitlines()
    assert [row.split(",")[3] for row in rows] == ["id_tag", "CARD2"]
    await page.get_by_label("State").select_option("Running")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()


async def test_days_are_those_of_the_sites_zone(site, open_page, connect):
    await charge(await connect(site, "CP1"), "CARD1")
    [transaction] = await site.transactions()
    page = await open_page(site, "#/transactions")
    day = transaction["started_at"][:10]  # this site's zone is UTC
    await page.get_by_label("From day").fill(day)
    await page.get_by_label("To day").fill(day)
    await expect(page.get_by_role("row", name="CARD1")).to_be_visible()
    await page.get_by_label("To day").fill("2020-01-01")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()


async def test_a_transaction_shows_its_figures_its_curve_and_a_receipt(site, open_page, connect):
    await charge(await connect(site, "CP1"), "CARD1")
    [transaction] = await site.transactions()
    page = await open_page(site, f"#/transactions/{transaction['transaction_id']}", role=Role.VIEWER)
    figures = page.get_by_role("region", name="Figures")
    await expect(figures).to_contain_text("3.00 kWh")
    await expect(figures).to_contain_text("At the charger")
    await expect(page.get_by_role("img", name="Chart of power and energy")).to_be_visible()
    await expect(page.locator(".chart canvas")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(figures).to_be_visible()
    for hidden in (page.locator(".chart"), page.get_by_role("navigation"), page.get_by_role("button")):
        await expect(hidden.first).to_be_hidden()


async def test_an_inferred_end_is_explained(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    await charge(charge_point, "CARD1", end=False)
    await charge_point.call_raw("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"})
    [transaction] = await site.transactions()
    page = await open_page(site, f"#/transactions/{transaction['transaction_id']}")
    await expect(page.get_by_text("the charger never told the end")).to_be_visible()


async def test_a_transaction_that_does_not_exist_is_said(site, open_page):
    page = await open_page(site, "#/transactions/999")
    await expect(page.get_by_role("alert")).to_contain_text("does not exist")


async def test_what_proves_a_transaction_is_shown_and_exported(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    await charge(charge_point, "CARD1", end=False)
    signed = {"value": "OCMF|{}|{}", "format": "SignedData", "context": "Transaction.End"}
    sent = [{"timestamp": "2026-11-24T12:00:00Z", "sampledValue": [signed]}]
    transaction_id = charge_point.connectors[1].transaction.transaction_id
    await charge_point.call_raw("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": sent})
    page = await open_page(site, f"#/transactions/{transaction_id}", role=Role.VIEWER)
    evidence = page.get_by_role("region", name="Evidence")
    await expect(evidence.locator("pre").first).to_contain_text('"idTag":"CARD1"')
    await expect(evidence.get_by_text("StartTransaction")).to_be_visible()
    await charge_point.stop(1)
    await expect(evidence.get_by_role("heading", name="Stop, as sent")).to_be_visible()
    async with page.expect_download() as downloading:
        await evidence.get_by_role("button", name="Signed values").click()
    assert "OCMF|" in Path(await (await downloading.value).path()).read_text()
    async with page.expect_download() as downloading:
        await evidence.get_by_role("button", name="Save").click()
    assert "start_payload" in Path(await (await downloading.value).path()).read_text()


async def test_transactions_go_out_as_json(site, open_page, connect):
    await charge(await connect(site, "CP1"), "CARD1")
    page = await open_page(site, "#/transactions")
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="JSON").click()
    [exported] = json.loads(Path(await (await downloading.value).path()).read_text())
    assert exported["id_tag"] == "CARD1"
