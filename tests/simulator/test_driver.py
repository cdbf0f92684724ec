"""Somebody with a car."""

import asyncio
import random

import pytest

from edge_csms.simulator import driver
from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central


@pytest.fixture
def fast(charge_point: ChargePoint) -> ChargePoint:
    charge_point.clock.speed = 20_000.0
    return charge_point


async def visit(charge_point: ChargePoint) -> driver.Visit:
    visit = driver.Visit(charge_point, charge_point.connectors[1], "TAG1", random.Random(7))
    await visit.run()
    return visit


async def test_a_car_charges_what_it_wants_and_leaves(fast: ChargePoint, central: Central) -> None:
    done = await visit(fast)
    assert done.refusal is None
    assert done.energy_wh > 4000
    assert central.statuses(1) == ["Preparing", "Charging", "SuspendedEV", "Finishing", "Available"]
    assert central.of("StopTransaction")[0]["reason"] == "Local"


async def test_who_may_not_charge_leaves(fast: ChargePoint, central: Central) -> None:
    central.answers["Authorize"] = {"idTagInfo": {"status": "Blocked"}}
    assert (await visit(fast)).refusal == "idTag TAG1 was answered Blocked"
    assert not central.of("StartTransaction")
    assert fast.connectors[1].status == "Available"


async def test_a_car_comes_at_once_when_a_remote_start_waits(charge_point: ChargePoint, central: Central) -> None:
    charge_point.clock.speed = 100.0  # a pause of half a minute takes longer than this test may
    connector = charge_point.connectors[1]
    pause = asyncio.ensure_future(driver.pause(charge_point, connector, random.Random(7)))
    await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    await asyncio.wait_for(pause, 5)
    assert connector.is_awaiting_car


async def test_a_session_that_was_started_remotely_is_charged(fast: ChargePoint, central: Central) -> None:
    fast.clock.speed = 500.0
    running = asyncio.ensure_future(visit(fast))
    await central.until(lambda: central.statuses(1) == ["Preparing"])
    await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "REMOTE"})
    fast.clock.speed = 20_000.0
    assert (await running).energy_wh > 4000
    assert [each["idTag"] for each in central.of("StartTransaction")] == ["REMOTE"]
