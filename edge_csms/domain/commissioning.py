"""Commissioning runs: a charge point is checked step by step when it is handed over, and the report remembers it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Facts = Mapping[str, str | float | int | None]


class StepName(StrEnum):
    """The steps, in their order."""

    BOOT = "boot"
    CONFIGURATION = "configuration"
    METER = "meter"
    START = "start"
    POWER = "power"
    LIMIT = "limit"
    STOP = "stop"
    UNLOCK = "unlock"
    LOST_LINK = "lost_link"


class StepState(StrEnum):
    """How far a step is. One that is noted brought something that a person has to judge."""

    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"
    SKIPPED = "skipped"


class RunState(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the server stopped meanwhile


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: `code` says it for the catalogues of the page, `facts` are what it was read from."""

    state: StepState
    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run; while it is running, `code` says what it waits for."""

    name: StepName
    state: StepState = StepState.WAITING
    code: str = ""
    facts: Facts = field(default_factory=dict)
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plate:
    """What the charge point said of itself at the time of the run."""

    vendor: str | None = None
    model: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """One way in which the charge point had deviated from the standard by the end of the run."""

    field: str
    explanation: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A commissioning run, and with its end the hand-over report."""

    run_id: int
    charge_point_id: str
    connector_id: int
    id_tag: str
    technician: str
    asked_by: str
    state: RunState
    started_at: datetime
    finished_at: datetime | None = None
    plate: Plate = field(default_factory=Plate)
    steps: tuple[Step, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure that a meter showed, in W, Wh, V, A or Hz."""

    measurand: str
    value: float
    phase: str | None = None


# What a sound meter at a low-voltage grid shows: 230 V with some more than the tolerance of EN 50160.
PLAUSIBLE = {
    "Voltage": (180.0, 270.0),
    "Frequency": (45.0, 65.0),
    "Current.Import": (0.0, 1000.0),
    "Power.Active.Import": (0.0, 1_000_000.0),
    "Energy.Active.Import.Register": (0.0, 1e12),
}
BETWEEN_PHASES = ("L1-L2", "L2-L3", "L3-L1")
SQUARE_ROOT_OF_3 = 1.732
REGISTER = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"
CURRENT = "Current.Import"
NOMINAL_VOLTS = 230.0
TOLERANCE = 1.1  # of meters and cars


def find_doubts(readings: Iterable[Reading]) -> list[str]:
    """Say what of a meter's figures can't be right."""
    doubts = []
    for one in readings:
        low, high = PLAUSIBLE.get(one.measurand, (one.value, one.value))
        if one.phase in BETWEEN_PHASES:
            low, high = low * SQUARE_ROOT_OF_3, high * SQUARE_ROOT_OF_3
        if not low <= one.value <= high:
            doubts.append(f"{one.measurand}{'' if one.phase is None else f' {one.phase}'} = {one.value:g}")
    return doubts


def figure(readings: Iterable[Reading], measurand: str) -> float | None:
    """Give the figure of a measurand over all phases: the total where it is told, else their sum."""
    found = {one.phase: one.value for one in readings if one.measurand == measurand}
    return found.get(None, sum(found.values()) if found else None)


def highest_amps(readings: Iterable[Reading]) -> float | None:
    """Give the current of the phase that carries most; None where no phase is metered."""
    return max((one.value for one in readings if one.measurand == CURRENT and one.phase != "N"), default=None)


def exceeds(readings: list[Reading], limit_amps: float, phases: int) -> bool | None:
    """Say whether more flows than a limit allows; None where neither current nor power is metered."""
    amps = highest_amps(readings)
    if amps is not None:
        return amps > limit_amps * TOLERANCE
    power_w = figure(readings, POWER)
    return None if power_w is None else power_w > limit_amps * NOMINAL_VOLTS * phases * TOLERANCE


def settle(steps: Iterable[Step]) -> list[Step]:
    """Give the steps of a run that ends: those that came to no end were left out."""
    unsettled = (StepState.WAITING, StepState.RUNNING)
    return [Step(one.name, StepState.SKIPPED, "not_reached") if one.state in unsettled else one for one in steps]


def verdict(steps: Iterable[Step]) -> RunState:
    """Say how a run that came to its end ended."""
    return RunState.FAILED if any(one.state is StepState.FAILED for one in steps) else RunState.PASSED
