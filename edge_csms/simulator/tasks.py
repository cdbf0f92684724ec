"""What a charge point does in the background; it ends with its power."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from edge_csms.simulator.errors import SimulatorError

logger = logging.getLogger(__name__)


class Tasks:
    """Tasks that may fail by a lost connection, and are all ended together."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin some work that nobody waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)

    async def cancel(self) -> None:
        """End all work but the one that asks for it."""
        others = self._tasks - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, SimulatorError):
            logger.info("%s: %s", self._owner, error)
        else:
            logger.error("%s: background work failed", self._owner, exc_info=error)
