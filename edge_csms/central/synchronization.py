"""Whether somebody who knows the time keeps the box's clock right, by NTP or the like."""

import ctypes
import subprocess
import threading
import time
from pathlib import Path

NOT_SYNCHRONIZED = 5  # TIME_ERROR of the kernel
MARK = Path("/run/systemd/timesync/synchronized")  # which systemd-timesyncd touches whenever it has asked a server
FRESH_SECONDS = 2100.0  # it asks at least every 2048 s
JITTER_SECONDS = 60.0
# systemd asks the kernel for us, so it knows of every NTP daemon, and the service needs no call that sets clocks.
COMMAND = ("timedatectl", "show", "--property=NTPSynchronized", "--value")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}  # none of what an executable sets for itself
ASK_EVERY_SECONDS = 30.0  # a doubt may last for weeks
ANSWER_SECONDS = 10.0  # in which systemd answers, also where it has to start what knows


class Systemd:
    """Asks systemd in a thread of its own, since nobody may wait for it: who asks gets the answer to an earlier ask."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command
        self._ask_at = 0.0
        self._confirmed_until = 0.0

    def says_so(self) -> bool:
        """Say whether it has confirmed within seconds that the clock is right, and ask it again now and then."""
        now = time.monotonic()
        if now >= self._ask_at:
            self._ask_at = now + ASK_EVERY_SECONDS
            threading.Thread(target=self._ask, name="time synchronization", daemon=True).start()
        return now < self._confirmed_until

    def _ask(self) -> None:
        try:
            done = subprocess.run(
                self._command, env=ENVIRONMENT, capture_output=True, timeout=ANSWER_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return  # no systemd here, or none that can be asked
        if done.stdout.strip() == b"yes":
            self._confirmed_until = time.monotonic() + ANSWER_SECONDS


systemd = Systemd()


def is_synchronized(mark: Path = MARK) -> bool:
    """Ask the kernel, and where a hardened service may not, look for the mark of systemd-timesyncd and ask systemd."""
    return _kernel_says_so() or _is_fresh(mark) or systemd.says_so()


def _kernel_says_so() -> bool:
    return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))) not in (NOT_SYNCHRONIZED, -1)


def _is_fresh(mark: Path) -> bool:
    """Say whether the mark is from the time that the clock shows: whoever set it since has left the mark behind."""
    try:
        age = time.time() - mark.stat().st_mtime
    except OSError:
        return False
    return -JITTER_SECONDS <= age <= FRESH_SECONDS
