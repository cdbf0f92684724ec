"""What all charging profiles of a connector come to together, and where a charge point sees it otherwise.

OCPP 1.6 §3.13: the highest stack level of a purpose leads while its schedule says something, a TxProfile leads over a
TxDefaultProfile, and a ChargePointMaxProfile caps them. Everything counts in whole seconds.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_csms.domain.charging_profile import (
    NOMINAL_VOLTS,
    WHOLE_CHARGE_POINT,
    ChargingProfile,
    Kind,
    Period,
    Purpose,
    RateUnit,
    round_down,
)
from edge_csms.domain.model import fold

SECOND = timedelta(seconds=1)
CLOCK_SKEW = timedelta(minutes=5)  # by which a charger's clock may lie behind ours


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """What charges on a connector."""

    wire_id: str
    started_at: datetime
    id_tag: str | None = None


@dataclass(frozen=True, slots=True)
class InstalledProfile:
    """A profile that a charge point was given, for a connector or with 0 for the whole of it."""

    connector_id: int
    profile: ChargingProfile
    installed_at: datetime
    origin: str = ""  # the name under which the site keeps it, or what made it
    confirmed: bool = True  # whether the charge point said that it took it
    id_tag: str | None = None  # of the remote start that brought it: it waits for that transaction

    def applies_to(self, transaction: OpenTransaction | None) -> bool:
        """Say whether it limits this transaction, or with None one that may begin; a TxProfile is for its own only."""
        if self.profile.purpose is not Purpose.TX:
            return True
        if transaction is None:
            return False
        if self.profile.wire_id is not None:
            return self.profile.wire_id == transaction.wire_id
        is_its_tag = self.id_tag is None or fold(self.id_tag) == fold(transaction.id_tag or "")
        return is_its_tag and transaction.started_at >= self.installed_at - CLOCK_SKEW


@dataclass(frozen=True, slots=True)
class CompositePeriod:
    """What holds from a second on; without a limit nothing does."""

    start_seconds: int
    limit: float | None
    phases: int | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """The limits of a connector over time."""

    unit: RateUnit
    starts_at: datetime
    duration_seconds: int
    periods: tuple[CompositePeriod, ...]

    def at(self, moment: datetime) -> CompositePeriod | None:
        """Give what holds at a moment, None outside of its time."""
        elapsed = math.floor((moment - self.starts_at) / SECOND)
        if not 0 <= elapsed < self.duration_seconds:
            return None
        return next((one for one in reversed(self.periods) if one.start_seconds <= elapsed), None)


def compose(
    installed: Iterable[InstalledProfile],
    *,
    connector_id: int,
    starts_at: datetime,
    duration_seconds: int,
    unit: RateUnit,
    transaction: OpenTransaction | None = None,
) -> Composite:
    """Compute the limits of a connector, or with 0 the cap on the whole charge point.

    Without a transaction it is what would hold for one that begins at `starts_at`.
    """
    starts_at = _whole(starts_at)
    began_at = starts_at if transaction is None else transaction.started_at
    applying = [one for one in installed if one.applies_to(transaction)]
    cap = _tracks(applying, Purpose.CHARGE_POINT_MAX, WHOLE_CHARGE_POINT, None)
    own: list[_Track] = []
    if connector_id != WHOLE_CHARGE_POINT:
        own = _tracks(applying, Purpose.TX, connector_id, began_at)
        own += _tracks(applying, Purpose.TX_DEFAULT, connector_id, began_at)
        own += _tracks(applying, Purpose.TX_DEFAULT, WHOLE_CHARGE_POINT, began_at)
    periods: list[CompositePeriod] = []
    for moment in _moments([*cap, *own], starts_at, starts_at + duration_seconds * SECOND):
        limit, phases = _combine([*_leading(cap, moment), *_leading(own, moment)], unit)
        if not periods or (periods[-1].limit, periods[-1].phases) != (limit, phases):
            periods.append(CompositePeriod(round((moment - starts_at) / SECOND), limit, phases))
    return Composite(unit, starts_at, duration_seconds, tuple(periods))


@dataclass(frozen=True, slots=True)
class _Track:
    """A profile, and when its schedule begins where that is no fixed time."""

    profile: ChargingProfile
    began_at: datetime

    def period_at(self, moment: datetime) -> Period | None:
        """Give the period that holds at a moment, if one does."""
        profile = self.profile
        if profile.valid_from is not None and moment < _whole(profile.valid_from):
            return None
        if profile.valid_to is not None and moment >= _whole(profile.valid_to):
            return None
        elapsed = (moment - self._start_before(moment)) // SECOND
        if elapsed < 0 or (profile.duration_seconds is not None and elapsed >= profile.duration_seconds):
            return None
        return next((one for one in reversed(profile.periods) if one.start_seconds <= elapsed), None)

    def changes(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Give the moments at which its limit may change, from before `first` to `last`."""
        profile = self.profile
        yield from (_whole(moment) for moment in (profile.valid_from, profile.valid_to) if moment is not None)
        start = self._start_before(first)
        while start < last:
            yield from (start + one.start_seconds * SECOND for one in profile.periods)
            if profile.duration_seconds is not None:
                yield start + profile.duration_seconds * SECOND
            if profile.recurrency is None:
                break
            start += profile.recurrency.period

    def _start_before(self, moment: datetime) -> datetime:
        """Give the last time at which the schedule began, or the first where that lies ahead."""
        profile = self.profile
        is_fixed = profile.starts_at is not None and profile.kind is not Kind.RELATIVE
        start = _whole(profile.starts_at if is_fixed and profile.starts_at is not None else self.began_at)
        if profile.recurrency is None or moment < start:
            return start
        return start + (moment - start) // profile.recurrency.period * profile.recurrency.period


def _tracks(
    installed: Iterable[InstalledProfile], purpose: Purpose, connector_id: int, began_at: datetime | None
) -> list[_Track]:
    """Give the profiles of a purpose and place, the leading one first; without a beginning each began when it came."""
    found = [one for one in installed if one.profile.purpose is purpose and one.connector_id == connector_id]
    found.sort(key=lambda one: one.profile.stack_level, reverse=True)
    return [_Track(one.profile, began_at or one.installed_at) for one in found]


def _moments(tracks: Iterable[_Track], first: datetime, last: datetime) -> list[datetime]:
    moments = {moment for track in tracks for moment in track.changes(first, last) if first < moment < last}
    return sorted({first, *moments})


def _leading(tracks: Iterable[_Track], moment: datetime) -> list[tuple[Period, RateUnit]]:
    for track in tracks:
        if (period := track.period_at(moment)) is not None:
            return [(period, track.profile.unit)]
    return []


def _combine(limits: list[tuple[Period, RateUnit]], unit: RateUnit) -> tuple[float | None, int | None]:
    """Give the most that keeps within every limit: on the fewest phases that one allows, the least on each of them."""
    if not limits:
        return None, None
    phases = min(period.known_phases for period, _ in limits)
    amps = min(one.limit if its is RateUnit.AMPS else one.limit / (NOMINAL_VOLTS * phases) for one, its in limits)
    return round_down(amps if unit is RateUnit.AMPS else amps * NOMINAL_VOLTS * phases), phases


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
