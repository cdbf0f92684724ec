"""A restore that somebody orders while the server runs: it stops, a backup takes the place of the data, it starts."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from edge_csms import control
from edge_csms.domain.errors import Refusal

T = TypeVar("T")

log = logging.getLogger(__name__)

LIVE_EVERY_SECONDS = 5.0
ANSWER_SECONDS = 0.5


async def lively(work: Coroutine[Any, Any, T], live: Callable[[], None]) -> T:
    """Do something that takes its time, saying on the way that this process lives."""
    task = asyncio.ensure_future(work)
    while not task.done():
        live()
        await asyncio.wait({task}, timeout=LIVE_EVERY_SECONDS)
    return await task


class Restores:
    """Takes the order, of which one is enough; whoever runs the server carries it out when nothing is open any more."""

    def __init__(self, data_dir: Path) -> None:
        self.trouble = ""  # why the last one failed; the data are what they were
        self._data_dir = data_dir
        self._order: tuple[Path, str | None] | None = None
        self._ordered = asyncio.Event()

    def order(self, source: Path, recovery_code: str | None) -> None:
        """Ask for a restore of this backup; who asks still gets an answer before the server stops."""
        self._order = source, recovery_code
        asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._ordered.set)

    async def wait_for_order(self, stopped: asyncio.Event) -> None:
        """Wait until a restore is ordered, or the server is told to stop."""
        waiting = [asyncio.ensure_future(event.wait()) for event in (stopped, self._ordered)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()

    async def carry_out(self, live: Callable[[], None]) -> str:
        """Do what was ordered, saying on the way that this process lives; returns why it failed, "" where it didn't."""
        if self._order is None:
            return ""
        source, recovery_code = self._order
        try:
            done = await lively(control.restore(self._data_dir, source, recovery_code), live)
        except Refusal as refusal:
            log.error("nothing was restored: %s", refusal.detail)
            return f"nothing was restored: {refusal.detail}"
        except OSError as error:
            log.exception("the restore failed")
            return f"the restore did not come to its end, restore once more: {error}"
        log.warning("restored from %s; the data before it are kept in %s", source, done["kept"])
        return ""
