"""Starts and stops the server: through systemd, or through a program that does the same where systemd doesn't run."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from edge_csms.domain.errors import Refusal

SYSTEMCTL = ("systemctl",)
UNIT = "edge-csms.service"
STOP_SECONDS = 120.0  # systemd itself kills after 30 s; only a systemd that hangs takes longer
LOOK_SECONDS = 0.1

IsOver = Callable[[], bool]
"""Says whether it is time to wait no longer."""


class ServiceFault(Refusal):
    """The server could not be started or stopped."""


class Service:
    """The server as a service."""

    def __init__(self, program: Path | None = None) -> None:
        self._program = program

    def start(self, is_over: IsOver = lambda: False) -> None:
        """Start the server and wait until it is ready; nothing where it runs. Raises ServiceFault."""
        if not self._do("start", is_over):
            raise ServiceFault("the server was started, and hangs: it shows no sign of life")

    def stop(self, kill_after: float | None = None) -> None:
        """Stop the server and wait until it is gone; nothing where it doesn't run. Raises ServiceFault.

        What doesn't end within `kill_after` seconds is killed.
        """
        if kill_after is not None:
            if self._do("stop", _after(kill_after)):
                return
            self._do("kill", _after(STOP_SECONDS))
        if not self._do("stop", _after(STOP_SECONDS)):
            raise ServiceFault(f"the server did not stop within {STOP_SECONDS:.0f} s")

    def _do(self, verb: str, is_over: IsOver) -> bool:
        """Have something done to the server; False where the time for it was over before. Raises ServiceFault."""
        try:
            with subprocess.Popen(
                self._command(verb),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process:
                said = _wait(process, is_over)
        except OSError as error:
            raise ServiceFault(f"the server can't be told to {verb}: {error}") from error
        if said is not None and process.returncode != 0:
            raise ServiceFault(f"the server did not {verb}" + (f": {said.strip()[-500:]}" if said.strip() else ""))
        return said is not None

    def _command(self, verb: str) -> list[str]:
        if self._program is not None:
            return [str(self._program), verb]
        return [*SYSTEMCTL, verb, *(["--signal=SIGKILL"] if verb == "kill" else []), UNIT]


def _wait(process: "subprocess.Popen[str]", is_over: IsOver) -> str | None:
    """Wait for the end of a process and give what it said; None where it was ended by us since the time was over."""
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            if is_over():
                process.kill()
                return None


def _after(seconds: float) -> IsOver:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() > deadline
