"""Asking a charge point over REST to send a message now."""

from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central import triggers
from edge_csms.central.dialect import Trigger
from edge_csms.domain.roles import Role
from edge_csms.web.charge_points import CHARGE_POINT
from edge_csms.web.request import Request
from edge_csms.web.route import Route

RESULTS = {
    "Accepted": "The charge point will send the message.",
    "Rejected": "The charge point won't send the message now.",
    "NotImplemented": "The charge point can't send this message on request.",
}


class TriggerWish(msgspec.Struct, forbid_unknown_fields=True):
    """Which message the charge point shall send, and about which connector; without one about all."""

    message: Trigger
    connector_id: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class Triggered(msgspec.Struct):
    """The charge point's word, Accepted, Rejected or NotImplemented; what it sends comes by itself."""

    status: str
    detail: str


async def trigger_message(request: Request, charge_point_id: str, body: TriggerWish) -> Triggered:
    """Ask a charge point to send a message now."""
    request.audit.details = f"message={body.message} connector_id={body.connector_id}"
    status = await triggers.trigger(request.parts.central, charge_point_id, body.message, body.connector_id)
    request.audit.result = status
    return Triggered(status, RESULTS.get(status, status))


ROUTES = [
    Route(
        method="POST",
        path=CHARGE_POINT + "/trigger",
        function=trigger_message,
        role=Role.TECHNICIAN,
        body=TriggerWish,
        returns=Triggered,
        errors=(404, 409, 502, 504),
        audit="charge_point.trigger",
        summary="Ask a charge point to send a message now",
    ),
]
