"""Smart charging (section 3.19)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.roles import Role
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, Payload, now
from tests.scenarios.oca.reusable import booted, transaction

CHARGE_POINT = "/api/v1/charge-points/CP1"
PERIODS = [{"start_seconds": 0, "limit": 6.0}, {"start_seconds": 60, "limit": 10.0}]
UNTIL = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"


async def asked(csms: RunningSite, method: str, path: str, body: Any = None) -> "asyncio.Task[Answer]":
    """Begin to ask something of the charge point as a technician."""
    return asyncio.create_task(csms.ask(method, CHARGE_POINT + path, body, role=Role.TECHNICIAN))


async def install(csms: RunningSite, charger: Charger, connector_id: int, **profile: Any) -> Payload:
    """Install a profile over REST, and give what was sent."""
    charger.answers["GetConfiguration"] = {}
    body = {"connector_id": connector_id, "profile": {"periods": PERIODS, **profile}}
    task = await asked(csms, "POST", "/charging-profiles", body)
    came = await charger.next("SetChargingProfile")
    await came.answer(ACCEPTED)
    answer = await task
    assert answer.status == 201, answer.body
    assert came.payload["connectorId"] == connector_id
    sent: Payload = came.payload["csChargingProfiles"]
    assert sent["chargingSchedule"]["chargingSchedulePeriod"][0]["startPeriod"] == 0
    return sent


async def installed(csms: RunningSite) -> set[str]:
    return {one["purpose"] for one in (await csms.get(f"{CHARGE_POINT}/charging-profiles"))["items"]}


async def test_tc_056_central_smart_charging_tx_default_profile(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        fields = {"kind": "Absolute", "valid_from": now(), "valid_to": UNTIL, "starts_at": now()}
        sent = await install(csms, charger, 1, purpose="TxDefaultProfile", duration_seconds=3600, **fields)
        assert (sent["chargingProfilePurpose"], sent["chargingProfileKind"]) == ("TxDefaultProfile", "Absolute")
        assert {"validFrom", "validTo"} <= set(sent)
        assert not {"transactionId", "recurrencyKind"} & set(sent)
        assert {"duration", "startSchedule"} <= set(sent["chargingSchedule"])


@pytest.mark.parametrize(("kind", "starts"), [("Absolute", True), ("Relative", False)])
async def test_tc_057_central_smart_charging_tx_profile(csms: RunningSite, kind: str, starts: bool) -> None:
    async with booted(csms) as charger:
        transaction_id = await charger.charge()
        fields = {"starts_at": now()} if starts else {}
        sent = await install(csms, charger, 1, purpose="TxProfile", kind=kind, **fields)
        assert (sent["chargingProfilePurpose"], sent["chargingProfileKind"]) == ("TxProfile", kind)
        assert sent["transactionId"] == transaction_id
        assert "recurrencyKind" not in sent
        assert ("startSchedule" in sent["chargingSchedule"]) == starts


async def test_tc_059_remote_start_transaction_with_a_charging_profile(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        charger.answers["GetConfiguration"] = {}
        task = await asked(
            csms, "POST", "/remote-start", {"id_tag": "VALID", "connector_id": 1, "limit_amps": 10, "phases": 3}
        )
        came = await charger.next("RemoteStartTransaction")
        profile = came.payload["chargingProfile"]
        assert (came.payload["connectorId"], came.payload["idTag"]) == (1, "VALID")
        assert (profile["chargingProfilePurpose"], "transactionId" in profile) == ("TxProfile", False)
        assert profile["chargingSchedule"]["chargingSchedulePeriod"][0]["startPeriod"] == 0
        await came.answer(ACCEPTED)
        answer = await task
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        transaction_id = await charger.charge()
        assert (await transaction(csms, transaction_id))["state"] == "open"


async def test_tc_066_get_composite_schedule(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        await install(csms, charger, 1, purpose="TxDefaultProfile", starts_at=now())
        task = await asked(csms, "GET", "/composite-schedule?connector_id=1&duration_seconds=300&unit=A")
        came = await charger.next("GetCompositeSchedule")
        assert came.payload == {"connectorId": 1, "duration": 300, "chargingRateUnit": "A"}
        schedule = {
            "duration": 300,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}, {"startPeriod": 60, "limit": 10.0}],
        }
        answered = {"status": "Accepted", "connectorId": 1, "scheduleStart": now(), "chargingSchedule": schedule}
        await came.answer(answered)
        answer = await task
        assert answer.status == 200, answer.body
        assert [one["limit"] for one in answer.json["reported"]["periods"]] == [6.0, 10.0]


async def clear(csms: RunningSite, charger: Charger, path: str) -> Payload:
    """Clear over REST, and give what was sent."""
    task = await asked(csms, "DELETE", f"/charging-profiles{path}")
    came = await charger.next("ClearChargingProfile")
    await came.answer(ACCEPTED)
    answer = await task
    assert (answer.status, answer.json["status"]) == (200, "Accepted")
    return came.payload


async def test_tc_067_clear_charging_profile(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        most = await install(csms, charger, 0, purpose="ChargePointMaxProfile", starts_at=now())
        await install(csms, charger, 1, purpose="TxDefaultProfile", stack_level=1, starts_at=now())
        await charger.charge()
        await install(csms, charger, 1, purpose="TxProfile", kind="Relative")
        profile_id = most["chargingProfileId"]
        assert await clear(csms, charger, f"/{profile_id}") == {"id": profile_id}
        assert await installed(csms) == {"TxDefaultProfile", "TxProfile"}
        assert await clear(csms, charger, "?connector_id=1&purpose=TxDefaultProfile&stack_level=1") == {
            "connectorId": 1,
            "chargingProfilePurpose": "TxDefaultProfile",
            "stackLevel": 1,
        }
        assert await installed(csms) == {"TxProfile"}
        assert await clear(csms, charger, "") == {}
        assert await installed(csms) == set()
