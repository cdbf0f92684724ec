"""How long the updater waits for what, and how it notices that a server shows no sign of life any more."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds.

    A version that hangs makes room within 60 s of its start, or of its last sign of life: it is given up after `quiet`,
    or `unwell` and 5 s more for a question that it leaves unanswered, is killed after `stop`, and its database is
    replaced by a rename. The old version then takes about 5 s to start on a slow box, and chargers have the 30 s that
    are left. Nothing limits a start as long as there are signs: a large database on a slow card may take its hours.
    """

    # Between two signs. The longest pause of a start is the one before its first, while the program is loaded:
    # 0.4 s on a desktop, 7 s on one that is slowed down to a tenth. After that one comes each second, or every 5 s
    # where a disk is waited for.
    quiet: float = 20.0
    # For which a version that has started may say that it is not ready, or nothing. It says READY when its ports are
    # open and its database can be used, so more than a busy moment is wrong.
    unwell: float = 10.0
    # Until a version that goes back is killed. One in order stops within a second, and nobody relies on what it did.
    stop: float = 5.0
    # For which a version must be well on end: what its jobs do first, they do at once.
    steady: float = 5.0
    # Until all chargers are back that were connected; most of them try every 10 to 30 s.
    charge_points: float = 60.0
    # The same at most, where they were cut off for long: before a new version without an updater keeps itself, 600 s.
    most_for_charge_points: float = 540.0
    # Between two attempts to put the database back, of which the first three cover what passes by itself.
    retry: float = 5.0
    look_every: float = 0.25

    def for_charge_points(self, away: float) -> float:
        """Say how long chargers have that were cut off for so long: who doubles its pauses may pause as long again."""
        return max(self.charge_points, min(away, self.most_for_charge_points))


class Quiet:
    """Notices that something has not changed for some seconds."""

    def __init__(self, sign: Callable[[], object], seconds: float) -> None:
        self._sign = sign
        self._seconds = seconds
        self._seen = sign()
        self._changed_at = time.monotonic()

    def is_over(self) -> bool:
        """Look, and say whether it is time to give up."""
        now, seen = time.monotonic(), self._sign()
        if seen != self._seen:
            self._seen, self._changed_at = seen, now
        return now - self._changed_at > self._seconds
