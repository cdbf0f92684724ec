"""The admin page's first screen: live tiles, remote start and stop, and what needs attention."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from edge_csms.domain.roles import Role
from edge_csms.services import certificates
from edge_csms.services.certificate_authority import Issued
from edge_csms.simulator.errors import CannotConnect
from edge_csms.simulator.nameplate import Nameplate
from edge_csms.web import live

HOSTILE = "<img src=x onerror=document.title='hacked'>"


@pytest.fixture
def closed_site(start_site):
    """Give a server that turns away every charger that it doesn't know."""
    return start_site(new_charge_points="reject")


def tile(page, charge_point_id, connector_id=1):
    return page.get_by_role("article", name=f"{charge_point_id}, connector {connector_id}")


async def test_a_connector_is_started_and_stopped_from_its_tile(site, open_page, connect):
    charge_point = await connect(site, "CP1", connectors=2)
    page = await open_page(site, role=Role.TECHNICIAN)
    await expect(tile(page, "CP1", 2)).to_contain_text("Free")
    await page.get_by_role("button", name="Start charging at CP1, connector 2").click()
    await page.get_by_label("Tag to charge with").fill("CARD1")
    await page.get_by_role("button", name="Start charging").last.click()
    await expect(page.get_by_role("status").filter(has_text="accepted")).to_be_visible()
    await charge_point.plug_in(2)
    await expect(page.get_by_text("Charging has begun")).to_be_visible()
    await page.get_by_role("button", name="Close").last.click()

    await charge_point.meter(2, energy_wh=4321)
    await expect(tile(page, "CP1", 2)).to_contain_text("4.32 kWh")
    await expect(tile(page, "CP1", 2)).to_contain_text(re.compile(r"Charging.*\d+\.\d kW.*CARD1"))

    await page.get_by_role("button", name="Stop charging at CP1, connector 2").click()
    await page.get_by_role("button", name="Stop charging", exact=True).click()
    await expect(page.get_by_text(re.compile(r"Charging has ended: 4\.3\d kWh"))).to_be_visible()
    [transaction] = await site.transactions()
    assert (transaction["state"], transaction["stop_reason"]) == ("closed", "Remote")


async def test_a_tile_says_whose_tag_it_is(site, open_page, connect):
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "CARD1", "note": "Anna's"})
    charge_point = await connect(site, "CP1")
    await charge_point.start(1, "card1")
    page = await open_page(site, role=Role.VIEWER)
    await expect(tile(page, "CP1")).to_contain_text(re.compile("Tag.*Anna's.*card1"))


async def test_a_tile_says_when_its_charger_was_last_heard_also_while_it_is_connected(
    site, open_page, connect, monkeypatch
):
    monkeypatch.setattr(live, "TICK_SECONDS", 0.2)
    charge_point = await connect(site, "CP1")
    site.app.central.live("CP1").session.last_heard -= 150
    page = await open_page(site)
    await expect(tile(page, "CP1")).to_contain_text("Last seen 2 minutes ago")
    await charge_point.heartbeat()
    await expect(tile(page, "CP1")).to_contain_text("Last seen just now")
    await expect(tile(page, "CP1")).to_contain_text("Free")


async def test_a_refused_start_is_explained(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    charge_point.behaviour.answers["RemoteStartTransaction"] = {"status": "Rejected"}
    page = await open_page(site, role=Role.TECHNICIAN)
    await page.get_by_role("button", name="Start charging at CP1, connector 1").click()
    await page.get_by_label("Tag to charge with").fill("CARD1")
    await page.get_by_role("button", name="Start charging").last.click()
    await expect(page.get_by_text("The charger refused to start.")).to_be_visible()
    await expect(page.get_by_text("Is the car plugged in?")).to_be_visible()
    await expect(page.get_by_label("Tag to charge with")).to_have_value("CARD1")


async def test_a_new_charger_waits_until_somebody_accepts_it(careful_site, open_page, connect):
    page = await open_page(careful_site, role=Role.TECHNICIAN)
    await expect(page.get_by_text("No charger yet")).to_be_visible()
    charge_point = await connect(careful_site, "NEW-1")
    assert charge_point.registration == "Pending"
    await page.get_by_role("button", name="Accept charger NEW-1").click()
    await expect(page.get_by_text("NEW-1 is accepted.")).to_be_visible()
    assert (await charge_point.boot()).status == "Accepted"
    await expect(tile(page, "NEW-1")).to_contain_text("Free")


async def test_a_charger_that_was_turned_away_is_let_in_with_one_click(closed_site, open_page, connect):
    with pytest.raises(CannotConnect):
        await connect(closed_site, "NEW-1")
    page = await open_page(closed_site, role=Role.TECHNICIAN)
    refused = page.get_by_role("region", name="Needs attention").get_by_role("listitem")
    await expect(refused).to_contain_text("no charge point has this identity")
    await page.get_by_role("button", name="Accept charger NEW-1").click()
    await expect(page.get_by_text("NEW-1 is accepted.")).to_be_visible()
    await expect(refused).to_have_count(0)
    assert (await connect(closed_site, "NEW-1")).registration == "Accepted"
    await expect(tile(page, "NEW-1")).to_contain_text("Free")


async def test_a_fault_is_said_in_plain_words_on_top_and_on_its_tile(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site)
    await charge_point.fault(1, "GroundFailure", "RCD 2")
    for place in (page.get_by_role("region", name="Needs attention"), tile(page, "CP1")):
        await expect(place).to_contain_text("ground fault protection has tripped")
        await expect(place).to_contain_text("RCD 2")
    await expect(page.get_by_role("region", name="Needs attention")).to_contain_text("until an electrician has found")
    await charge_point.fault(1, "NoError")
    await expect(tile(page, "CP1")).to_contain_text("Free")
    await expect(page.get_by_role("region", name="Needs attention")).to_have_count(0)


async def test_a_charger_that_is_gone_is_shown_offline_with_its_last_status(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    page = await open_page(site)
    await expect(tile(page, "CP1")).to_contain_text("Free")
    charge_point.drop_network()
    await expect(tile(page, "CP1")).to_contain_text("Offline")
    await expect(tile(page, "CP1")).to_contain_text("Last known: Free")
    await expect(tile(page, "CP1").get_by_role("button")).to_have_count(0)


async def test_an_unknown_tag_that_was_presented_can_be_added(careful_site, open_page, connect):
    await careful_site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": None})
    charge_point = await connect(careful_site, "CP1")
    page = await open_page(careful_site, role=Role.TECHNICIAN)
    await charge_point.authorize("DEADBEEF")
    await page.get_by_role("button", name="Add tag").click()
    await expect(page.get_by_role("dialog").get_by_label("Tag", exact=True)).to_have_value("DEADBEEF")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("DEADBEEF is saved.")).to_be_visible()
    assert (await charge_point.authorize("DEADBEEF")).status == "Accepted"


async def test_a_viewer_gets_no_buttons_that_command(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    await charge_point.start(1, "CARD1")
    page = await open_page(site, role=Role.VIEWER)
    await expect(tile(page, "CP1")).to_contain_text("CARD1")
    await expect(page.get_by_role("button")).to_have_count(0)


async def test_what_a_charger_says_is_never_taken_for_markup(site, open_page, connect):
    nameplate = Nameplate(vendor=HOSTILE[:20], model=HOSTILE[:20], serial_number=HOSTILE[:25], firmware_version=HOSTILE)
    charge_point = await connect(site, "<b>CP&amp;1", nameplate=nameplate)
    await charge_point.fault(1, "OtherError", HOSTILE)
    await charge_point.call_raw("Authorize", {"idTag": "<script>alert(1)"})
    page = await open_page(site)
    await expect(page.get_by_role("region", name="Needs attention")).to_contain_text(HOSTILE)
    await tile(page, "<b>CP&amp;1").get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("<b>CP&amp;1")
    await expect(page.get_by_text(HOSTILE).first).to_be_visible()
    await charge_point.security_event(HOSTILE[:50], HOSTILE)
    for part in ("Charging", "Configuration", "Firmware and logs", "Security", "Diagnosis"):
        await page.get_by_role("link", name=part, exact=True).click()
        assert await page.locator("main img, main script, main b b").count() == 0
    await expect(page.locator(".messages", has_text="Authorize")).to_contain_text("<script>")
    for view in ("#/charge-points", "#/messages", "#/transactions"):
        await page.goto(f"{site.url}/{view}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await page.locator("main img, main script, main b b").count() == 0
    assert "hacked" not in await page.title()


async def test_the_load_of_the_day_is_drawn(site, open_page, connect):
    charge_point = await connect(site, "CP1")
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    start = {"connectorId": 1, "idTag": "CARD1", "meterStart": 0, "timestamp": hour_ago.isoformat()}
    started = await charge_point.call_raw("StartTransaction", start)
    stop = {"meterStop": 5500, "timestamp": (hour_ago + timedelta(minutes=30)).isoformat()}
    await charge_point.call_raw("StopTransaction", stop | started | {"idTagInfo": None})
    page = await open_page(site, role=Role.VIEWER)
    load = page.get_by_role("region", name="Load of the last 24 hours")
    await expect(load).to_contain_text("5.50 kWh, at most 11.0 kW")
    await expect(load.locator("canvas")).to_be_visible()


async def test_a_part_of_the_server_that_is_not_well_needs_attention(site, open_page):
    site.app.quirk_faults.append("quirks.toml: line 3 means nothing")
    page = await open_page(site, role=Role.VIEWER)
    await expect(page.get_by_role("region", name="Needs attention")).to_contain_text("quirks.toml: line 3")
    await page.get_by_role("link", name="Look at it").click()
    await expect(page.get_by_role("region", name="Health").get_by_text("quirks.toml: line 3")).to_be_visible()


async def test_a_certificate_that_ends_soon_needs_attention_on_the_page_of_its_charger_too(site, open_page, connect):
    await connect(site, "CP1")
    await connect(site, "CP2")
    now = site.app.clock.now()
    for name, days in (("CP1", 59), ("CP2", 61)):
        issued = Issued("1", "CHAIN", f"print of {name}", now + timedelta(days=days))
        await site.app.database.run(certificates.note_issued, name, issued, now)
        await site.app.database.run(certificates.note_answer, issued.fingerprint, "Accepted")
    page = await open_page(site, role=Role.VIEWER)
    attention = page.get_by_role("region", name="Needs attention")
    await expect(attention).to_contain_text("Certificate (Charger) CP1 ends")
    await expect(attention).not_to_contain_text("CP2")
    await expect(page.get_by_role("link", name="Look at it")).to_have_attribute("href", "#/charge-points/CP1/security")
    await page.goto(f"{site.url}/#/charge-points/CP1")
    await expect(attention).to_contain_text("Certificate (Charger) CP1 ends")


async def test_an_update_of_the_server_is_hinted_at(site, open_page, monkeypatch):
    monkeypatch.setattr(live, "TICK_SECONDS", 0.2)
    page = await open_page(site)
    await expect(page.get_by_text("The server was updated")).to_have_count(0)
    [socket] = site.app._pages
    object.__setattr__(socket.parts.settings, "version", "99.0")
    await expect(page.get_by_text("The server was updated to version 99.0.")).to_be_visible(timeout=10_000)
    await page.get_by_role("button", name="Reload").click()
    await expect(page.locator(".live-live")).to_be_visible()
    await expect(page.get_by_text("The server was updated")).to_have_count(0)
