"""Any CALL that a central system may send, over REST, and the latest frames of a charge point."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal

import msgspec

from edge_csms.central.inspector import Message, as_text
from edge_csms.domain.roles import Role
from edge_csms.services import charge_points
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

CHARGE_POINT = "/api/v1/charge-points/{charge_point_id}"


class Answer(msgspec.Struct):
    """The payload of the CALLRESULT, as the charge point sent it."""


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
        request=as_text(message.request),
        answer=None if message.answer is None else as_text(message.answer),
        answered_at=message.answered,
        latency_ms=message.latency_ms,
        fault=message.fault,
    )


async def send_call(action: str, request: Request, charge_point_id: str, body: bytes) -> Any:
    """Send a CALL and return the payload of its answer; a file that it orders becomes a job that is followed."""
    central = request.parts.central
    request.audit.subject = f"{charge_point_id} {action}"
    request.audit.details = as_text(central.conceal(action, body))
    answer = await request.parts.file_commands.send(charge_point_id, action, body or b"{}", request.actor.username)
    request.audit.result = central.conceal(action, answer).decode(errors="replace")
    return msgspec.Raw(answer)


async def list_messages(request: Request, charge_point_id: str, query: PageQuery) -> Page[MessageItem]:
    """List the latest frames, the newest first."""
    await request.database.run(charge_points.get, charge_point_id)
    before = cursor_number(query.cursor)
    messages = [
        message
        for message in request.parts.central.inspector.list_(charge_point_id)
        if before is None or message.number < before
    ]
    found = page(messages, query.limit, lambda message: message.number)
    return Page([message_item(message) for message in found.items], found.next)


def call_routes(payloads: Mapping[str, type[msgspec.Struct]]) -> list[Route]:
    """Make a route for each CALL that a central system may send, given with its payload by Action."""
    return [
        Route(
            method="POST",
            path=f"{CHARGE_POINT}/calls/{action}",
            function=partial(send_call, action),
            name=f"call_{action}",
            role=Role.TECHNICIAN,
            body=payload,
            raw_body=True,  # it is sent as posted, not as read
            returns=Answer,
            errors=(404, 409, 502, 504),
            audit="charge_point.call",
            summary=f"Send {action}: {payload.__doc__}",
        )
        for action, payload in payloads.items()
    ]


ROUTES = [
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
