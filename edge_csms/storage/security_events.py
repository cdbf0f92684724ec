"""Security events of charge points."""

from datetime import datetime

from edge_csms.domain.model import SecurityEvent
from edge_csms.storage.tables import SecurityEvent as Row


def add(charge_point_key: int, event: SecurityEvent) -> None:
    """Store an event."""
    Row.insert(
        charge_point=charge_point_key,
        kind=event.kind,
        at=event.at,
        received_at=event.received_at,
        details=event.details,
    ).execute()


def list_(charge_point_key: int, before: int | None, limit: int) -> list[tuple[int, SecurityEvent]]:
    """List events with their keys, the newest first, those below the key `before`."""
    query = Row.select().where(Row.charge_point == charge_point_key)
    if before is not None:
        query = query.where(Row.key < before)
    rows = query.order_by(Row.key.desc()).limit(limit)
    return [(row.key, SecurityEvent(row.kind, row.at, row.received_at, row.details)) for row in rows]


def delete_before(received_at: datetime) -> int:
    """Delete what was received before, and say how much it was."""
    return int(Row.delete().where(Row.received_at < received_at).execute())
