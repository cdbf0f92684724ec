"""The clock of a charge point: true time, shifted if the charge point is wrong, and waiting that can be sped up."""

import asyncio
from datetime import UTC, datetime, timedelta

from edge_csms.ocpp import times


class Clock:
    """Tells the time and lets time pass.

    With a `speed` of 60 what takes an hour takes a minute: waits are shorter and energy flows faster, but timestamps
    stay those of the real day, because a central system doubts a charge point whose clock runs ahead.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self.speed = speed
        self.offset = timedelta()  # how far this charge point's clock is ahead of the true time

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
        return asyncio.get_running_loop().time() * self.speed

    async def sleep(self, seconds: float) -> None:
        """Let sped-up seconds pass."""
        await asyncio.sleep(seconds / self.speed)
