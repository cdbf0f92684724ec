"""Roll-outs: one firmware image for several charge points, one after the other, until the first that fails."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edge_csms.domain.file_jobs import OPEN, FileJobState


class RolloutState(StrEnum):
    """How far a roll-out is."""

    RUNNING = "running"
    DONE = "done"  # every charge point has it
    STOPPED = "stopped"  # one charge point failed; those behind it were left alone
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RolloutStep:
    """One charge point of a roll-out; without a job its turn has not come."""

    position: int
    charge_point_id: str
    job_id: int | None = None
    state: FileJobState | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareRollout:
    """A roll-out with its charge points in their order."""

    rollout_id: int
    image_id: int
    state: RolloutState
    reason: str | None
    signed: bool | None
    protocol: str | None
    force: bool
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    steps: tuple[RolloutStep, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """An update is under way."""


@dataclass(frozen=True, slots=True)
class Start:
    """It is this charge point's turn."""

    step: RolloutStep


@dataclass(frozen=True, slots=True)
class Finish:
    """There is nothing more to do."""

    state: RolloutState
    reason: str | None = None


def decide(steps: tuple[RolloutStep, ...]) -> Wait | Start | Finish:
    """Say what a running roll-out has to do now."""
    for step in steps:
        if step.job_id is None:
            return Start(step)
        if step.state in OPEN:
            return Wait()
        if step.state is not FileJobState.INSTALLED:
            return Finish(RolloutState.STOPPED, f"{step.charge_point_id}: {step.reason or step.state or 'no job'}")
    return Finish(RolloutState.DONE)
