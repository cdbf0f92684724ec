"""What the service manager hears from the server: that it is ready, that it lives, that it stops."""

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)

MICROSECONDS = 1_000_000


class ServiceManager:
    """Whoever started the server and wants to hear of it, as systemd does; where nobody does, nothing is said."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog_seconds = _watchdog_seconds(environment)

    def tell(self, *states: str) -> None:
        """Say something in the words of sd_notify(3), such as READY=1. Nobody has to listen."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address  # @: an abstract one
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
            try:
                connection.setblocking(False)  # a manager that is busy must not hold up the chargers
                connection.sendto("\n".join(states).encode(), address)
            except OSError as error:
                log.warning("the service manager can't be told %s: %s", states[0], error.strerror)


def _watchdog_seconds(environment: Mapping[str, str]) -> float | None:
    """Read how often the manager wants to hear that the server lives; None where it doesn't."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())  # not the parent's
    return int(microseconds) / MICROSECONDS if microseconds.isdecimal() and int(microseconds) and is_ours else None
