"""Cards that may not charge, lost power, sessions while offline, data transfer (sections 3.8, 3.11, 3.12, 3.20)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.running import RunningSite
from tests.scenarios.charger import ACCEPTED
from tests.scenarios.oca.reusable import booted, connector, transaction


def ago(minutes: int) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


# Authorization


async def test_tc_023_1_authorize_invalid(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        assert await charger.authorize("INVALID") == "Invalid"


async def test_tc_023_2_authorize_expired(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        assert await charger.authorize("EXPIRED") == "Expired"


async def test_tc_023_3_authorize_blocked(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.status(1, "Preparing")
        assert await charger.authorize("BLOCKED") == "Blocked"


@pytest.mark.parametrize(
    ("id_tag", "verdict"), [("INVALID", "Invalid"), ("EXPIRED", "Expired"), ("BLOCKED", "Blocked")]
)
async def test_a_start_is_kept_whatever_the_verdict_on_its_card(csms: RunningSite, id_tag: str, verdict: str) -> None:
    async with booted(csms) as charger:
        transaction_id, said = await charger.start(id_tag)
        assert (transaction_id > 0, said) == (True, verdict)
        assert (await transaction(csms, transaction_id))["id_tag_status"] == verdict


async def test_a_card_that_may_charge_once_at_a_time(csms: RunningSite) -> None:
    await csms.ask("PATCH", "/api/v1/id-tags/VALID", {"max_active_transactions": 1})
    async with booted(csms) as charger:
        await charger.charge("VALID", 1)
        assert await charger.authorize("VALID") == "Accepted"
        assert (await charger.start("VALID", 2))[1] == "ConcurrentTx"


async def test_tc_024_lock_failure(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status(1, "Preparing")
        await charger.status(1, "Faulted", "ConnectorLockFailure")
        shown = await connector(csms)
        assert (shown["status"], shown["error_code"]) == ("Faulted", "ConnectorLockFailure")
        assert await csms.transactions() == []


# Power failure


async def test_tc_032_1_power_failure_boot_that_stops_transactions(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        await charger.disconnect()
        await charger.connect()
        assert (await charger.boot())["status"] == "Accepted"
        assert (await transaction(csms, transaction_id))["state"] == "open"
        await charger.status(0, "Available")
        await charger.status(1, "Finishing")
        await charger.status(2, "Available")
        assert (await charger.stop(transaction_id, "PowerLoss"))["idTagInfo"] == ACCEPTED
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["stop_reason"]) == ("closed", "PowerLoss")


async def test_after_a_power_failure_the_stop_may_come_after_the_status(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        await charger.disconnect()
        await charger.connect()
        await charger.boot()
        await charger.status(1, "Available")
        assert (await transaction(csms, transaction_id))["state"] == "inferred"
        assert (await charger.stop(transaction_id, "PowerLoss"))["idTagInfo"] == ACCEPTED
        assert (await transaction(csms, transaction_id))["state"] == "closed_late"


# Offline


async def test_tc_037_1_offline_start_with_a_valid_id(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.disconnect()
        await charger.connect()
        started_at = ago(10)
        transaction_id, verdict = await charger.start("VALID", timestamp=started_at)
        assert verdict == "Accepted"
        await charger.status(1, "Charging")
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["started_at"]) == ("open", started_at)


async def test_tc_037_3_offline_start_with_an_invalid_id_that_is_then_stopped(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.disconnect()
        await charger.connect()
        transaction_id, verdict = await charger.start("INVALID", timestamp=ago(10))
        assert (transaction_id > 0, verdict) == (True, "Invalid")
        await charger.status(1, "Charging")
        assert await charger.stop(transaction_id, "DeAuthorized") is not None
        await charger.status(1, "Finishing")
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["stop_reason"]) == ("closed", "DeAuthorized")


async def test_tc_039_offline_transaction(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await charger.disconnect()
        await charger.connect()
        started_at, stopped_at = ago(60), ago(10)
        transaction_id, verdict = await charger.start("VALID", timestamp=started_at)
        assert verdict == "Accepted"
        stopped = await charger.stop(transaction_id, "Local", timestamp=stopped_at, idTag="VALID")
        assert stopped["idTagInfo"] == ACCEPTED
        shown = await transaction(csms, transaction_id)
        assert (shown["state"], shown["started_at"], shown["stopped_at"]) == ("closed", started_at, stopped_at)
        assert shown["energy_wh"] == 1000


# Data transfer


async def test_tc_064_data_transfer_to_a_central_system(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        told = {"vendorId": "Unrecognized.Vendor", "messageId": "Message1", "data": "Data1"}
        assert await charger.call("DataTransfer", told) == {"status": "UnknownVendorId"}


@pytest.mark.parametrize("word", ["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"])
async def test_data_transfer_to_a_charge_point(csms: RunningSite, word: str) -> None:
    async with booted(csms) as charger:
        told = {"vendorId": "Acme", "messageId": "Message1", "data": "Data1"}
        await charger.told(csms, "DataTransfer", told, {"status": word, "data": "Data2"})
