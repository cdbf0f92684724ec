"""Where a charge point reports other limits than we meant."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from edge_csms.domain.charging_profile import ALL_PHASES, NOMINAL_VOLTS, RateUnit
from edge_csms.domain.composite_schedule import SECOND, Composite, CompositePeriod

SHORTEST_SECONDS = 10  # of a difference that is told: clocks differ a little
RELATIVE_TOLERANCE = 0.001
TOLERANCE = 0.05  # limits have one decimal, and one came back as 16.100000000000005


@dataclass(frozen=True, slots=True)
class Difference:
    """A span of the schedule that we meant, in which the charge point reports another limit, or none."""

    start_seconds: int
    end_seconds: int
    meant: float
    reported: float | None

    @property
    def allows_more(self) -> bool:
        """Say whether the charge point would let more flow than we meant."""
        return self.reported is None or self.reported > self.meant


def compare(meant: Composite, reported: Composite) -> list[Difference]:
    """Find the spans in which a reported schedule differs from ours; where we meant nothing, nothing differs."""
    differences: list[Difference] = []
    for start, end in _spans(meant, reported):
        moment = meant.starts_at + start * SECOND
        ours, theirs = meant.at(moment), reported.at(moment)
        if ours is None or ours.limit is None or (theirs is None and not _covers(reported, moment)):
            continue
        limit = None if theirs is None else _in_unit(theirs, reported.unit, meant.unit, ours.phases)
        if limit is not None and _is_same(ours.limit, limit):
            continue
        last = differences[-1] if differences else None
        if last is not None and (last.end_seconds, last.meant, last.reported) == (start, ours.limit, limit):
            differences[-1] = Difference(last.start_seconds, end, ours.limit, limit)
        else:
            differences.append(Difference(start, end, ours.limit, limit))
    return [one for one in differences if one.end_seconds - one.start_seconds >= SHORTEST_SECONDS]


def overlap(one: Composite, other: Composite) -> bool:
    """Say whether two schedules speak of the same time at all."""
    shift = (other.starts_at - one.starts_at) / SECOND
    return -other.duration_seconds < shift < one.duration_seconds


def _spans(meant: Composite, reported: Composite) -> Iterator[tuple[int, int]]:
    """Cut our schedule wherever one of both changes."""
    shift = round((reported.starts_at - meant.starts_at) / SECOND)
    cuts = {one.start_seconds for one in meant.periods}
    cuts |= {shift + one.start_seconds for one in reported.periods} | {shift, shift + reported.duration_seconds}
    inside = sorted({0, meant.duration_seconds, *(cut for cut in cuts if 0 < cut < meant.duration_seconds)})
    return pairwise(inside)


def _covers(composite: Composite, moment: datetime) -> bool:
    """Say whether a schedule speaks of a moment at all; some report a shorter time than they were asked about."""
    return 0 <= (moment - composite.starts_at) / SECOND < composite.duration_seconds


def _in_unit(period: CompositePeriod, unit: RateUnit, wanted: RateUnit, phases: int | None) -> float | None:
    if period.limit is None or unit is wanted:
        return period.limit
    watts_per_amp = NOMINAL_VOLTS * (period.phases or phases or ALL_PHASES)
    return period.limit * watts_per_amp if wanted is RateUnit.WATTS else period.limit / watts_per_amp


def _is_same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=TOLERANCE)
