"""Cold boot, charging sessions in every order, cached ids, remote start and stop (sections 3.1 to 3.4)."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.conftest import StartSite
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, CallFailed, Charger, Command
from tests.scenarios.oca.reusable import booted, connector, transaction


async def remote_start(csms: RunningSite, charger: Charger) -> tuple[Command, "asyncio.Task[Answer]"]:
    """Ask for a start on connector 1, and give the CALL that came."""
    body = {"charger_id": "CP1", "connector_id": 1, "id_tag": "VALID"}
    asked = asyncio.create_task(csms.ask("POST", "/api/remote-transactions/start/", body))
    came = await charger.next("RemoteStartTransaction")
    assert came.payload == {"connectorId": 1, "idTag": "VALID"}
    return came, asked


async def remote_stop(
    csms: RunningSite, charger: Charger, transaction_id: int
) -> tuple[Command, "asyncio.Task[Answer]"]:
    """Ask for a stop, and give the CALL that came."""
    body = {"transaction_id": transaction_id}
    asked = asyncio.create_task(csms.ask("POST", "/api/remote-transactions/stop/", body))
    came = await charger.next("RemoteStopTransaction")
    assert came.payload == {"transactionId": transaction_id}
    return came, asked


async def test_tc_001_cold_boot_charge_point(csms: RunningSite) -> None:
    async with Charger(csms.ocpp_url) as charger:
        answer = await charger.boot(firmwareVersion="1.2.3", chargePointSerialNumber="SER-7")
        assert (answer["status"], answer["interval"]) == ("Accepted", 300)
        at = datetime.fromisoformat(answer["currentTime"])
        assert abs((at - datetime.now(UTC)).total_seconds()) < 5
        for connector_id in (0, 1, 2):
            await charger.status(connector_id, "Available")
        assert set(await charger.call("Heartbeat")) == {"currentTime"}
        shown = await csms.get("/api/v1/charge-points/CP1")
    assert (shown["vendor"], shown["model"], shown["firmware_version"]) == ("Acme", "Box", "1.2.3")
    assert [(one["connector_id"], one["status"]) for one in shown["connectors"]] == [(1, "Available"), (2, "Available")]


@pytest.fixture
def careful_csms(start_site: StartSite) -> RunningSite:
    """Give a central system where unknown charge points wait for acceptance."""
    return start_site(hold_after_boot_seconds=0.0)


async def test_cold_boot_of_a_charge_point_that_waits_for_acceptance(careful_csms: RunningSite) -> None:
    async with Charger(careful_csms.ocpp_url) as charger:
        answer = await charger.boot()
        assert (answer["status"], 0 < answer["interval"] <= 60) == ("Pending", True)
        with pytest.raises(CallFailed, match="SecurityError"):
            await charger.authorize("VALID")
        await charger.told(careful_csms, "GetConfiguration", {}, {"configurationKey": []})
        start = {"charger_id": "CP1", "connector_id": 1, "id_tag": "VALID"}
        assert (await careful_csms.ask("POST", "/api/remote-transactions/start/", start)).status == 409
        await careful_csms.ask("PATCH", "/api/v1/charge-points/CP1", {"registration": "accepted"})
        assert (await charger.boot())["status"] == "Accepted"
        assert await charger.authorize("VALID") == "Invalid"


async def test_tc_003_regular_charging_session_plugin_first(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        assert await charger.authorize("VALID") == "Accepted"
        transaction_id, verdict = await charger.start("VALID")
        assert verdict == "Accepted"
        await charger.status(1, "Charging")
        assert (await connector(csms))["transaction_id"] == transaction_id
        assert (await transaction(csms, transaction_id))["state"] == "open"


async def test_tc_004_1_regular_charging_session_identification_first(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        transaction_id, verdict = await charger.start("VALID")
        assert verdict == "Accepted"
        await charger.status(1, "Charging")
        assert (await transaction(csms, transaction_id))["id_tag"] == "VALID"


async def test_tc_004_2_identification_first_connection_time_out(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        await charger.status(1, "Available")
        assert (await connector(csms))["status"] == "Available"
        assert await csms.transactions() == []


async def test_tc_005_1_ev_side_disconnected(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        await charger.status(1, "SuspendedEV")
        stopped = await charger.stop(transaction_id, "EVDisconnected", idTag="VALID")
        assert stopped == {"idTagInfo": ACCEPTED}
        await charger.status(1, "Finishing")
        await charger.status(1, "Available")
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["stop_reason"], shown["energy_wh"]) == ("closed", "EVDisconnected", 1000)


async def test_tc_007_regular_start_with_a_cached_id(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        _, verdict = await charger.start("VALID")
        assert verdict == "Accepted"
        await charger.status(1, "Charging")


@pytest.mark.parametrize("word", ["Accepted", "Rejected"])
async def test_tc_061_clear_authorization_data_in_the_cache(csms: RunningSite, word: str) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "ClearCache", {}, {"status": word})


async def test_tc_010_remote_start_with_the_cable_plugged_in_first(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        came, asked = await remote_start(csms, charger)
        await came.answer(ACCEPTED)
        answer = await asked
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        assert await charger.authorize("VALID") == "Accepted"
        _, verdict = await charger.start("VALID")
        assert verdict == "Accepted"
        await charger.status(1, "Charging")


async def test_tc_011_1_remote_start_first(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        came, asked = await remote_start(csms, charger)
        await came.answer(ACCEPTED)
        assert (await asked).json["status"] == "Accepted"
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        transaction_id, verdict = await charger.start("VALID")
        assert verdict == "Accepted"
        await charger.status(1, "Charging")
        assert (await connector(csms))["transaction_id"] == transaction_id


async def test_tc_011_2_remote_start_time_out(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        came, asked = await remote_start(csms, charger)
        await came.answer(ACCEPTED)
        await asked
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        await charger.status(1, "Available")
        assert await csms.transactions() == []


async def test_tc_012_remote_stop_charging_session(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        came, asked = await remote_stop(csms, charger, transaction_id)
        await came.answer(ACCEPTED)
        answer = await asked
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        assert (await charger.stop(transaction_id, "Remote"))["idTagInfo"] == ACCEPTED
        await charger.status(1, "Finishing")
        await charger.status(1, "Available")
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["stop_reason"]) == ("closed", "Remote")


async def test_tc_026_remote_start_rejected(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        came, asked = await remote_start(csms, charger)
        await came.answer({"status": "Rejected"})
        answer = await asked
        assert (answer.status, answer.json["status"]) == (200, "Rejected")
        assert answer.json["detail"]
        await charger.call("Heartbeat")
        assert await csms.transactions() == []


async def test_tc_028_remote_stop_rejected(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        came, asked = await remote_stop(csms, charger, transaction_id)
        await came.answer({"status": "Rejected"})
        answer = await asked
        assert (answer.status, answer.json["status"]) == (200, "Rejected")
        assert (await transaction(csms, transaction_id))["state"] == "open"
