"""Losing power and restarting: what survives, and what is told afterwards (OCPP 1.6 §4.2, §5.14)."""

from typing import TYPE_CHECKING

from edge_csms.simulator import charging, metering

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_NORMAL_CLOSURE = 1000


async def cut(charge_point: "ChargePoint") -> None:
    """Lose power: nothing runs, nobody is told. Settings, queue, lists and registers are on flash and stay."""
    charge_point.link.drop(half_open=True)
    await _go_dark(charge_point)


async def up(charge_point: "ChargePoint", *, reason: str = "PowerLoss", resume: bool = False) -> None:
    """Get power: connect, boot once, and end what was going on when the power went, or go on with it."""
    _end_or_resume(charge_point, reason, resume)
    await charge_point.connect()
    await charge_point.boot()


async def reset(charge_point: "ChargePoint", *, hard: bool) -> None:
    """Restart as asked: soft ends transactions before, hard after."""
    if not hard:
        for connector in charge_point.connectors.values():
            if connector.transaction is not None:
                await charging.stop(charge_point, connector, "SoftReset", connector.transaction.id_tag)
    await reboot(charge_point, "HardReset")


async def reboot(charge_point: "ChargePoint", reason: str = "Reboot") -> None:
    """Restart: close the connection, be away for a while, come back, and boot until accepted."""
    charge_point.link.disconnect(_NORMAL_CLOSURE)
    await _go_dark(charge_point)
    await charge_point.clock.sleep(charge_point.reboot_seconds)
    _end_or_resume(charge_point, reason, resume=False)
    await charge_point.connect(patiently=True)
    await charge_point.boot_until_accepted()


async def _go_dark(charge_point: "ChargePoint") -> None:
    charge_point.outbox.let_flow(False)
    charge_point.must_boot = True
    charge_point.went_dark_at = charge_point.clock.now()
    for connector in charge_point.connectors.values():
        connector.advance(charge_point.clock.seconds())
        connector.meter.amps = 0.0
        connector.is_awaiting_car = False
    charge_point.forget_afterwards()
    await charge_point.tasks.cancel()


def _end_or_resume(charge_point: "ChargePoint", reason: str, resume: bool) -> None:
    for connector in charge_point.connectors.values():
        if connector.transaction is None:
            continue
        if resume:
            charge_point.tasks.spawn(metering.sample_regularly(charge_point, connector))
        else:
            charging.end(charge_point, connector, reason, at=charge_point.went_dark_at)
