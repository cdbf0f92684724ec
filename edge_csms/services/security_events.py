"""What is remembered of security events."""

from dataclasses import replace
from datetime import datetime, timedelta

from edge_csms.domain.model import SecurityEvent
from edge_csms.services import charge_points
from edge_csms.storage import security_events

KEPT = timedelta(days=2 * 365)
MAX_TEXT = 2000


def note(charge_point_key: int, event: SecurityEvent) -> None:
    """Keep an event."""
    details = None if event.details is None else event.details[:MAX_TEXT]
    security_events.add(charge_point_key, replace(event, kind=event.kind[:MAX_TEXT], details=details))


def list_(charge_point_id: str, before: int | None, limit: int) -> list[tuple[int, SecurityEvent]]:
    """List the events of a charge point with their keys, the newest first; raises NotFound."""
    return security_events.list_(charge_points.get(charge_point_id).key, before, limit)


def purge(now: datetime) -> int:
    """Delete what is older than two years."""
    return security_events.delete_before(now - KEPT)
