"""`/api/v1/audit`: who commanded, accepted, edited or deleted what, when, from where, and with which result."""

from datetime import datetime

import msgspec

from edge_csms.domain.accounts import AuditEntry
from edge_csms.domain.roles import Role
from edge_csms.services import audit
from edge_csms.web.paging import Page, PageQuery, Time, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class AuditItem(msgspec.Struct, kw_only=True):
    """One act."""

    at: datetime
    username: str
    address: str
    action: str
    subject: str
    details: str
    result: str


class AuditQuery(PageQuery):
    """Which acts: of whom, of what kind, on what, and from <= at < to."""

    username: str | None = None
    action: str | None = None
    subject: str | None = None
    from_: Time | None = msgspec.field(default=None, name="from")
    to: Time | None = None


async def list_audit_entries(request: Request, query: AuditQuery) -> Page[AuditItem]:
    """List what was done, newest first."""
    found = await request.database.read(
        audit.list_,
        query.limit + 1,
        cursor_number(query.cursor),
        username=query.username,
        action=query.action,
        subject=query.subject,
        from_=query.from_,
        to=query.to,
    )
    entries = page(found, query.limit, lambda entry: entry.key)
    return Page([_item(entry) for entry in entries.items], entries.next)


def _item(entry: AuditEntry) -> AuditItem:
    return AuditItem(
        at=entry.at,
        username=entry.username,
        address=entry.address,
        action=entry.action,
        subject=entry.subject,
        details=entry.details,
        result=entry.result,
    )


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/audit",
        function=list_audit_entries,
        role=Role.VIEWER,
        summary="List who did what",
        query=AuditQuery,
        returns=Page[AuditItem],
    ),
]
