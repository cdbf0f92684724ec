"""The site's time: ours, its doubt, and which time of a charger is believed (messages may come late, OCPP 1.6 §3.7)."""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# A box without a battery starts in the past. It can't be older than the program that runs on it.
BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)
OLDEST_PLAUSIBLE = datetime(2015, 1, 1, tzinfo=UTC)  # before OCPP 1.6 there was nothing to send
AHEAD = timedelta(days=1)
JITTER = timedelta(seconds=5)  # NTP moves a clock back a little without harm


class SiteClock:
    """Tells the time, numbers what arrives, and notices when the box's clock stands before what it told earlier."""

    def __init__(self) -> None:
        self._arrival = 0

    def go_on_from(self, arrival: int) -> None:
        """Number what arrives above all that is stored."""
        self._arrival = max(self._arrival, arrival)

    def now(self) -> datetime:
        """Give our time in UTC, right or wrong."""
        return datetime.now(UTC)

    def next_arrival(self) -> int:
        """Number a message: microseconds since 1970, always above every number before, whatever the clock does."""
        self._arrival = max(self._arrival + 1, time.time_ns() // 1000)
        return self._arrival

    @property
    def in_doubt(self) -> bool:
        """Say whether our own time can't be right."""
        now = self.now()
        return now < BUILT_AT or now + JITTER < EPOCH + self._arrival * MICROSECOND

    def believe(self, sent: datetime | None) -> tuple[datetime, bool]:
        """Choose between a charger's time and ours; the second value says whether the charger's was plausible."""
        now = self.now()
        if sent is None or sent < OLDEST_PLAUSIBLE or (sent > now + AHEAD and not self.in_doubt):
            return now, False
        return sent, True
