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
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Begin some work that nobody waits for."""
        task = asyncio.create_task(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cancel(self) -> None:
        """End all work but the one that asks for it."""
        others = self._tasks - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except SimulatorError as error:
            logger.info("%s: %s", self._owner, error)
        except Exception:
            logger.exception("%s: background work failed", self._owner)
