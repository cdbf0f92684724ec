"""Threads for what keeps a core busy: hashing passwords."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from edge_csms.domain.errors import TooManyAttempts

P = ParamSpec("P")
T = TypeVar("T")


class HashingThreads:
    """A few threads with a bounded queue: a flood of logins is refused, not collected."""

    def __init__(self, threads: int = 2, waiting: int = 64) -> None:
        self._executor = ThreadPoolExecutor(threads, "hashing")
        self._limit = threads + waiting
        self._running = 0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread; raises TooManyAttempts when too many wait already."""
        if self._running >= self._limit:
            raise TooManyAttempts(2)
        self._running += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: function(*args, **kwargs))
        finally:
            self._running -= 1

    def close(self) -> None:
        """Wait for what runs and end the threads."""
        self._executor.shutdown()
