"""Whether somebody who knows the time keeps the box's clock right, by NTP or the like."""

import ctypes
import time
from pathlib import Path

NOT_SYNCHRONIZED = 5  # TIME_ERROR of the kernel
MARK = Path("/run/systemd/timesync/synchronized")  # which systemd-timesyncd touches whenever it has asked a server
FRESH_SECONDS = 2100.0  # it asks at least every 2048 s
JITTER_SECONDS = 60.0


def is_synchronized(mark: Path = MARK) -> bool:
    """Ask the kernel, and where a hardened service may not, look for the mark of systemd-timesyncd."""
    return _kernel_says_so() or _is_fresh(mark)


def _kernel_says_so() -> bool:
    return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))) not in (NOT_SYNCHRONIZED, -1)


def _is_fresh(mark: Path) -> bool:
    """Say whether the mark is from the time that the clock shows: whoever set it since has left the mark behind."""
    try:
        age = time.time() - mark.stat().st_mtime
    except OSError:
        return False
    return -JITTER_SECONDS <= age <= FRESH_SECONDS
