"""What can go wrong for a simulated charge point."""

from typing import Any


class SimulatorError(Exception):
    """Base of them all."""


class CannotConnect(SimulatorError):
    """The connection could not be opened. `status` is the HTTP status, where there was one."""

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"cannot connect to {url}: {reason}")
        self.status = status
        self.reason = reason


class Impossible(SimulatorError):
    """No charge point could do this now: the connector is taken, reserved, or has nothing to end."""


class Offline(SimulatorError):
    """There is no connection, or it ended before the answer came."""


class NoAnswer(SimulatorError):
    """The central system did not answer in time."""


class Refused(SimulatorError):
    """The central system answered with a CALLERROR. The code is kept as it was spelt."""

    def __init__(self, action: str, code: str, description: str, details: dict[str, Any]) -> None:
        super().__init__(f"{action} was refused: {code} {description}".rstrip())
        self.action = action
        self.code = code
        self.description = description
        self.details = details


class BadAnswer(SimulatorError):
    """The central system answered with a payload that the specification does not allow."""
