"""Losing power, and coming back."""

import asyncio
import json
from datetime import timedelta

from edge_csms.ocpp import times
from edge_csms.simulator import power
from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import TIME, Central

ACCEPTED = {"currentTime": TIME, "interval": 300, "status": "Accepted"}


async def test_a_transaction_ends_with_power_loss_at_the_time_of_the_cut(
    charge_point: ChargePoint, central: Central
) -> None:
    transaction = await charge_point.start(1, "TAG1")
    before = charge_point.clock.now()
    await charge_point.power_cut()
    after = charge_point.clock.now()
    assert not charge_point.link.is_online
    charge_point.clock.offset = timedelta(hours=3)  # it was dark for long
    await charge_point.power_up()
    await central.until(lambda: central.of("StopTransaction"))
    stop = central.of("StopTransaction")[0]
    assert (stop["reason"], stop["transactionId"]) == ("PowerLoss", transaction.transaction_id)
    ended_at = times.parse(stop["timestamp"])
    assert ended_at is not None
    assert before.replace(microsecond=0) <= ended_at <= after
    assert central.actions().index("BootNotification") < central.actions().index("StopTransaction")


async def test_what_is_queued_waits_until_it_is_accepted(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    await charge_point.power_cut()
    central.answers["BootNotification"] = {"currentTime": TIME, "interval": 15, "status": "Pending"}
    await charge_point.power_up()
    await charge_point.heartbeat()
    assert not central.of("StopTransaction")
    central.answers.clear()
    await charge_point.boot()
    await central.until(lambda: central.of("StopTransaction"))


async def test_a_cut_network_stays_silent_until_the_boot_is_answered(
    charge_point: ChargePoint, central: Central
) -> None:
    await charge_point.start(1, "TAG1")
    await charge_point.power_cut()
    central.answers["BootNotification"] = None
    power_up = asyncio.ensure_future(charge_point.power_up())
    await central.until(lambda: central.of("BootNotification"))
    assert central.actions()[-1] == "BootNotification"
    await central.sockets[-1].write_message(json.dumps([3, "1", ACCEPTED]))
    await power_up
    assert central.actions()[-1] != "BootNotification"


async def test_some_go_on_with_their_transaction(charge_point: ChargePoint, central: Central) -> None:
    transaction = await charge_point.start(1, "TAG1")
    await charge_point.power_cut()
    await charge_point.power_up(resume=True)
    await charge_point.meter(1)
    assert not central.of("StopTransaction")
    assert central.of("MeterValues")[0]["transactionId"] == transaction.transaction_id
    assert central.statuses(1)[-1] == "Charging"


async def test_what_was_queued_survives(charge_point: ChargePoint, central: Central) -> None:
    charge_point.drop_network()
    await charge_point.start(1, "TAG1")
    await charge_point.power_cut()
    await charge_point.power_up()
    await central.until(lambda: central.of("StopTransaction"))
    assert len(central.of("StartTransaction")) == 1


async def test_a_cut_in_the_middle_of_a_call_leaves_nothing_behind(charge_point: ChargePoint, central: Central) -> None:
    central.answers["StartTransaction"] = None
    start = asyncio.ensure_future(charge_point.start(1, "TAG1"))
    await central.until(lambda: central.of("StartTransaction"))
    await charge_point.power_cut()
    await start
    central.answers.clear()
    await charge_point.power_up()
    await central.until(lambda: central.of("StopTransaction"))
    first, second = central.of("StartTransaction")
    assert first == second


async def test_a_reboot_that_is_not_accepted_asks_again(charge_point: ChargePoint, central: Central) -> None:
    verdicts = iter(["Pending", "Rejected", "Accepted"])
    central.answers["BootNotification"] = lambda payload: {
        "currentTime": "2031-01-01T00:00:00Z",
        "interval": 1,
        "status": next(verdicts),
    }
    await power.reboot(charge_point)
    assert charge_point.registration == "Accepted"
    assert len(central.of("BootNotification")) == 3
