"""Configuration changes: settings that charge points are given together, and what they had before."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_csms.domain.configuration import Change, ChangeKind, ChangeState
from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import ConfigurationChange as Row


def get(change_id: int) -> Change | None:
    """Find a change."""
    row = _shown().where(Row.change_id == change_id).first()
    return None if row is None else _from_row(row)


def list_(charge_point_key: int, *, before: int | None = None, limit: int = 100) -> list[Change]:
    """List the changes of a charge point, the newest first, those below the id `before`."""
    query = _shown().where(Row.charge_point == charge_point_key)
    if before is not None:
        query = query.where(Row.change_id < before)
    return [_from_row(row) for row in query.order_by(Row.change_id.desc()).limit(limit)]


def find_waiting(charge_point_key: int) -> Change | None:
    """Find the change that a charge point shall get once it is idle."""
    query = _shown().where((Row.charge_point == charge_point_key) & (Row.state == ChangeState.WAITING.value))
    row = query.order_by(Row.change_id.desc()).first()
    return None if row is None else _from_row(row)


def list_waiting() -> list[str]:
    """List the charge points for which a change waits."""
    waiting = _shown().where((Row.state == ChangeState.WAITING.value) & ChargePoint.retired_at.is_null())
    return sorted({row.charge_point.charge_point_id for row in waiting})


def add(charge_point_key: int, kind: ChangeKind, wanted: Mapping[str, str], asked_by: str, now: datetime) -> int:
    """Store a change that waits; one that waited before is replaced."""
    waiting = (Row.charge_point == charge_point_key) & (Row.state == ChangeState.WAITING.value)
    Row.update({Row.state: ChangeState.REPLACED.value, Row.finished_at: now}).where(waiting).execute()
    return int(
        Row.insert(
            charge_point=charge_point_key,
            kind=kind.value,
            state=ChangeState.WAITING.value,
            wanted=json.dumps(wanted),
            asked_by=asked_by,
            asked_at=now,
        ).execute()
    )


def update(change: Change, **changes: Any) -> None:
    """Store how far a change is: `before`, `results`, `state`, `finished_at`."""
    stored = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in changes.items()}
    Row.update(stored).where(Row.change_id == change.change_id).execute()


def _shown() -> Any:
    return Row.select(Row, ChargePoint.key, ChargePoint.charge_point_id).join(ChargePoint)


def _from_row(row: Row) -> Change:
    return Change(
        change_id=row.change_id,
        charge_point_id=row.charge_point.charge_point_id,
        kind=ChangeKind(row.kind),
        state=ChangeState(row.state),
        wanted=json.loads(row.wanted),
        before=json.loads(row.before),
        results=json.loads(row.results),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
    )
