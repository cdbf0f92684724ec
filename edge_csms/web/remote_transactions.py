"""Remote start and stop in the seed's own shapes."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from edge_csms.central import remote_start as commands
from edge_csms.domain.errors import Conflict, NotFound
from edge_csms.domain.model import fold
from edge_csms.domain.roles import Role
from edge_csms.services import transactions
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Positive = Annotated[int, Meta(ge=1, le=2**31 - 1)]
IdTagText = Annotated[str, Meta(min_length=1, max_length=20)]


class RemoteStart(msgspec.Struct, forbid_unknown_fields=True):
    """Where to start, and for whom."""

    charger_id: str
    id_tag: IdTagText
    connector_id: Positive | None = None


class RemoteStop(msgspec.Struct, forbid_unknown_fields=True):
    """Which transaction to stop."""

    transaction_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    charger_id: str | None = None


class RemoteResult(msgspec.Struct):
    """The charge point's word; Accepted means that it will try."""

    status: str
    detail: str


async def remote_start(request: Request, body: RemoteStart) -> RemoteResult:
    """Ask a charge point to start a transaction."""
    request.audit.subject = body.charger_id
    request.audit.details = f"id_tag={body.id_tag} connector_id={body.connector_id}"
    asked = (body.charger_id, body.id_tag, body.connector_id)
    status, words = await commands.remote_start(request.parts.central, request.database, *asked)
    request.audit.result = status
    return RemoteResult(status, words)


async def remote_stop(request: Request, body: RemoteStop) -> RemoteResult:
    """Ask a charge point to stop a transaction."""
    transaction = await request.database.run(transactions.get, body.transaction_id)
    request.audit.subject, request.audit.details = transaction.charge_point_id, f"transaction_id={body.transaction_id}"
    if body.charger_id is not None and fold(body.charger_id) != fold(transaction.charge_point_id):
        raise NotFound(f"charge point {body.charger_id} has no transaction {body.transaction_id}")
    if not transaction.may_go_on:
        raise Conflict(f"transaction {body.transaction_id} has ended already ({transaction.state.value})")
    wire_id = str(transaction.transaction_id)
    status = await request.parts.central.remote_stop(transaction.charge_point_id, wire_id)
    request.audit.result = status
    accepted = "The charge point will stop the transaction."
    refused = f"The charge point answered {status}: it won't do this now."
    return RemoteResult(status, accepted if status == "Accepted" else refused)


_SHARED: dict[str, Any] = {
    "role": Role.TECHNICIAN,
    "returns": RemoteResult,
    "errors": (404, 409, 502, 504),
    "style": "seed",
}

ROUTES = [
    Route(
        method="POST",
        path="/api/remote-transactions/start/",
        function=remote_start,
        body=RemoteStart,
        audit="transaction.remote_start",
        summary="Start a transaction remotely",
        **_SHARED,
    ),
    Route(
        method="POST",
        path="/api/remote-transactions/stop/",
        function=remote_stop,
        body=RemoteStop,
        audit="transaction.remote_stop",
        summary="Stop a transaction remotely",
        **_SHARED,
    ),
]
