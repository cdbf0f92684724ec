"""What a server that starts shows of itself: root's updater and the service manager give up one that shows nothing.

That the event loop lives proves little then, since the database thread has all the work. A sign is that SQLite gets on,
or that a thread waits for the disk: that is no reason to start another version, which would have to wait as well.
"""

import contextlib
import time
from collections.abc import Awaitable
from pathlib import Path

from edge_csms.services.service_manager import ServiceManager
from edge_csms.services.update_spool import REQUESTED, Spool
from edge_csms.storage import progress

SIGN_EVERY_SECONDS = 1.0  # enough for whoever waits 20 s for the next one, and few writes to a card
# Beyond its own limit for a start (systemd/edge-csms.service), systemd waits so long for the next sign.
EXTEND = "EXTEND_TIMEOUT_USEC=60000000"
THREADS = Path("/proc/self/task")


class SignsOfLife:
    """The signs of one start."""

    def __init__(self, manager: ServiceManager, data_dir: Path) -> None:
        self._manager = manager
        self._spool = Spool(data_dir)
        self._next_at = 0.0

    async def shown_while(self, start: Awaitable[None]) -> None:
        """Wait for a start, and show a sign now and whenever the database gets on meanwhile."""
        self.show()
        with progress.told_to(self.show):
            await start

    def look(self) -> None:
        """Feed the watchdog, as the event loop that calls this lives, and show a sign if the disk is waited for."""
        self._manager.tell("WATCHDOG=1")
        if _waits_for_the_disk():
            self.show()

    def show(self) -> None:
        """Show a sign, unless the last one is fresh; any thread may."""
        now = time.monotonic()
        if now < self._next_at:
            return
        self._next_at = now + SIGN_EVERY_SECONDS
        self._manager.tell(EXTEND)
        if self._spool.has(REQUESTED):  # the updater waits for it
            with contextlib.suppress(OSError):  # a disk that can't be written is told otherwise
                self._spool.show_life()


def _waits_for_the_disk() -> bool:
    """Say whether one of our threads is in the kernel's state for that, which stands behind its name."""
    for thread in THREADS.iterdir():
        with contextlib.suppress(OSError):  # it has just ended
            if (thread / "stat").read_text().rpartition(")")[2].split()[0] == "D":
                return True
    return False
