"""Connection attempts over REST: who came, how far, and what to do."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central.attempts import Attempt
from edge_csms.domain.roles import Role
from edge_csms.services import connection_attempts
from edge_csms.web.paging import Page, PageQuery
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class AttemptItem(msgspec.Struct):
    """One attempt, or several equal ones that were refused."""

    id: int
    at: datetime
    last_at: datetime
    count: int
    address: str
    path: str
    charge_point_id: str | None
    stage: Annotated[str, Meta(description="tcp, tls, path, identity, credential, subprotocol, first_frame ...")]
    outcome: Annotated[str, Meta(description="open, connected, ended or refused")]
    cause: str
    fix: str


class RefusedItem(msgspec.Struct):
    """One kind of refusal and how often it came, also before the last restart."""

    address: str
    charge_point_id: str
    stage: str
    cause: str
    fix: str
    count: int
    first_at: datetime
    last_at: datetime


class AttemptQuery(PageQuery):
    """Which attempts: all, or those of one identity."""

    charge_point_id: str | None = None


def _item(attempt: Attempt) -> AttemptItem:
    return AttemptItem(
        id=attempt.number,
        at=attempt.at,
        last_at=attempt.last_at,
        count=attempt.count,
        address=attempt.address,
        path=attempt.path,
        charge_point_id=attempt.identity,
        stage=attempt.stage.value,
        outcome=attempt.outcome,
        cause=attempt.cause,
        fix=attempt.fix,
    )


async def list_attempts(request: Request, query: AttemptQuery) -> Page[AttemptItem]:
    """List the latest attempts, the newest first."""
    found = request.parts.attempts.list_(query.charge_point_id)
    return Page([_item(attempt) for attempt in found[: query.limit]], None)


async def list_refused(request: Request, query: PageQuery) -> Page[RefusedItem]:
    """List the kinds of refusal, the latest first."""
    await request.parts.attempts.flush()
    found = await request.database.run(connection_attempts.list_, query.limit)
    items = [
        RefusedItem(one.address, one.identity, one.stage, one.cause, one.fix, one.count, one.first_at, one.last_at)
        for one in found
    ]
    return Page(items, None)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/connection-attempts",
        function=list_attempts,
        role=Role.VIEWER,
        query=AttemptQuery,
        returns=Page[AttemptItem],
        summary="List the latest connection attempts",
    ),
    Route(
        method="GET",
        path="/api/v1/connection-attempts/refused",
        function=list_refused,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[RefusedItem],
        summary="Count refused connection attempts by kind",
    ),
]
