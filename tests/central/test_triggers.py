"""Asking charge points to send a message now."""

import asyncio
from typing import Any

import pytest

from edge_csms.central.dialect import Trigger
from edge_csms.central.triggers import trigger
from edge_csms.domain.errors import CallRefused
from tests.house import House, Line


async def ready(house: House) -> Line:
    line = await house.connect()
    await line.call("Heartbeat")
    return line


def ask(house: House, message: Trigger, connector_id: int | None = None) -> "asyncio.Task[str]":
    return asyncio.create_task(trigger(house.central, "CP1", message, connector_id))


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("boot", "BootNotification"),
        ("heartbeat", "Heartbeat"),
        ("meter_values", "MeterValues"),
        ("status", "StatusNotification"),
    ],
)
async def test_each_message_has_its_word(house: House, message: Trigger, action: str) -> None:
    line = await ready(house)
    asked = ask(house, message)
    call = await line.wire.next()
    assert call[2:] == ["TriggerMessage", {"requestedMessage": action}]
    line.answer(call, {"status": "Accepted"})
    assert await asked == "Accepted"


async def test_a_yes_for_one_connector_is_enough(house: House) -> None:
    line = await ready(house)
    asked = ask(house, "status", 2)
    call = await line.wire.next()
    assert call[3] == {"requestedMessage": "StatusNotification", "connectorId": 2}
    line.answer(call, {"status": "Accepted"})
    assert await asked == "Accepted"


@pytest.mark.parametrize("first", [{"status": "Rejected"}, {"status": "NotImplemented"}, "CALLERROR"])
async def test_a_no_for_one_connector_is_asked_once_more_without_it(house: House, first: Any) -> None:
    line = await ready(house)
    asked = ask(house, "status", 2)
    call = await line.wire.next()
    if first == "CALLERROR":
        line.session.receive(f'[4,"{call[1]}","GenericError","",{{}}]')
    else:
        line.answer(call, first)
    again = await line.wire.next()
    assert again[3] == {"requestedMessage": "StatusNotification"}
    line.answer(again, {"status": "NotImplemented"})
    assert await asked == "NotImplemented"


async def test_a_refusal_without_a_connector_is_the_last_word(house: House) -> None:
    line = await ready(house)
    asked = ask(house, "status")
    call = await line.wire.next()
    line.session.receive(f'[4,"{call[1]}","NotSupported","",{{}}]')
    with pytest.raises(CallRefused):
        await asked
