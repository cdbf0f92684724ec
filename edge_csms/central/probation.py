"""Whether this version is on probation after an update: it acknowledges nothing, so that the way back loses nothing.

Chargers connect, which shows that they find the new version; their CALLs wait for an answer, and ours are held back.
People and programs read, and change nothing. It ends when the version is kept, or with the process.
"""

import asyncio


class Probation:
    """The probation of this version, which most of the time is over."""

    def __init__(self) -> None:
        self._over = asyncio.Event()
        self._over.set()

    @property
    def is_on(self) -> bool:
        """Say whether nothing may be acknowledged."""
        return not self._over.is_set()

    def begin(self) -> None:
        """Acknowledge nothing from now on."""
        self._over.clear()

    def end(self) -> None:
        """Let out what waits: this version is kept."""
        self._over.set()

    async def wait_for_end(self) -> None:
        """Wait until this version is kept."""
        await self._over.wait()
