"""Commissioning runs: how charge points were checked when they were handed over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from edge_csms.domain.commissioning import Plate, Remark, Run, RunState, Step
from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import CommissioningRun as Row


def add(charge_point_key: int, now: datetime, plate: Plate, steps: Sequence[Step], **columns: Any) -> int:
    """Store a run that begins, and return its id."""
    values = {"charge_point": charge_point_key, "state": RunState.RUNNING.value, "started_at": now, **columns}
    records = {"plate": _json(plate), "steps": _json(steps), "remarks": _json(())}
    return int(Row.insert(values | records).execute())


def get(run_id: int) -> Run | None:
    """Find a run."""
    row = _all().where(Row.run_id == run_id).first()
    return None if row is None else _from_row(row)


def list_(*, limit: int, before: int | None = None, charge_point_keys: list[int] | None = None) -> list[Run]:
    """List runs, the newest first, from behind `before`; those of some charge points where keys are given."""
    query = _all()
    if before is not None:
        query = query.where(Row.run_id < before)
    if charge_point_keys is not None:
        query = query.where(Row.charge_point.in_(charge_point_keys))
    return [_from_row(row) for row in query.order_by(Row.run_id.desc()).limit(limit)]


def find_running(charge_point_key: int) -> int | None:
    """Give the id of the run that goes on at a charge point."""
    running = (Row.charge_point == charge_point_key) & (Row.state == RunState.RUNNING.value)
    return Row.select(Row.run_id).where(running).scalar()  # type: ignore[no-any-return]


def update(run_id: int, plate: Plate, steps: Sequence[Step]) -> None:
    """Keep how far a run is."""
    Row.update(plate=_json(plate), steps=_json(steps)).where(Row.run_id == run_id).execute()


def list_running() -> list[int]:
    """List the ids of the runs that go on."""
    return [row.run_id for row in Row.select(Row.run_id).where(Row.state == RunState.RUNNING.value)]


def finish(run_id: int, state: RunState, steps: Sequence[Step], remarks: Sequence[Remark], now: datetime) -> bool:
    """End a run; False where it had ended."""
    running = (Row.run_id == run_id) & (Row.state == RunState.RUNNING.value)
    ended = {"state": state.value, "steps": _json(steps), "remarks": _json(remarks), "finished_at": now}
    return bool(Row.update(ended).where(running).execute())


def _all() -> Any:
    return Row.select(Row, ChargePoint.charge_point_id).join(ChargePoint)


def _json(record: Any) -> bytes:
    return msgspec.json.encode(record)


def _from_row(row: Row) -> Run:
    return Run(
        run_id=row.run_id,
        charge_point_id=row.charge_point.charge_point_id,
        connector_id=row.connector_id,
        id_tag=row.id_tag,
        technician=row.technician,
        asked_by=row.asked_by,
        state=RunState(row.state),
        started_at=row.started_at,
        finished_at=row.finished_at,
        plate=msgspec.json.decode(row.plate, type=Plate),
        steps=msgspec.json.decode(row.steps, type=tuple[Step, ...]),
        remarks=msgspec.json.decode(row.remarks, type=tuple[Remark, ...]),
    )
