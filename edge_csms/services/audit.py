"""The trail of who commanded, accepted, edited or deleted what, when, and with which result."""

from datetime import datetime, timedelta

from edge_csms.domain.accounts import Actor, AuditEntry
from edge_csms.storage import audit_entries

KEPT = timedelta(days=2 * 365)
MAX_TEXT = 500  # of a subject, details or result: whoever may act must not fill the disk with words


def record(now: datetime, who: Actor, action: str, subject: str, details: str = "", result: str = "done") -> None:
    """Write one entry; call it inside the database transaction of the act, and give it no secret."""
    audit_entries.add(now, who.username, who.address, action, subject[:MAX_TEXT], details[:MAX_TEXT], result[:MAX_TEXT])


def list_(
    limit: int,
    before_key: int | None = None,
    username: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> list[AuditEntry]:
    """List entries, newest first, from behind `before_key`, with from_ <= at < to."""
    return audit_entries.list_(
        limit=limit, before_key=before_key, username=username, action=action, subject=subject, from_=from_, to=to
    )


def purge(now: datetime) -> int:
    """Delete what is older than two years and say how many entries it was."""
    return audit_entries.delete_before(now - KEPT)
