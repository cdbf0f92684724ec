"""Any CALL that a central system may send, over REST, and the latest frames of a charge point."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from edge_csms.central.inspector import Message
from edge_csms.domain.roles import Role
from edge_csms.services import charge_points
from edge_csms.web.paging import Page, PageQuery
from edge_csms.web.request import Request
from edge_csms.web.route import Route

CHARGE_POINT = "/api/v1/charge-points/{charge_point_id}"


class WirePayload(msgspec.Struct):
    """The payload of the CALL as the OCPP specification has it; it goes out as posted."""


class MessageItem(msgspec.Struct):
    """One CALL with its answer; `direction` "in" is a CALL of the charge point, "out" one of ours."""

    id: int
    at: datetime
    charge_point_id: str
    direction: Literal["in", "out"]
    action: str
    message_id: str
    request: str
    answer: str | None
    answered_at: datetime | None
    latency_ms: float | None
    fault: str | None


def message_item(message: Message) -> MessageItem:
    """Show a message of the inspector."""
    return MessageItem(
        id=message.number,
        at=message.sent_at,
        charge_point_id=message.charge_point_id,
        direction="in" if message.direction == "in" else "out",
        action=message.action,
        message_id=str(message.message_id),
        request=_text(message.request),
        answer=None if message.answer is None else _text(message.answer),
        answered_at=message.answered,
        latency_ms=message.latency_ms,
        fault=message.fault,
    )


async def send_call(request: Request, charge_point_id: str, action: str, body: bytes) -> Any:
    """Send a CALL and return the payload of its answer."""
    central = request.parts.central
    request.audit.details = central.conceal(action, body).decode(errors="replace")
    answer = await central.send(charge_point_id, action, body or b"{}")
    request.audit.result = central.conceal(action, answer).decode(errors="replace")
    return msgspec.Raw(answer)


async def list_messages(request: Request, charge_point_id: str, query: PageQuery) -> Page[MessageItem]:
    """List the latest frames, the newest first."""
    await request.database.run(charge_points.get, charge_point_id)
    messages = request.parts.central.inspector.list_(charge_point_id)
    return Page([message_item(message) for message in messages[: query.limit]], None)


def _text(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode(errors="replace")


ROUTES = [
    Route(
        method="POST",
        path=CHARGE_POINT + "/calls/{action}",
        function=send_call,
        role=Role.TECHNICIAN,
        body=WirePayload,
        raw_body=True,
        returns=WirePayload,
        errors=(404, 409, 502, 504),
        audit="charge_point.call",
        summary="Send any OCPP call",
    ),
    Route(
        method="GET",
        path=CHARGE_POINT + "/messages",
        function=list_messages,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[MessageItem],
        errors=(404,),
        summary="List the latest frames",
    ),
]
