"""Writes much without being in anybody's way: in slices that hold the database thread for some milliseconds each."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from edge_csms.storage.database import Database

T = TypeVar("T")

HOLD_SECONDS = 0.02  # that a slice may take with its COMMIT
REST = 4  # times as long as a slice took the thread is left to others
REMEMBERED = 1000
FEWEST, MOST = 64, 4096  # a slow disk takes as long for one as for some, and would be written ever more often


class Pace:
    """Finds out how many items fit into the time, and keeps to it."""

    def __init__(self, database: Database, first: int = 64) -> None:
        self._database = database
        self._count = first
        self.held_seconds: deque[float] = deque(maxlen=REMEMBERED)  # by the latest slices

    async def write(self, function: Callable[[Sequence[T]], object], items: Sequence[T]) -> None:
        """Let `function` write all items, some at a time; a kill in between leaves those that were written."""
        while items:
            part, items = items[: self._count], items[self._count :]
            begun = await self._database.run(_timed, function, part)
            held = time.perf_counter() - begun
            self._adapt(held, len(part))
            await asyncio.sleep(REST * held)

    def _adapt(self, held: float, count: int) -> None:
        self.held_seconds.append(held)
        if held > HOLD_SECONDS / 2:
            self._count = max(FEWEST, count // 2)
        elif held < HOLD_SECONDS / 4 and count == self._count:
            self._count = min(MOST, count * 2)


def _timed(function: Callable[[Sequence[T]], object], part: Sequence[T]) -> float:
    """Write a part, and say when that began, so that the time until after the COMMIT can be told."""
    begun = time.perf_counter()
    function(part)
    return begun
