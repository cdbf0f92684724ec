"""Booting, and the heartbeats that follow (OCPP 1.6 §4.2, §4.6)."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.core import BootNotificationResponse, Heartbeat, HeartbeatResponse
from edge_csms.simulator.errors import SimulatorError

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_SMALLEST_CLOCK_ERROR_SECONDS = 2.0  # the wire's times have whole seconds: smaller differences mean nothing
_DEFAULT_INTERVAL_SECONDS = 60


async def boot(charge_point: "ChargePoint") -> BootNotificationResponse:
    """Send BootNotification once; if accepted, report all connectors and let queued messages flow."""
    response = await charge_point.call(charge_point.nameplate.boot_notification())
    charge_point.registration = response.status
    charge_point.must_boot = response.status != "Accepted"
    _set_clock(charge_point, response.current_time)
    if response.status == "Accepted":
        charge_point.configuration.set("HeartbeatInterval", str(response.interval))
        charge_point.heartbeat_changed.set()
        await charge_point.report_all()
    charge_point.outbox.let_flow(not charge_point.must_boot)
    return response


async def boot_until_accepted(charge_point: "ChargePoint") -> None:
    """Boot again and again, at the interval that the central system says."""
    while True:
        pause = _DEFAULT_INTERVAL_SECONDS
        await charge_point.link.wait_online()
        try:
            response = await boot(charge_point)
            if response.status == "Accepted":
                return
            pause = response.interval or pause
        except SimulatorError:
            pause = 1
        await asyncio.sleep(pause)


async def send_heartbeat(charge_point: "ChargePoint") -> HeartbeatResponse:
    """Send a Heartbeat and set the clock by its answer."""
    response = await charge_point.call(Heartbeat())
    _set_clock(charge_point, response.current_time)
    return response


async def beat(charge_point: "ChargePoint") -> None:
    """Send heartbeats for ever, at the interval of now. They keep real time, whatever the speed."""
    while True:
        interval = charge_point.configuration.number("HeartbeatInterval") or _DEFAULT_INTERVAL_SECONDS
        charge_point.heartbeat_changed.clear()
        try:
            async with asyncio.timeout(interval):  # wait_for of Python 3.11 can swallow a cancellation
                await charge_point.heartbeat_changed.wait()
        except TimeoutError:
            await _beat_once(charge_point)


async def _beat_once(charge_point: "ChargePoint") -> None:
    if charge_point.must_boot:
        return
    with contextlib.suppress(SimulatorError):  # the next one may do better
        await send_heartbeat(charge_point)


def _set_clock(charge_point: "ChargePoint", current_time: str) -> None:
    moment = times.parse(current_time)
    if moment is None:
        return
    if abs((moment - charge_point.clock.now()).total_seconds()) > _SMALLEST_CLOCK_ERROR_SECONDS:
        charge_point.clock.set(moment)
