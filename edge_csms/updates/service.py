"""Starts and stops the server: through systemd, or through a program that does the same where systemd doesn't run."""

import subprocess
from pathlib import Path

from edge_csms.domain.errors import Refusal

SYSTEMCTL = ("systemctl",)
UNIT = "edge-csms.service"
STOP_SECONDS = 120.0


class ServiceFault(Refusal):
    """The server could not be started or stopped."""


class Service:
    """The server as a service."""

    def __init__(self, program: Path | None = None) -> None:
        self._program = program

    def start(self, seconds: float = 60.0) -> None:
        """Start the server and wait so long until it is ready; nothing where it runs. Raises ServiceFault."""
        self._do("start", seconds)

    def stop(self) -> None:
        """Stop the server and wait until it is gone; nothing where it doesn't run. Raises ServiceFault."""
        self._do("stop", STOP_SECONDS)

    def _do(self, verb: str, seconds: float) -> None:
        command = [*SYSTEMCTL, verb, UNIT] if self._program is None else [str(self._program), verb]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ServiceFault(f"the server can't be told to {verb}: {error}") from error
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise ServiceFault(f"the server did not {verb}" + (f": {said[-500:]}" if said else ""))
