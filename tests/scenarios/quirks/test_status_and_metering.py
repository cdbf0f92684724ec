"""Quirks of status and meter values: Q85 to Q93, and Q112."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.raw_charger import RawCharger
from tests.running import RunningSite
from tests.scenarios.quirks.looking import charge_point, findings

NOW = datetime.now(UTC).replace(microsecond=0)


def at(minutes: float) -> str:
    """Give the time so many minutes from now, as it is sent."""
    return (NOW + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def start(charger: RawCharger, meter_start: int = 0) -> int:
    payload = {"connectorId": 1, "idTag": "TAG1", "meterStart": meter_start, "timestamp": at(-60)}
    return int((await charger.call("StartTransaction", payload))["transactionId"])


async def meter(charger: RawCharger, transaction_id: int, *sampled: dict[str, Any], minutes: float = 0) -> None:
    values = [{"timestamp": at(minutes), "sampledValue": list(sampled)}]
    payload = {"connectorId": 1, "transactionId": transaction_id, "meterValue": values}
    assert await charger.call("MeterValues", payload) == {}


async def energy_wh(site: RunningSite, transaction_id: int) -> int | None:
    found: int | None = (await site.get(f"/api/v1/transactions/{transaction_id}"))["energy_wh"]
    return found


async def values(site: RunningSite, transaction_id: int) -> list[dict[str, Any]]:
    items = (await site.get(f"/api/v1/transactions/{transaction_id}/meter-values"))["items"]
    return [value for item in items for value in item["values"]]


async def test_q85_an_error_code_of_its_own_is_kept_word_for_word(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        status = {"connectorId": 1, "errorCode": "Error", "status": "Faulted", "timestamp": at(0)}
        assert await charger.call("StatusNotification", status) == {}
        (connector,) = (await charge_point(site))["connectors"]
        assert (connector["status"], connector["error_code"]) == ("Faulted", "Error")
        assert (await findings(site))["unknown_word"]["field"] == "StatusNotification.errorCode"


async def test_q87_both_spellings_of_celsius_are_the_same(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger)
        for unit in ("Celcius", "Celsius"):
            await meter(charger, transaction_id, {"value": "21", "measurand": "Temperature", "unit": unit})
        assert [one["unit"] for one in await values(site, transaction_id)] == ["Celsius", "Celsius"]
        assert await findings(site) == {}


async def test_q88_weeks_of_backlog_in_odd_words_are_stored_while_others_are_served(site: RunningSite) -> None:
    async with RawCharger(site.port, "CP1") as charger, RawCharger(site.port, "CP2") as other:
        await charger.boot()
        await other.boot()
        transaction_id = await start(charger)
        for number in range(500):
            value = {"value": str(number), "context": "Sample.Queued"}
            payload = {
                "connectorId": 1,
                "transactionId": transaction_id,
                "meterValue": [{"timestamp": at(-20_000 + number), "sampledValue": [value]}],
            }
            charger.send(json.dumps([2, f"b{number}", "MeterValues", payload]))
        slowest = 0.0
        while len(charger.frames) < 502:
            asked_at = time.monotonic()
            await other.heartbeat()
            slowest = max(slowest, time.monotonic() - asked_at)
            await asyncio.sleep(0.01)
        assert all(json.loads(frame)[0] == 3 for frame in charger.frames)
    assert slowest < 1
    kept = await values(site, transaction_id)
    assert {one["context"] for one in kept} == {"Sample.Queued"}
    assert (await findings(site))["unknown_word"]["count"] == 500


async def test_q89_a_current_on_n_alone_counts(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"})
        transaction_id = await start(charger)
        current = {"measurand": "Current.Import", "unit": "A"}
        await meter(charger, transaction_id, {**current, "value": "10", "phase": "N"})
        assert (await charge_point(site))["connectors"][0]["power_w"] == 2300
        phases = [{**current, "value": "10", "phase": phase} for phase in ("L1", "L2", "L3", "N")]
        await meter(charger, transaction_id, *phases, minutes=1)
        assert (await charge_point(site))["connectors"][0]["power_w"] == 6900


async def test_q91_what_is_left_out_has_the_default_of_the_standard(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, 100)
        await meter(charger, transaction_id, {"value": "350"})
        assert await energy_wh(site, transaction_id) == 250
        (shown,) = await values(site, transaction_id)
    assert (shown["measurand"], shown["unit"]) == ("Energy.Active.Import.Register", "Wh")
    assert (shown["context"], shown["location"], shown["format"]) == ("Sample.Periodic", "Outlet", "Raw")


async def test_q92_a_register_that_counts_the_session_alone_gives_its_energy(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, 0)
        await meter(charger, transaction_id, {"value": "0", "context": "Transaction.Begin"}, minutes=-60)
        await meter(charger, transaction_id, {"value": "1.5", "unit": "kWh"}, minutes=-30)
        assert await energy_wh(site, transaction_id) == 1500
        await meter(charger, transaction_id, {"value": "0", "context": "Transaction.Begin"}, minutes=-29)
        assert await energy_wh(site, transaction_id) == 1500
        stop = {"transactionId": transaction_id, "meterStop": 2500, "timestamp": at(0)}
        await charger.call("StopTransaction", stop)
    assert await energy_wh(site, transaction_id) == 2500


async def test_q92_a_register_that_was_set_back_never_shows_less_than_nothing(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, 50_000)
        await charger.call("StopTransaction", {"transactionId": transaction_id, "meterStop": 700, "timestamp": at(0)})
    shown = await site.get(f"/api/v1/transactions/{transaction_id}")
    assert (shown["energy_wh"], shown["meter_start_wh"], shown["meter_stop_wh"]) == (0, 50_000, 700)


async def test_q93_the_only_register_may_be_tagged_l1(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, 100)
        await meter(charger, transaction_id, {"value": "350", "phase": "L1"})
        assert await energy_wh(site, transaction_id) == 250
        three = [{"value": "9999", "phase": phase} for phase in ("L1", "L2", "L3")]
        await meter(charger, transaction_id, *three, {"value": "400"}, minutes=1)
        assert await energy_wh(site, transaction_id) == 300
        await meter(charger, transaction_id, *three, minutes=2)  # which is the whole?
        assert await energy_wh(site, transaction_id) == 300


async def test_q112_a_flood_of_vendor_messages_is_answered_and_not_stored(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        commits = site.app.database.commits
        payload = {"vendorId": "EN+", "messageId": "cpChargingParameterRpt", "data": "x" * 1000}
        for _ in range(200):
            assert await charger.call("DataTransfer", payload) == {"status": "UnknownVendorId"}
        assert site.app.database.commits - commits < 5
    stored = b"".join(path.read_bytes() for path in site.data_dir.glob("edge-csms.db*"))
    assert b"cpChargingParameterRpt" not in stored
