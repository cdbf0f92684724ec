"""Slows down whoever guesses or keeps us busy in vain; nobody has to wait for longer than a minute."""

from collections import OrderedDict
from dataclasses import dataclass

from edge_csms.domain.errors import TooManyAttempts

LONGEST_SECONDS = 60.0
FORGOTTEN_SECONDS = 15 * 60.0
MAX_KEYS = 10_000  # the oldest is forgotten first, so that a flood of names fills no memory


@dataclass
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts failures by key, e.g. (address, user name); times are seconds of a clock that only goes on."""

    def __init__(self, free_attempts: int, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._free = free_attempts
        self._longest = longest_seconds
        self._failures: OrderedDict[object, _Failures] = OrderedDict()

    def check(self, key: object, now: float) -> None:
        """Raise TooManyAttempts while an attempt for this key must still wait."""
        remaining = self.remaining_seconds(key, now)
        if remaining > 0:
            raise TooManyAttempts(remaining)

    def remaining_seconds(self, key: object, now: float) -> float:
        """Say how long an attempt for this key must still wait."""
        failures = self._failures.get(key)
        if failures is None or failures.count < self._free:
            return 0.0
        # 1, 2, 4 ... 32, 60 seconds; the exponent has a bound, since somebody may fail for years
        wait = min(2.0 ** min(failures.count - self._free, 10), self._longest)
        return max(0.0, failures.last + wait - now)

    def attempt(self, key: object, now: float) -> None:
        """Count an attempt as failed until `succeeded` says otherwise; raises TooManyAttempts if it must wait."""
        self.check(key, now)
        self.failed(key, now)

    def failed(self, key: object, now: float) -> None:
        """Count a failure."""
        failures = self._failures.pop(key, None)
        count = failures.count + 1 if failures is not None and now - failures.last < FORGOTTEN_SECONDS else 1
        self._failures[key] = _Failures(count, now)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def take_back(self, key: object) -> None:
        """Uncount an attempt that was no guess."""
        if (failures := self._failures.get(key)) is not None:
            failures.count -= 1

    def succeeded(self, key: object) -> None:
        """Forget the failures of this key."""
        self._failures.pop(key, None)


class Pace:
    """Spreads what an address brings about in vain: so much at once, then so much a second, and the rest waits."""

    def __init__(self, at_once: int, per_second: float) -> None:
        self._seconds_ahead = at_once / per_second
        self._interval = 1 / per_second
        self._due: OrderedDict[object, float] = OrderedDict()  # when the next one of a key is due

    def delay_seconds(self, key: object, now: float) -> float:
        """Count one more and say how long its answer shall wait."""
        due = max(self._due.pop(key, 0.0), now) + self._interval
        self._due[key] = due
        while len(self._due) > MAX_KEYS:
            self._due.popitem(last=False)
        return max(0.0, due - now - self._seconds_ahead)
