"""Settings as people see them: value, where it comes from, who may change it and when a change takes effect."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Value = bool | int | float | str | list[str]


class Source(StrEnum):
    """Where the value in force comes from: the first of these that sets it."""

    ENVIRONMENT = "environment"
    FILE = "file"
    PAGE = "page"
    DEFAULT = "default"


class Effect(StrEnum):
    """When a change takes effect: at once, at once but for good only when it is confirmed, or at the next start."""

    AT_ONCE = "at_once"
    TRIAL = "trial"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of the settings."""

    key: str  # "section.key"
    value: Value
    default: Value
    source: Source
    effect: Effect
    read_only: str | None  # why the page can't change it, in words; None where it can
    wanted: str  # what a value must be, in words
    choices: tuple[str, ...] | None = None
    least: float | None = None
    most: float | None = None


class TrialState(StrEnum):
    """How a change of the network is: on trial, kept, taken back by somebody or by time, or ended by a stop."""

    RUNNING = "running"
    KEPT = "kept"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Network:
    """Where the server listens."""

    host: str
    port: int
    tls: bool
    tls_port: int

    @property
    def scheme(self) -> Literal["http", "https"]:
        """Give how people reach it."""
        return "https" if self.tls else "http"


@dataclass(frozen=True, slots=True)
class Trial:
    """The last change of port, address or TLS: it lasts only if somebody confirms it at its new address."""

    state: TrialState
    began_at: datetime
    values: dict[str, Value]
    network: Network  # of the trial, with the port numbers that are really listened on
    seconds_left: float = 0.0
