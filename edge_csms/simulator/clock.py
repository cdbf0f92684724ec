"""The clock of a charge point: true time, shifted if the charge point is wrong, and waiting that can be sped up."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from edge_csms.ocpp import times


class Clock:
    """Tells the time and lets time pass.

    With a `speed` of 60 what takes an hour takes a minute: waits are shorter and energy flows faster, but timestamps
    stay those of the real day, because a central system doubts a charge point whose clock runs ahead.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.offset = timedelta()  # how far this charge point's clock is ahead of the true time
        self._seconds = 0.0  # that had passed when the speed was set
        self._since = time.monotonic()
        self._speed = 1.0
        self.speed = speed

    @property
    def speed(self) -> float:
        """How much faster than life."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self._seconds, self._since = self.seconds(), time.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        """Return the time that this charge point believes it is."""
        return datetime.now(UTC) + self.offset

    def text(self) -> str:
        """Return the time as it goes on the wire."""
        return times.format(self.now(), milliseconds=True)

    def set(self, moment: datetime) -> None:
        """Set the clock, as an answer to BootNotification or Heartbeat does."""
        self.offset = moment - datetime.now(UTC)

    def seconds(self) -> float:
        """Return seconds that only grow, in sped-up time."""
        return self._seconds + (time.monotonic() - self._since) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Let sped-up seconds pass."""
        await asyncio.sleep(seconds / self.speed)
