"""Quirks of transactions: Q68 to Q83."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge_csms.control import administer
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.nameplate import Nameplate
from tests.raw_charger import RawCharger
from tests.running import RunningSite
from tests.scenarios.quirks.looking import charge_point

NOW = datetime.now(UTC).replace(microsecond=0)
REMOTE_START = "/api/remote-transactions/start/"


def at(minutes: float) -> str:
    """Give the time so many minutes from now, as it is sent."""
    return (NOW + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def start(charger: RawCharger, connector_id: int = 1, id_tag: str = "TAG1", minutes: float = -10) -> int:
    payload = {"connectorId": connector_id, "idTag": id_tag, "meterStart": 1000, "timestamp": at(minutes)}
    return int((await charger.call("StartTransaction", payload))["transactionId"])


async def stop(charger: RawCharger, transaction_id: Any, minutes: float = 0, **more: Any) -> Any:
    payload = {"meterStop": 1500, "timestamp": at(minutes), "transactionId": transaction_id, **more}
    return await charger.call("StopTransaction", payload)


async def meter(charger: RawCharger, transaction_id: Any, value: int, minutes: float = 0, connector_id: int = 1) -> Any:
    values = [{"timestamp": at(minutes), "sampledValue": [{"value": str(value)}]}]
    payload = {"connectorId": connector_id, "transactionId": transaction_id, "meterValue": values}
    return await charger.call("MeterValues", payload)


async def status(charger: RawCharger, word: str, connector_id: int = 1) -> None:
    payload = {"connectorId": connector_id, "errorCode": "NoError", "status": word}
    assert await charger.call("StatusNotification", payload) == {}


async def states(site: RunningSite) -> list[str]:
    return [one["state"] for one in await site.transactions()]


@pytest.mark.parametrize("huge", [2**63 - 1, 2**64, 10**30, "9223372036854775807"])
async def test_q68_an_id_of_19_digits_is_acknowledged_and_its_values_go_to_the_open_transaction(
    site: RunningSite, huge: Any
) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger)
        assert await meter(charger, huge, 1200) == {}
        assert (await site.get(f"/api/v1/transactions/{transaction_id}"))["energy_wh"] == 200
        assert "idTagInfo" in await stop(charger, huge)
        assert await meter(charger, huge, 1500) == {}
    shown = await site.get(f"/api/v1/transactions/{transaction_id}")
    assert (shown["state"], shown["energy_wh"]) == ("closed", 500)


@pytest.mark.parametrize("strange", [-1, 0, None, 777])
async def test_q69_a_stop_under_a_strange_id_ends_the_one_transaction_that_it_can_mean(
    site: RunningSite, strange: Any
) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await start(charger)
        assert await stop(charger, strange, idTag="tag1") == {"idTagInfo": {"status": "Accepted"}}
        assert await states(site) == ["closed"]


async def test_q69_it_ends_none_where_two_could_be_meant(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await start(charger, 1)
        await start(charger, 2)
        assert await stop(charger, -1) == {}
        assert sorted(await states(site)) == ["open", "open", "orphan"]


async def test_q70_a_power_loss_under_id_0_is_acknowledged_and_kept_as_an_orphan(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        assert await stop(charger, 0, reason="PowerLoss") == {}
        assert await stop(charger, 0, reason="PowerLoss") == {}  # resent: the same orphan
    (orphan,) = await site.transactions()
    assert (orphan["state"], orphan["stop_reason"], orphan["meter_stop_wh"]) == ("orphan", "PowerLoss", 1500)


async def test_q72_a_stop_of_a_transaction_that_we_never_issued_lets_the_next_start_go_on(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        assert await stop(charger, 4711, idTag="TAG1") == {"idTagInfo": {"status": "Accepted"}}
        await start(charger)
        assert sorted(await states(site)) == ["open", "orphan"]


async def test_q73_a_start_that_is_not_accepted_gets_an_id_of_its_own_too(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/id-tags", {"id_tag": "TAG1", "max_active_transactions": 1})
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await start(charger, 1)
        payload = {"connectorId": 2, "idTag": "TAG1", "meterStart": 0, "timestamp": at(-5)}
        second = await charger.call("StartTransaction", payload)
        assert second["idTagInfo"]["status"] == "ConcurrentTx"
        assert second["transactionId"] > 1
        assert list(second) == ["idTagInfo", "transactionId"]
        await stop(charger, second["transactionId"])  # it charged all the same
    assert [one["id_tag_status"] for one in await site.transactions()] == ["Accepted", "ConcurrentTx"]
    assert await states(site) == ["open", "closed"]


async def test_q74_available_ends_what_nobody_stopped_and_a_late_stop_completes_it(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger)
        await meter(charger, transaction_id, 1200, -5)
        await status(charger, "Available")
        (shown,) = await site.transactions()
        assert (shown["state"], shown["energy_wh"]) == ("inferred", 200)
        await stop(charger, transaction_id)
        (shown,) = await site.transactions()
        assert (shown["state"], shown["energy_wh"]) == ("closed_late", 500)


async def test_q74_newer_values_show_that_it_goes_on(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger)
        await status(charger, "Available")  # some say so at their boot and go on
        assert await states(site) == ["inferred"]
        newer = (datetime.now(UTC) - NOW) / timedelta(minutes=1) + 1  # than that status: this module may be old by now
        await meter(charger, transaction_id, 1300, newer)
        assert await states(site) == ["open"]


async def test_q74_where_a_technician_knows_better_available_ends_nothing(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await site.ask("PUT", "/api/v1/charge-points/CP1/quirks/no_status_inference", {"value": True})
        await start(charger)
        await status(charger, "Available")
        assert await states(site) == ["open"]


async def test_q75_closing_values_after_the_stop_belong_to_it_and_revive_nothing(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger)
        await stop(charger, transaction_id, -1)
        assert await meter(charger, transaction_id, 1500, 1) == {}
    (shown,) = await site.transactions()
    assert (shown["state"], shown["energy_wh"]) == ("closed", 500)
    values = (await site.get(f"/api/v1/transactions/{transaction_id}/meter-values"))["items"]
    assert [one["values"][0]["value"] for one in values] == ["1500"]


async def test_q77_two_starts_in_one_second_get_small_ids_of_their_own_that_never_come_again(
    site: RunningSite, tmp_path: Path
) -> None:
    backup = tmp_path / "before.db"
    await asyncio.to_thread(administer, site.data_dir, "backup", {"destination": str(backup)})
    async with RawCharger(site.port, "CP1") as one, RawCharger(site.port, "CP2") as other:
        await one.boot()
        await other.boot()
        ids = await asyncio.gather(start(one, 1), start(one, 2), start(other, 1), start(other, 2))
    assert sorted(ids) == [1, 2, 3, 4]
    await site.stop()
    await asyncio.to_thread(administer, site.data_dir, "restore", {"source": str(backup)})
    await site.start()
    assert await site.transactions() == []
    async with RawCharger(site.port) as charger:
        await charger.boot()
        assert 100_000 <= await start(charger) < 2**31


async def test_q78_after_a_power_cut_a_stop_that_is_hours_old_is_taken_by_what_it_says(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.boot()
        transaction_id = await start(charger, minutes=-600)
    async with RawCharger(site.port) as charger:
        await charger.boot()
        await status(charger, "Finishing")
        answer = await stop(charger, transaction_id, -540, reason="PowerLoss")
        assert answer == {"idTagInfo": {"status": "Accepted"}}
    (shown,) = await site.transactions()
    assert (shown["state"], shown["stop_reason"]) == ("closed", "PowerLoss")
    assert shown["stopped_at"].startswith(at(-540)[:16])


async def test_q80_a_stop_whose_start_was_lost_keeps_all_that_it_brought(site: RunningSite) -> None:
    data = [{"timestamp": at(-20), "sampledValue": [{"value": "900", "context": "Transaction.Begin"}]}]
    async with RawCharger(site.port) as charger:
        await charger.boot()
        assert "idTagInfo" in await stop(charger, 5, idTag="TAG1", transactionData=data)
    (orphan,) = await site.transactions()
    assert (orphan["state"], orphan["id_tag"], orphan["meter_stop_wh"]) == ("orphan", "TAG1", 1500)
    assert (orphan["meter_start_wh"], orphan["energy_wh"]) == (900, 600)
    values = (await site.get(f"/api/v1/transactions/{orphan['transaction_id']}/meter-values"))["items"]
    assert [one["values"][0]["value"] for one in values] == ["900"]


async def test_q81_the_tag_that_a_charger_makes_up_itself_can_be_let_in(careful_site: RunningSite) -> None:
    site = careful_site
    async with RawCharger(site.port) as charger:
        await charger.boot()
        before = await charger.call("Authorize", {"idTag": "PlugAndCharge-ACE024"})
        assert before["idTagInfo"]["status"] == "Invalid"
        await site.ask("POST", "/api/v1/id-tags", {"id_tag": "plugandcharge-ace024"})
        after = await charger.call("Authorize", {"idTag": "PlugAndCharge-ACE024"})
        assert after["idTagInfo"]["status"] == "Accepted"


@pytest.mark.parametrize(
    ("vendor", "expected"), [("Alfen BV", "8 or 14 hexadecimal digits"), ("Acme", "won't do this")]
)
async def test_q82_why_an_alfen_rejects_a_start_for_a_name_is_said(
    site: RunningSite, vendor: str, expected: str
) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", nameplate=Nameplate(vendor=vendor)) as charger:
        await charger.boot()
        charger.behaviour.answers["RemoteStartTransaction"] = lambda asked: (
            None if len(asked["idTag"]) == 8 else {"status": "Rejected"}
        )
        answer = await site.ask("POST", REMOTE_START, {"charger_id": "CP1", "id_tag": "evcc"})
        assert (answer.status, answer.json["status"]) == (200, "Rejected")
        assert expected in answer.json["detail"]
        answer = await site.ask("POST", REMOTE_START, {"charger_id": "CP1", "id_tag": "04A2B3C4"})
        assert answer.json["status"] == "Accepted"


async def test_q83_a_remote_start_always_names_a_connector(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", connectors=2) as charger:
        await charger.boot()
        charger.behaviour.answers["RemoteStartTransaction"] = lambda asked: (
            {"status": "Accepted" if asked.get("connectorId", 0) >= 1 else "Rejected"}
        )
        await charger.plug_in(2)
        answer = await site.ask("POST", REMOTE_START, {"charger_id": "CP1", "id_tag": "TAG1"})
        assert answer.json["status"] == "Accepted"
        assert charger.received.of("RemoteStartTransaction")[0].payload["connectorId"] == 2
        answer = await site.ask("POST", REMOTE_START, {"charger_id": "CP1", "id_tag": "TAG1", "connector_id": 0})
        assert answer.status == 400


async def test_another_chargers_transaction_is_never_touched(site: RunningSite) -> None:
    """The rule that goes with all of them: an id names a transaction only for the charger that has it."""
    async with RawCharger(site.port, "CP1") as owner, RawCharger(site.port, "CP2") as other:
        await owner.boot()
        await other.boot()
        transaction_id = await start(owner)
        assert await stop(other, transaction_id) == {}
        assert await meter(other, transaction_id, 9999) == {}
    first = (await site.transactions())[0]
    assert (first["state"], first["energy_wh"]) == ("open", None)
    shown = await charge_point(site, "CP2")
    assert "foreign_transaction" in {one["code"] for one in shown["findings"]}
    assert json.dumps(shown)
