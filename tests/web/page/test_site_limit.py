"""The limit of the site: set by an administrator, shown beside the load."""

from datetime import UTC, datetime

from playwright.async_api import expect

from edge_csms.domain.roles import Role


async def test_the_limit_is_set_and_shown_beside_the_load(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    await charge_point.start(1, "CARD1")
    values = [{"value": "11000", "measurand": "Power.Active.Import"}]
    meter = [{"timestamp": datetime.now(UTC).isoformat(), "sampledValue": values}]
    await charge_point.call_raw("MeterValues", {"connectorId": 1, "meterValue": meter})
    page = await open_page(site, "#/settings/site")
    limit = page.get_by_role("region", name="Limit of the site")
    await expect(limit).to_contain_text("the chargers are not held to it")
    await page.get_by_role("button", name="Edit the limit of the site").click()
    await page.get_by_label("Main fuse").fill("63")
    await page.get_by_label("Agreed power").fill("30.5")
    await page.get_by_role("button", name="Save").click()
    await expect(limit).to_contain_text("63 A")
    await expect(limit.get_by_text("30.5 kW")).to_have_count(2)
    await page.get_by_role("navigation", name="Views").get_by_role("link", name="Site").click()
    await expect(page.locator("dl.totals")).to_contain_text("of at most 30.5 kW")
    await expect(page.get_by_text("more than its limit")).to_have_count(0)
    await site.ask("PUT", "/api/v1/site/limit", {"limit_amps": None, "limit_kw": 1})
    await page.reload()
    attention = page.get_by_role("region", name="Needs attention")
    await expect(attention).to_contain_text("The site draws 11.0 kW, more than its limit of 1.0 kW.")
    load = page.get_by_role("region", name="Load of the last 24 hours")
    await expect(load.locator(".u-legend")).to_contain_text("Limit of the site")
    await attention.get_by_role("link", name="Look at it").click()
    await expect(limit).to_be_visible()


async def test_a_technician_sees_the_limit_and_can_not_change_it(site, open_page):
    await site.ask("PUT", "/api/v1/site/limit", {"limit_amps": 63, "limit_kw": None})
    page = await open_page(site, "#/settings/site", role=Role.TECHNICIAN)
    await expect(page.get_by_role("region", name="Limit of the site")).to_contain_text("43.5 kW")
    await expect(page.get_by_role("button", name="Edit the limit of the site")).to_have_count(0)
