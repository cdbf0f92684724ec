"""Reads the meter values of OCPP 1.6: registers, power, and samples with the standard's defaults (§7.33, §7.43)."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from edge_csms.central.dialect import Sample, Samples
from edge_csms.ocpp import codec, times
from edge_csms.ocpp.v16.core import MeterValues, StopTransaction
from edge_csms.ocpp.v16.types import MeterValue, SampledValue

ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"
CURRENT = "Current.Import"
VOLTAGE = "Voltage"
BEGIN = "Transaction.Begin"
NOMINAL_VOLTS = 230.0
THOUSANDS = frozenset(("kWh", "kW", "kVA", "kvar", "kvarh"))


def register_wh(meter_values: Sequence[MeterValue]) -> int | None:
    """Give the energy register of the last sample that has one, in Wh; that of a phase counts only if it is alone.

    The register of the begin says nothing new, and some show 0 there.
    """
    return _first_register_wh(reversed(_by_time(meter_values)), lambda context: context != BEGIN)


def begin_register_wh(meter_values: Sequence[MeterValue]) -> int | None:
    """Give the energy register that was taken when the transaction began, in Wh."""
    return _first_register_wh(_by_time(meter_values), lambda context: context == BEGIN)


def _first_register_wh(meter_values: Iterable[MeterValue], counts: Callable[[str | None], bool]) -> int | None:
    for meter_value in meter_values:
        phased: list[int] = []
        for sampled in meter_value.sampled_value or ():
            value = _number(sampled) if _is_register(sampled) and counts(sampled.context) else None
            if value is None:
                continue
            if sampled.phase is None:
                return round(value)
            phased.append(round(value))
        if len(phased) == 1:  # single-phase meters tag their only register L1
            return phased[0]
    return None


def _is_register(sampled: SampledValue) -> bool:
    return (sampled.measurand is None or sampled.measurand == ENERGY) and sampled.format != "SignedData"


def power_w(meter_values: Sequence[MeterValue]) -> float | None:
    """Give the power of the last sample, in W: the total, else the sum of the phases, else current times voltage."""
    for meter_value in reversed(_by_time(meter_values)):
        readings = _by_measurand(meter_value.sampled_value or ())
        if (powers := readings.get(POWER)) is not None:
            return powers[None] if None in powers else sum(powers.values())
        if (currents := readings.get(CURRENT)) is not None:
            return _power_of(currents, readings.get(VOLTAGE, {}))
    return None


def taken_at(meter_values: Iterable[MeterValue], zone: tzinfo = UTC) -> tuple[datetime | None, str | None]:
    """Give the earliest time inside a message that can be read, else the first text that can't."""
    moments, unread = [], None
    for meter_value in meter_values:
        moment = times.parse(meter_value.timestamp, zone)
        if moment is not None:
            moments.append(moment)
        elif unread is None:
            unread = meter_value.timestamp or ""
    return min(moments, default=None), unread


def samples(payload: bytes, zone: tzinfo = UTC) -> list[Samples]:
    """Read a stored MeterValues payload; times that name no zone are in `zone`."""
    return _samples(codec.decode(MeterValues, payload).payload.meter_value, zone)


def stop_samples(payload: bytes, zone: tzinfo = UTC) -> list[Samples]:
    """Read the transactionData of a stored StopTransaction payload."""
    return _samples(codec.decode(StopTransaction, payload).payload.transaction_data, zone)


def _by_time(meter_values: Sequence[MeterValue]) -> Sequence[MeterValue]:
    """Sort the samples of a message; where a time can't be read, they stay as they were sent."""
    if len(meter_values) < 2:
        return meter_values
    timed = [(moment, one) for one in meter_values if (moment := times.parse(one.timestamp)) is not None]
    if len(timed) < len(meter_values):
        return meter_values
    return [one for _, one in sorted(timed, key=lambda pair: pair[0])]


def _samples(meter_values: Sequence[MeterValue] | None, zone: tzinfo) -> list[Samples]:
    return [
        Samples(
            times.parse(value.timestamp, zone),
            value.timestamp,
            tuple(_sample(sampled) for sampled in value.sampled_value or ()),
        )
        for value in _by_time(meter_values or ())
    ]


def _sample(sampled: SampledValue) -> Sample:
    measurand = sampled.measurand or ENERGY
    unit: str | None = sampled.unit or ("Wh" if measurand == ENERGY else None)
    return Sample(
        value=sampled.value,
        measurand=measurand,
        unit="Celsius" if unit == "Celcius" else unit,  # both spellings are valid (errata-J 2.1)
        phase=sampled.phase,
        context=sampled.context or "Sample.Periodic",
        location=sampled.location or "Outlet",
        format=sampled.format or "Raw",
    )


def _by_measurand(sampled_values: Iterable[SampledValue]) -> dict[str, dict[Any, float]]:
    readings: dict[str, dict[Any, float]] = {}
    for sampled in sampled_values:
        measurand = sampled.measurand or ENERGY
        if measurand in (POWER, CURRENT, VOLTAGE) and (value := _number(sampled)) is not None:
            readings.setdefault(measurand, {})[sampled.phase] = value
    return readings


def _power_of(currents: dict[Any, float], voltages: dict[Any, float]) -> float:
    # One make reports the current on N only; where there are phases, N is no part of the sum.
    phases = {phase: amps for phase, amps in currents.items() if phase != "N"} or currents
    return round(sum(amps * _volts(voltages, phase) for phase, amps in phases.items()), 1)


def _volts(voltages: dict[Any, float], phase: Any) -> float:
    for name in (f"{phase}-N", phase, None):
        if name in voltages:
            return voltages[name]
    return NOMINAL_VOLTS


def _number(sampled: SampledValue) -> float | None:
    try:
        value = float(sampled.value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(value) or abs(value) >= 2**53:
        return None
    return value * 1000 if sampled.unit in THOUSANDS else value
