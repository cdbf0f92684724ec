"""The steps of a commissioning run: what each asks of the charge point, and what it takes for an answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from edge_csms.central import configuration, remote_start
from edge_csms.central.bench import Bench
from edge_csms.domain.commissioning import (
    POWER,
    REGISTER,
    Facts,
    Outcome,
    Reading,
    StepName,
    StepState,
    exceeds,
    figure,
    find_doubts,
    highest_amps,
)
from edge_csms.domain.errors import Refusal
from edge_csms.domain.model import Connector, Transaction, TransactionState
from edge_csms.services import charge_points
from edge_csms.services import configuration as configuration_service

PASSED, NOTED, FAILED, SKIPPED = StepState.PASSED, StepState.NOTED, StepState.FAILED, StepState.SKIPPED

LIMIT_AMPS = 6.0  # the least that a car may be offered
MOST_PHASES = 3
LEAST_WATTS = 100.0  # below this nobody charges
CLOSED = (TransactionState.CLOSED, TransactionState.CLOSED_LATE)
PLUGGED_IN = ("Preparing", "SuspendedEV", "SuspendedEVSE", "Charging")


async def check_boot(bench: Bench) -> Outcome:
    """See that the charge point says what it is."""

    async def booted() -> bool | None:
        shown = await bench.database.read(charge_points.show, bench.charge_point_id)
        return True if shown.charge_point.booted else None

    if await booted() is None:
        await bench.tell("asks_for_boot", {})
        with contextlib.suppress(Refusal):
            await bench.central.trigger(bench.charge_point_id, "boot")
        if await bench.until(booted, bench.patience.boot) is None:
            return Outcome(FAILED, "no_boot")
    return Outcome(PASSED, "booted")


async def check_configuration(bench: Bench) -> Outcome:
    """Read all settings."""
    await configuration.read(bench.central, bench.database, bench.charge_point_id)
    entries = await bench.database.run(configuration_service.list_, bench.charge_point_id)
    known = [one for one in entries if not one.unknown]
    return Outcome(PASSED if known else FAILED, "settings_read" if known else "no_settings", {"count": len(known)})


async def check_meter(bench: Bench) -> Outcome:
    """See that the meter shows what a sound one can show; many send nothing while nobody charges."""
    await bench.tell("asks_for_values", {})
    readings = await bench.metered(lambda found: figure(found, REGISTER) is not None, bench.patience.values)
    return Outcome(NOTED, "meter_silent") if readings is None else _judged(readings)


async def check_start(bench: Bench) -> Outcome:
    """Start a transaction remotely, once somebody has plugged a car in."""
    if not await _plugged_in(bench, "plug_in"):
        return Outcome(FAILED, "not_plugged_in")
    return await _start(bench)


async def check_power(bench: Bench) -> Outcome:
    """See that the car charges, and that the meter shows it."""
    if bench.transaction_id is None:
        return Outcome(SKIPPED, "no_transaction")
    await bench.tell("waits_for_power", {})
    readings = await bench.metered(lambda found: (_watts(found) or 0) > LEAST_WATTS, bench.patience.power)
    if readings is None:
        return Outcome(NOTED, "no_power")
    bench.readings = readings
    judged = _judged(readings)
    return judged if judged.state is FAILED else Outcome(PASSED, "power_seen", judged.facts)


async def check_limit(bench: Bench) -> Outcome:
    """Limit the charge to 6 A, and see on the meter that it obeys."""
    if bench.transaction_id is None:
        return Outcome(SKIPPED, "no_transaction")
    before = _shown(bench.readings)
    bench.limited = True
    await bench.central.set_limit(bench.charge_point_id, bench.connector_id, LIMIT_AMPS, None)
    await bench.tell("waits_for_limit", before)
    told = bool(bench.readings) and exceeds(bench.readings, LIMIT_AMPS, MOST_PHASES) is True
    seen: list[Reading] = []

    def obeys(found: list[Reading]) -> bool:
        seen[:] = found
        return exceeds(found, LIMIT_AMPS, MOST_PHASES) is False

    obeyed = await bench.metered(obeys, bench.patience.limit) is not None
    facts = {f"before_{name}": value for name, value in before.items()} | dict(_shown(seen))
    if obeyed:
        return Outcome(PASSED if told else NOTED, "limit_seen" if told else "drew_less_already", facts)
    return Outcome(FAILED, "limit_ignored", facts) if seen else Outcome(NOTED, "limit_not_metered", facts)


async def check_stop(bench: Bench) -> Outcome:
    """Stop the transaction remotely, and see what it is booked with."""
    if bench.transaction_id is None:
        return Outcome(SKIPPED, "no_transaction")
    await lift_limit(bench)
    transaction = await stop(bench)
    if transaction is None:
        return Outcome(FAILED, "stop_missing")
    return Outcome(PASSED, "stopped", _books(transaction))


async def check_unlock(bench: Bench) -> Outcome:
    """Release the plug; a fixed cable has no lock."""
    dialect = await bench.central.dialect(bench.charge_point_id)
    answer = await bench.central.call(bench.charge_point_id, dialect.unlock(bench.connector_id))
    outcomes = {"Unlocked": (PASSED, "unlocked"), "NotSupported": (NOTED, "no_lock")}
    state, code = outcomes.get(answer.status, (FAILED, "unlock_failed"))
    return Outcome(state, code, {"status": answer.status})


async def check_lost_link(bench: Bench) -> Outcome:
    """Cut the link during a charge that is then ended at the charger, and see that its Stop comes late but right."""
    if not await _plugged_in(bench, "replug"):
        return Outcome(FAILED, "not_plugged_in")
    started = await _start(bench)
    if started.state is not PASSED:
        return started
    seconds = bench.patience.offline
    bench.central.keep_off(bench.charge_point_id, seconds)
    await bench.tell("end_while_offline", {"seconds": round(seconds)})
    await asyncio.sleep(seconds)
    await bench.tell("waits_for_return", {})
    came_back_at = await bench.until(lambda: _online_since(bench), bench.patience.come_back)
    if came_back_at is None:
        return Outcome(FAILED, "did_not_return")
    await bench.tell("waits_for_late_stop", {})
    transaction = await bench.until(lambda: _closed(bench), bench.patience.late_stop)
    if transaction is None:
        return await _judge_missing_stop(bench)
    bench.transaction_id = None
    facts = {**_books(transaction), "came_back_at": came_back_at.isoformat()}
    early = transaction.stopped_at is not None and transaction.stopped_at <= came_back_at
    return Outcome(PASSED, "late_stop", facts) if early else Outcome(NOTED, "stopped_after_return", facts)


async def _judge_missing_stop(bench: Bench) -> Outcome:
    """Tell a charge that nobody ended from one whose Stop got lost."""
    if await _ended(bench) is not None:
        bench.transaction_id = None
        return Outcome(FAILED, "stop_lost")
    went_on = await stop(bench)
    return Outcome(FAILED, "stop_missing") if went_on is None else Outcome(NOTED, "went_on", _books(went_on))


async def stop(bench: Bench) -> Transaction | None:
    """Stop the run's own transaction and wait for its end; None where it doesn't come. Raises what commands raise."""
    if bench.transaction_id is None:
        return None
    await bench.central.remote_stop(bench.charge_point_id, str(bench.transaction_id))
    closed = await bench.until(lambda: _closed(bench), bench.patience.stop)
    if closed is not None or await _ended(bench) is not None:
        bench.transaction_id = None
    return closed


async def lift_limit(bench: Bench) -> None:
    """Take the limit of the run away again."""
    if bench.limited:
        bench.limited = False
        await bench.central.set_limit(bench.charge_point_id, bench.connector_id, None, None)


async def _plugged_in(bench: Bench, code: str) -> bool:
    async def plugged_in() -> Connector | None:
        connector = await bench.connector()
        return connector if connector is not None and connector.status in PLUGGED_IN else None

    if await plugged_in() is None:
        await bench.tell(code, {})
    return await bench.until(plugged_in, bench.patience.plug_in) is not None


async def _start(bench: Bench) -> Outcome:
    place = (bench.charge_point_id, bench.id_tag, bench.connector_id)
    status, words = await remote_start.remote_start(bench.central, bench.database, *place)
    if status != "Accepted":
        return Outcome(FAILED, "start_refused", {"status": status, "detail": words})
    await bench.tell("waits_for_start", {})

    async def opened() -> int | None:
        connector = await bench.connector()
        return None if connector is None else connector.transaction_id

    bench.transaction_id = await bench.until(opened, bench.patience.start)
    if bench.transaction_id is None:
        return Outcome(FAILED, "start_missing")
    return Outcome(PASSED, "started", {"transaction_id": bench.transaction_id})


async def _ended(bench: Bench) -> Transaction | None:
    transaction = await bench.transaction()
    return None if transaction is None or transaction.state is TransactionState.OPEN else transaction


async def _closed(bench: Bench) -> Transaction | None:
    """Give the transaction once its Stop is there; a connector that is free may be told before."""
    transaction = await bench.transaction()
    return None if transaction is None or transaction.state not in CLOSED else transaction


async def _online_since(bench: Bench) -> datetime | None:
    return bench.central.now() if bench.online else None


def _judged(readings: list[Reading]) -> Outcome:
    doubts = find_doubts(readings)
    facts = _shown(readings)
    return (
        Outcome(FAILED, "implausible", {**facts, "doubts": ", ".join(doubts)})
        if doubts
        else Outcome(PASSED, "plausible", facts)
    )


def _watts(readings: list[Reading]) -> float | None:
    """Give the power, or what the current makes of it."""
    power_w = figure(readings, POWER)
    amps = highest_amps(readings)
    return power_w if power_w is not None or amps is None else amps * 230


def _shown(readings: list[Reading]) -> Facts:
    volts = [one.value for one in readings if one.measurand == "Voltage"]
    told = {
        "register_wh": figure(readings, REGISTER),
        "power_w": figure(readings, POWER),
        "amps": highest_amps(readings),
        "least_volts": min(volts, default=None),
        "most_volts": max(volts, default=None),
    }
    return {name: value for name, value in told.items() if value is not None}


def _books(transaction: Transaction) -> Facts:
    return {
        "transaction_id": transaction.transaction_id,
        "energy_wh": transaction.energy_wh,
        "stop_reason": transaction.stop_reason,
        "stopped_at": None if transaction.stopped_at is None else transaction.stopped_at.isoformat(),
    }


STEPS: dict[StepName, Callable[[Bench], Awaitable[Outcome]]] = {
    StepName.BOOT: check_boot,
    StepName.CONFIGURATION: check_configuration,
    StepName.METER: check_meter,
    StepName.START: check_start,
    StepName.POWER: check_power,
    StepName.LIMIT: check_limit,
    StepName.STOP: check_stop,
    StepName.UNLOCK: check_unlock,
    StepName.LOST_LINK: check_lost_link,
}
