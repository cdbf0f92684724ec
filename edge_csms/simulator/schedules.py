"""Which limit a charging profile sets at a given time, and when that changes (OCPP 1.6 §3.13)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.types import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from edge_csms.simulator.meter import NOMINAL_VOLTS

_RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(weeks=1)}
_ALL_PHASES = 3


class Limit(msgspec.Struct, frozen=True):
    """So much current on each of so many phases."""

    amps: float
    phases: int = _ALL_PHASES

    def lower(self, other: "Limit | None") -> "Limit":
        """Return what both allow."""
        if other is None:
            return self
        return Limit(min(self.amps, other.amps), min(self.phases, other.phases))


def limit_at(profile: ChargingProfile, moment: datetime, begin: datetime) -> Limit | None:
    """Return the limit that a profile sets, if it sets one at this time.

    `begin` is where a schedule starts that is relative, or names no start.
    """
    valid_from, valid_to = times.parse(profile.valid_from), times.parse(profile.valid_to)
    if (valid_from and moment < valid_from) or (valid_to and moment >= valid_to):
        return None
    start = _start_before(profile, moment, begin)
    if start is None:
        return None
    schedule = profile.charging_schedule
    elapsed = (moment - start).total_seconds()
    if schedule.duration is not None and elapsed >= schedule.duration:
        return None
    periods = [period for period in schedule.charging_schedule_period if period.start_period <= elapsed]
    return as_limit(periods[-1], schedule) if periods else None


def changes(profile: ChargingProfile, begin: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    """Return the times between first and last at which the limit of a profile may change."""
    moments = [times.parse(profile.valid_from), times.parse(profile.valid_to)]
    schedule = profile.charging_schedule
    for start in _starts(profile, begin, first, last):
        moments += [start + timedelta(seconds=each.start_period) for each in schedule.charging_schedule_period]
        if schedule.duration is not None:
            moments.append(start + timedelta(seconds=schedule.duration))
    for moment in moments:
        if moment is not None and first < moment < last:
            yield moment


def as_limit(period: ChargingSchedulePeriod, schedule: ChargingSchedule) -> Limit:
    """Convert a period: A is per phase, W is the total, and numberPhases is 3 where it is not given (errata 3.68)."""
    phases = period.number_phases or _ALL_PHASES
    per_phase = period.limit if schedule.charging_rate_unit == "A" else period.limit / (NOMINAL_VOLTS * phases)
    return Limit(per_phase, phases)


def _starts(profile: ChargingProfile, begin: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    start = _start_before(profile, first, begin)
    if start is None:
        start = times.parse(profile.charging_schedule.start_schedule) or begin
    every = _RECURRENCE.get(profile.recurrency_kind or "") if profile.charging_profile_kind == "Recurring" else None
    while start < last:
        yield start
        if every is None:
            return
        start += every


def _start_before(profile: ChargingProfile, moment: datetime, begin: datetime) -> datetime | None:
    """Return when the schedule started that runs at this time; None if none has started yet."""
    if profile.charging_profile_kind == "Relative":
        start = begin
    else:
        start = times.parse(profile.charging_schedule.start_schedule) or begin
    if moment < start:
        return None
    if profile.charging_profile_kind == "Recurring":
        every = _RECURRENCE[profile.recurrency_kind or "Daily"]
        return start + (moment - start) // every * every
    return start
