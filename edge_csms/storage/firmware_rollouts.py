"""Roll-outs of firmware, with the charge points that they are for."""

from datetime import datetime
from typing import Any

from peewee import JOIN

from edge_csms.domain.file_jobs import FileJobState
from edge_csms.domain.firmware_rollouts import FirmwareRollout, RolloutState, RolloutStep
from edge_csms.storage.tables import ChargePoint, FileJob
from edge_csms.storage.tables import FirmwareRollout as Row
from edge_csms.storage.tables import FirmwareRolloutStep as StepRow


def get(rollout_id: int) -> FirmwareRollout | None:
    """Find a roll-out."""
    row = Row.get_or_none(Row.rollout_id == rollout_id)
    return None if row is None else _from_row(row)


def list_(*, limit: int, before: int | None = None, state: RolloutState | None = None) -> list[FirmwareRollout]:
    """List roll-outs, the newest first, from behind `before`."""
    query = Row.select()
    if before is not None:
        query = query.where(Row.rollout_id < before)
    if state is not None:
        query = query.where(Row.state == state.value)
    return [_from_row(row) for row in query.order_by(Row.rollout_id.desc()).limit(limit)]


def add(columns: dict[str, Any], charge_point_keys: list[int]) -> int:
    """Store a new roll-out and return its id."""
    rollout_id = int(Row.insert(columns).execute())
    for position, key in enumerate(charge_point_keys):
        StepRow.insert(rollout=rollout_id, position=position, charge_point=key).execute()
    return rollout_id


def finish(rollout_id: int, state: RolloutState, reason: str | None, now: datetime) -> bool:
    """End a running roll-out; False when it has ended already."""
    running = (Row.rollout_id == rollout_id) & (Row.state == RolloutState.RUNNING.value)
    return bool(Row.update(state=state.value, reason=reason, finished_at=now).where(running).execute())


def note_job(rollout_id: int, charge_point_key: int, job_id: int) -> None:
    """Keep which job a charge point got."""
    mine = (StepRow.rollout == rollout_id) & (StepRow.charge_point == charge_point_key)
    StepRow.update(job_id=job_id).where(mine).execute()


def count_running_of_image(image_id: int) -> int:
    """Count the running roll-outs that need an image."""
    running = Row.state == RolloutState.RUNNING.value
    return int(Row.select().where(running & (Row.image_id == image_id)).count())


def _from_row(row: Row) -> FirmwareRollout:
    return FirmwareRollout(
        rollout_id=row.rollout_id,
        image_id=row.image_id,
        state=RolloutState(row.state),
        reason=row.reason,
        signed=row.signed,
        protocol=row.protocol,
        force=row.force,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        steps=_steps(row.rollout_id),
    )


def _steps(rollout_id: int) -> tuple[RolloutStep, ...]:
    found: Any = (
        StepRow.select(StepRow.position, ChargePoint.charge_point_id, StepRow.job_id, FileJob.state, FileJob.reason)
        .join(ChargePoint, on=(StepRow.charge_point == ChargePoint.key))
        .join_from(StepRow, FileJob, JOIN.LEFT_OUTER, on=(StepRow.job_id == FileJob.job_id))
        .where(StepRow.rollout == rollout_id)
        .order_by(StepRow.position)
    )
    return tuple(
        RolloutStep(position, charge_point_id, job_id, None if state is None else FileJobState(state), reason)
        for position, charge_point_id, job_id, state, reason in found.tuples()
    )
