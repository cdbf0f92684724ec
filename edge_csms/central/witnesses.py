"""What the chargers' clocks say about the box's: those whose messages show that they tell the time steadily."""

from dataclasses import dataclass
from datetime import datetime

STEADY_SECONDS = 5.0  # a message about now is as old as others about now; one that waited in a queue is not
WATCHED_SECONDS = 20.0  # so long a clock must have been steady: messages from a queue may have come all at once
FORGOTTEN_SECONDS = 3600.0
AGREES_SECONDS = 120.0
ASTRAY_SECONDS = 86400.0  # less may be a charger that tells local time for UTC, as many do
AT_LEAST = 2  # clocks that may accuse the box's: a single one is sooner wrong itself


@dataclass(slots=True)
class _Clock:
    offset: float  # seconds since 1970 that it showed when the count was 0
    since: float
    until: float


class Witnesses:
    """The clocks of all chargers, each by its distance to seconds that are counted and never set."""

    def __init__(self) -> None:
        self._clocks: dict[str, _Clock] = {}

    def note(self, charge_point_id: str, sent: datetime, counted: float) -> None:
        """Take in the time in a message that came at this count of seconds."""
        offset = sent.timestamp() - counted
        clock = self._clocks.get(charge_point_id)
        if clock is None or abs(offset - clock.offset) > STEADY_SECONDS:
            self._clocks[charge_point_id] = _Clock(offset, counted, counted)
        else:
            clock.until = counted

    def confirm(self, offset: float, counted: float) -> bool:
        """Say whether most of those that can tell agree with a clock that is so far ahead of the count."""
        distances = self._distances(offset, counted)
        agreeing = sum(distance <= AGREES_SECONDS for distance in distances)
        return agreeing * 2 > len(distances)

    def contradict(self, offset: float, counted: float) -> bool:
        """Say whether several, and most of those that can tell, are more than a day away from such a clock."""
        distances = self._distances(offset, counted)
        astray = sum(distance > ASTRAY_SECONDS for distance in distances)
        return astray >= AT_LEAST and astray * 2 > len(distances)

    def _distances(self, offset: float, counted: float) -> list[float]:
        return [
            abs(clock.offset - offset)
            for clock in self._clocks.values()
            if clock.until - clock.since >= WATCHED_SECONDS and counted - clock.until < FORGOTTEN_SECONDS
        ]
