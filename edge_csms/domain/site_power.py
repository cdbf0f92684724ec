"""How much power the site drew over time, told by how fast its energy registers grew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

MOST_WATTS = 4_000_000.0  # of one connector; a register that grows faster was set or exchanged
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """What the register of a connector showed at a time."""

    charge_point_key: int
    connector_id: int
    at: datetime
    register_wh: int


def average_power(readings: Iterable[RegisterReading], starts_at: datetime, step: timedelta, count: int) -> list[float]:
    """Give the mean power of each step, in W; energy between two readings counts as drawn evenly."""
    energy_wh = [0.0] * count
    by_connector: dict[tuple[int, int], list[RegisterReading]] = {}
    for one in readings:
        by_connector.setdefault((one.charge_point_key, one.connector_id), []).append(one)
    for of_one in by_connector.values():
        for before, after in pairwise(sorted(of_one, key=attrgetter("at"))):
            _spread(before, after, starts_at, step, energy_wh)
    return [round(one / (step / HOUR), 1) for one in energy_wh]


def _spread(
    before: RegisterReading, after: RegisterReading, starts_at: datetime, step: timedelta, energy_wh: list[float]
) -> None:
    lasted, grown_wh = after.at - before.at, after.register_wh - before.register_wh
    if not lasted or grown_wh <= 0 or grown_wh / (lasted / HOUR) > MOST_WATTS:
        return
    first = max(0, (before.at - starts_at) // step)
    last = min(len(energy_wh) - 1, (after.at - starts_at) // step)
    for index in range(first, last + 1):
        begins = max(before.at, starts_at + index * step)
        ends = min(after.at, starts_at + (index + 1) * step)
        energy_wh[index] += grown_wh * ((ends - begins) / lasted)
