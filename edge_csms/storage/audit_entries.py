"""The rows of the audit trail: written once, never changed, deleted when old."""

from datetime import datetime

from edge_csms.domain.accounts import AuditEntry
from edge_csms.storage.tables import AuditEntry as Row


def add(at: datetime, username: str, address: str, action: str, subject: str, details: str, result: str) -> None:
    """Store one entry."""
    Row.insert(
        at=at, username=username, address=address, action=action, subject=subject, details=details, result=result
    ).execute()


def list_(
    *,
    limit: int,
    before_key: int | None = None,
    username: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> list[AuditEntry]:
    """List entries, newest first, from behind `before_key`, with from_ <= at < to."""
    query = Row.select()
    for wanted, condition in (
        (before_key, Row.key < before_key),
        (username, Row.username == username),
        (action, Row.action == action),
        (subject, Row.subject == subject),
        (from_, Row.at >= from_),
        (to, Row.at < to),
    ):
        if wanted is not None:
            query = query.where(condition)
    return [
        AuditEntry(row.key, row.at, row.username, row.address, row.action, row.subject, row.details, row.result)
        for row in query.order_by(Row.key.desc()).limit(limit)
    ]


def delete_before(time: datetime) -> int:
    """Delete the entries from before `time` and say how many they were."""
    return int(Row.delete().where(Row.at < time).execute())
