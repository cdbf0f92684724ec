"""Triggered messages (section 3.18)."""

import asyncio

import pytest

from edge_csms.domain.roles import Role
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, Payload, now
from tests.scenarios.oca.reusable import booted

METER_VALUES = {"connectorId": 1, "meterValue": [{"timestamp": now(), "sampledValue": [{"value": "1"}]}]}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}


async def trigger(csms: RunningSite, charger: Charger, message: str, word: str) -> tuple[Answer, Payload]:
    """Ask over REST for a message; gives the answer and what was sent."""
    body = {"message": message}
    asked = asyncio.create_task(csms.ask("POST", "/api/v1/charge-points/CP1/trigger", body, role=Role.TECHNICIAN))
    came = await charger.next("TriggerMessage")
    await came.answer({"status": word})
    return await asked, came.payload


@pytest.mark.parametrize(
    ("wish", "action", "payload"),
    [
        ("meter_values", "MeterValues", METER_VALUES),
        ("heartbeat", "Heartbeat", {}),
        ("status", "StatusNotification", STATUS),
        ("boot", "BootNotification", BOOT),
    ],
)
async def test_tc_054_trigger_message(csms: RunningSite, wish: str, action: str, payload: Payload) -> None:
    async with booted(csms) as charger:
        answer, sent = await trigger(csms, charger, wish, "Accepted")
        assert (sent["requestedMessage"], answer.status, answer.json["status"]) == (action, 200, "Accepted")
        await charger.call(action, payload)


@pytest.mark.parametrize("action", ["DiagnosticsStatusNotification", "FirmwareStatusNotification"])
@pytest.mark.parametrize("word", ["Accepted", "NotImplemented"])
async def test_tc_054_trigger_message_about_files(csms: RunningSite, action: str, word: str) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "TriggerMessage", {"requestedMessage": action}, {"status": word})
        assert await charger.call(action, {"status": "Idle"}) == {}


async def test_tc_055_trigger_message_rejected(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        answer, _ = await trigger(csms, charger, "meter_values", "Rejected")
        assert (answer.status, answer.json["status"]) == (200, "Rejected")


@pytest.mark.parametrize(
    "message",
    [
        "BootNotification",
        "LogStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    ],
)
async def test_an_extended_trigger_message(csms: RunningSite, message: str) -> None:
    async with booted(csms) as charger:
        await charger.told(csms, "ExtendedTriggerMessage", {"requestedMessage": message}, dict(ACCEPTED))
