"""Triggered messages."""

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central


@pytest.mark.parametrize(
    "message",
    [
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    ],
)
async def test_a_triggered_message_comes_behind_the_answer(
    charge_point: ChargePoint, central: Central, message: str
) -> None:
    assert await central.call("TriggerMessage", {"requestedMessage": message}) == {"status": "Accepted"}
    await central.until(lambda: central.of(message))
    frames = central.sockets[0].frames
    assert frames[0].startswith("[3")


async def test_without_a_connector_all_of_them_are_told(charge_point: ChargePoint, central: Central) -> None:
    await central.call("TriggerMessage", {"requestedMessage": "MeterValues"})
    await central.until(lambda: len(central.of("MeterValues")) == 2)
    assert [each["connectorId"] for each in central.of("MeterValues")] == [1, 2]
    value = central.of("MeterValues")[0]["meterValue"][0]["sampledValue"][0]
    assert value["context"] == "Trigger"


async def test_connector_0_is_the_main_meter(charge_point: ChargePoint, central: Central) -> None:
    await central.call("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 0})
    await central.until(lambda: central.of("MeterValues"))
    value = central.of("MeterValues")[0]["meterValue"][0]["sampledValue"][0]
    assert float(value["value"]) == sum(each.meter.register_wh for each in charge_point.connectors.values())


async def test_a_connector_that_is_not_there_is_rejected(charge_point: ChargePoint, central: Central) -> None:
    answer = await central.call("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 7})
    assert answer == {"status": "Rejected"}


async def test_an_unknown_message_is_not_implemented(charge_point: ChargePoint, central: Central) -> None:
    assert await central.call("TriggerMessage", {"requestedMessage": "Weather"}) == {"status": "NotImplemented"}
