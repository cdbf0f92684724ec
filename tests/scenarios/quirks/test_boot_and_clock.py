"""Quirks of boot and clock: Q33 to Q45."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.config.settings import Site
from tests.conftest import StartSite
from tests.raw_charger import RawCharger
from tests.running import RunningSite
from tests.scenarios.quirks.looking import SECONDS, charge_point, findings, session, settled

CALLS = "/api/v1/charge-points/CP1/calls"
WIRE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


async def boot_as(charger: RawCharger, **payload: Any) -> Any:
    return await charger.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "Box", **payload})


async def start(charger: RawCharger, timestamp: str, connector_id: int = 1, meter_start: int = 0) -> int:
    payload = {"connectorId": connector_id, "idTag": "TAG1", "meterStart": meter_start, "timestamp": timestamp}
    return int((await charger.call("StartTransaction", payload))["transactionId"])


async def test_q33_one_that_does_not_boot_on_a_new_connection_is_accepted_as_before(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
    await site.stop()
    await site.start()
    async with RawCharger(site.port) as charger:
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"})
        asked = asyncio.create_task(
            site.ask("POST", "/api/remote-transactions/start/", {"charger_id": "CP1", "id_tag": "TAG1"})
        )
        call = await charger.next_call()
        assert call[2] == "RemoteStartTransaction"
        charger.answer(call, {"status": "Accepted"})
        assert (await asked).json["status"] == "Accepted"
        shown = await charge_point(site)
        assert (shown["registration"], shown["vendor"]) == ("accepted", "Acme")


@pytest.fixture
def patient_site(start_site: StartSite) -> RunningSite:
    """Give a server that lets chargers digest their boot, a little faster than usual."""
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.3)


async def test_q34_nothing_is_sent_until_a_while_after_the_boot_was_answered(patient_site: RunningSite) -> None:
    async with RawCharger(patient_site.port) as charger:
        asked = asyncio.create_task(patient_site.ask("POST", f"{CALLS}/ClearCache", {}))
        await asyncio.sleep(0.05)
        await charger.boot()
        booted_at = asyncio.get_running_loop().time()
        assert not charger.has_calls
        call = await charger.next_call()
        assert asyncio.get_running_loop().time() - booted_at > 0.25
        charger.answer(call, {"status": "Accepted"})
        assert (await asked).status == 200


async def test_q34_a_wallbox_of_firmware_6_6_gets_five_seconds(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await boot_as(charger, chargePointVendor="Wall Box Chargers", chargePointModel="CMX2", firmwareVersion="6.6.12")
        hold = session(site).live.quirks.switches.hold_after_boot_seconds
        assert hold == 5
        asked = asyncio.create_task(site.ask("POST", f"{CALLS}/ClearCache", {}))
        await asyncio.sleep(0.1)  # the site itself holds nothing back
        assert not charger.has_calls
        asked.cancel()


async def test_q35_nobody_is_sent_a_change_of_availability_unasked(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        for _ in range(2):
            await boot_as(charger, firmwareVersion="1.1.805")
            for connector_id in (0, 1):
                status = {"connectorId": connector_id, "errorCode": "NoError", "status": "Unavailable"}
                await charger.call("StatusNotification", status)
        await settled(site)
        await charger.heartbeat()
        assert not charger.has_calls


async def test_q36_an_old_abb_terra_ac_is_asked_nothing_unless_somebody_commands_it(site: RunningSite) -> None:
    template = {"name": "all", "automatic": True, "settings": {"MeterValuesSampledData": "Voltage"}}
    await site.ask("POST", "/api/v1/configuration-templates", template)
    async with RawCharger(site.port) as charger:
        await boot_as(
            charger,
            chargePointVendor="ABB",
            chargePointModel="CDT_TACW22::NET_WIFI",
            firmwareVersion="TAC3Z9119006710273::V1.8.21",
        )
        await settled(site)
        await charger.heartbeat()
        assert not charger.has_calls
    async with RawCharger(site.port) as charger:
        await boot_as(charger)
        assert (await charger.next_call())[2] == "GetConfiguration"  # others are asked, as the template says


async def test_q36_one_that_boots_again_and_again_is_set_up_no_more(site: RunningSite) -> None:
    template = {"name": "all", "automatic": True, "settings": {"MeterValuesSampledData": "Voltage"}}
    await site.ask("POST", "/api/v1/configuration-templates", template)
    for _ in range(3):
        async with RawCharger(site.port) as charger:
            await charger.boot()
            assert (await charger.next_call())[2] == "GetConfiguration"
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await settled(site)
        await charger.heartbeat()
        assert not charger.has_calls
    assert "boot_loop" in await findings(site)


async def test_q37_an_empty_vendor_is_accepted(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        boot = {
            "chargePointModel": "ACChargePoint",
            "chargePointSerialNumber": "huawei1",
            "chargePointVendor": "",
        }
        assert (await charger.call("BootNotification", boot))["status"] == "Accepted"
        assert (await charge_point(site))["model"] == "ACChargePoint"


async def test_q38_overlong_serial_numbers_are_accepted_and_kept(site: RunningSite) -> None:
    serial, box = "3N180" + "x" * 21, "EVB" + "x" * 30
    async with RawCharger(site.port) as charger:
        answer = await boot_as(charger, chargePointSerialNumber=serial, chargeBoxSerialNumber=box)
        assert answer["status"] == "Accepted"
        assert (await charge_point(site))["serial_number"] == serial
        found = await findings(site)
    assert serial in found["too_long"]["example"]
    assert box in found["too_long"]["example"]


async def test_q39_an_overlong_model_is_accepted_and_kept(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        assert (await boot_as(charger, chargePointModel="HICI-AC-CHARGER-22KW-X1"))["status"] == "Accepted"
        assert (await charge_point(site))["model"] == "HICI-AC-CHARGER-22KW-X1"


async def test_q40_what_happened_in_1970_happened_now(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, "1970-01-01T00:00:00.740Z")
        values = [{"timestamp": "1970-01-01T00:00:05Z", "sampledValue": [{"value": "120"}]}]
        meter = {"connectorId": 1, "transactionId": transaction_id, "meterValue": values}
        assert await charger.call("MeterValues", meter) == {}
    shown = await site.get(f"/api/v1/transactions/{transaction_id}")
    assert datetime.now(UTC) - datetime.fromisoformat(shown["started_at"]) < timedelta(minutes=1)
    assert shown["energy_wh"] == 120
    (kept,) = (await site.get(f"/api/v1/transactions/{transaction_id}/meter-values"))["items"]
    assert kept["timestamp"].startswith("1970-01-01T00:00:05")
    assert "implausible_time" in await findings(site)


@pytest.fixture
def berlin_site(start_site: StartSite) -> RunningSite:
    """Give a server in Berlin."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", site=Site(timezone="Europe/Berlin"))


async def test_q42_a_time_without_zone_is_utc_or_local_where_a_technician_says_so(berlin_site: RunningSite) -> None:
    async with RawCharger(berlin_site.port) as charger:
        await charger.boot()
        first = await start(charger, "2026-08-04T13:35:45.377", 1)
        await berlin_site.ask("PUT", "/api/v1/charge-points/CP1/quirks/local_time", {"value": True})
        second = await start(charger, "2026-08-04T13:35:45.377", 2)
        values = [{"timestamp": "2026-08-04T13:40:00", "sampledValue": [{"value": "1"}]}]
        await charger.call("MeterValues", {"connectorId": 2, "transactionId": second, "meterValue": values})
        third = await start(charger, "2026-08-04T13:35:45.377Z", 3)
    started = [
        (await berlin_site.get(f"/api/v1/transactions/{one}"))["started_at"][11:16] for one in (first, second, third)
    ]
    assert started == ["13:35", "11:35", "13:35"]
    (kept,) = (await berlin_site.get(f"/api/v1/transactions/{second}/meter-values"))["items"]
    assert kept["timestamp"][11:16] == "11:40"


async def test_q43_our_times_end_in_z_and_have_no_fraction(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        answers = [await charger.boot(), await charger.call("Heartbeat")]
    assert all(WIRE_TIME.fullmatch(answer["currentTime"]) for answer in answers)


@pytest.mark.parametrize("timestamp", ["222222017-10-27T19:10:11Z", "1000000", "2026-00-10T00:00:00Z", ""])
async def test_q44_a_time_that_is_none_is_kept_and_breaks_no_page(site: RunningSite, timestamp: str) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, timestamp)
        values = [{"timestamp": timestamp, "sampledValue": [{"value": "120"}]}]
        meter = {"connectorId": 1, "transactionId": transaction_id, "meterValue": values}
        assert await charger.call("MeterValues", meter) == {}
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": timestamp}
        assert await charger.call("StatusNotification", status) == {}
        stop = {"transactionId": transaction_id, "meterStop": 200, "timestamp": timestamp}
        assert "idTagInfo" in await charger.call("StopTransaction", stop)
    shown = await site.get(f"/api/v1/transactions/{transaction_id}")
    assert (shown["state"], shown["energy_wh"]) == ("closed", 200)
    (kept,) = (await site.get(f"/api/v1/transactions/{transaction_id}/meter-values"))["items"]
    assert (kept["timestamp"], kept["timestamp_sent"]) == (None, timestamp)
    for path in ("/api/v1/charge-points", "/api/v1/transactions", "/api/v1/transactions.csv"):
        assert (await site.ask("GET", path)).status == 200


async def test_q45_a_boot_under_the_same_message_id_is_answered_each_time(site: RunningSite) -> None:
    frame = '[2,"1000001","BootNotification",{"chargePointVendor":"Metron","chargePointModel":"Duo"}]'
    async with RawCharger(site.port) as charger:
        for _ in range(5):
            async with asyncio.timeout(SECONDS):
                answer = await charger.ask(frame, "1000001")
            assert (answer[0], answer[2]["status"]) == (3, "Accepted")
