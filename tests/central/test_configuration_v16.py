"""Settings in the words of 1.6: what is kept of answers whoever asks, and what is never shown."""

import asyncio
import json

import pytest

from edge_csms.central.configuration_v16 import CONCEALED, conceal, configuration_read
from edge_csms.ocpp.v16.core import GetConfigurationResponse, KeyValue
from edge_csms.services import configuration
from tests.house import House

SECRET = "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5"


def send(house: House, action: str, payload: object) -> "asyncio.Task[bytes]":
    return asyncio.create_task(house.central.send("CP1", action, json.dumps(payload).encode()))


async def test_what_anybody_changes_or_reads_is_kept(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    changed = send(house, "ChangeConfiguration", {"key": "A", "value": " 1 "})
    line.answer(await line.wire.next(), {"status": "RebootRequired"})
    await changed
    read = send(house, "GetConfiguration", {"key": ["B", "C"]})
    answer = {"configurationKey": [{"key": "B", "readonly": True, "value": "2"}], "unknownKey": ["C"]}
    line.answer(await line.wire.next(), answer)
    await read
    kept = {one.name: one for one in await house.database.read(configuration.list_, "CP1")}
    assert (kept["A"].wanted, kept["A"].reboot_required) == ("1", True)
    assert (kept["B"].value, kept["B"].readonly, kept["C"].unknown) == ("2", True, True)


async def test_a_refused_change_changes_nothing_here_either(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    changed = send(house, "ChangeConfiguration", {"key": "A", "value": "1"})
    line.answer(await line.wire.next(), {"status": "Rejected"})
    await changed
    assert await house.database.read(configuration.list_, "CP1") == []


async def test_one_that_is_told_to_call_less_often_may_be_silent_for_longer(house: House) -> None:
    line = await house.connect()
    await line.call("Heartbeat")
    changed = send(house, "ChangeConfiguration", {"key": "heartbeatinterval", "value": "3600"})
    line.answer(await line.wire.next(), {"status": "Accepted"})
    await changed
    assert line.live.heartbeat_seconds == 3600
    read = send(house, "GetConfiguration", {"key": ["HeartbeatInterval"]})
    line.answer(
        await line.wire.next(), {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "7200"}]}
    )
    await read
    assert line.live.heartbeat_seconds == 7200
    line.session.last_heard -= 3 * 7200 - 1
    house.central.check_liveness()
    assert not line.wire.aborted
    await line.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "Box"})
    assert line.live.heartbeat_seconds is None  # that of the answer holds again
    line.session.last_heard -= 3 * 7200 - 1
    house.central.check_liveness()
    assert line.wire.aborted


def test_values_are_stripped_and_nameless_ones_left_out() -> None:
    entries = [KeyValue(key="A", readonly=False, value="\n1 "), KeyValue(key="", readonly=False, value="2")]
    read = configuration_read(GetConfigurationResponse(configuration_key=entries))
    assert (read.entries, read.unknown) == ((("A", "1", False),), ())


@pytest.mark.parametrize(
    "frame",
    [
        f'[2,"1","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{SECRET}"}}]',
        f'{{"key":"authorizationkey","value":"{SECRET}"}}',
        f'{{"Key":"WifiPassword","Value":"{SECRET}"}}',
        f'[3,"1",{{"configurationKey":[{{"key":"A","value":"1"}},{{"key":"AdminPassword","value":"{SECRET}"}}]}}]',
        f'[3,"1",{{"configurationKey":[{{"key":"AuthorizationKey","value":"{SECRET}',
    ],
)
def test_the_value_of_a_secret_is_never_shown(frame: str) -> None:
    shown = conceal(frame.encode()).decode()
    assert SECRET not in shown
    assert CONCEALED in shown


@pytest.mark.parametrize(
    "frame", ['[2,"1","ChangeConfiguration",{"key":"A", "value":"1"}]', "not JSON at all", '[3,"1",{ }]']
)
def test_what_names_no_secret_is_shown_to_the_letter(frame: str) -> None:
    assert conceal(frame.encode()) == frame.encode()


def test_a_question_for_a_secret_may_be_seen() -> None:
    assert json.loads(conceal(b'{"key":["AuthorizationKey"]}')) == {"key": ["AuthorizationKey"]}
