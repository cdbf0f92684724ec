"""What proves a transaction over REST: its Start and Stop as they were sent, and the frames that are still kept."""

import msgspec

from edge_csms.central import transaction_frames
from edge_csms.domain.roles import Role
from edge_csms.services import transactions
from edge_csms.web.calls import MessageItem, message_item
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class Evidence(msgspec.Struct):
    """What proves a transaction.

    Its Start and Stop are stored to the letter for as long as the transaction is, or without names once the site has
    made it anonymous. Whole frames, with their answers and all that came in between, are the latest of its charge point
    since the server started: these may be gone.
    """

    start_payload: str | None
    stop_payload: str | None
    messages: list[MessageItem]


async def get_evidence(request: Request, transaction_id: int) -> Evidence:
    """Give what proves a transaction; the frames from the oldest on."""
    sent = await request.database.read(transactions.get_evidence, transaction_id)
    kept = request.parts.central.inspector.list_(sent.charge_point_id)
    frames = [] if sent.anonymous else transaction_frames.find(kept, sent.wire_id)
    return Evidence(
        _text(sent.start_payload), _text(sent.stop_payload), [message_item(message) for message in reversed(frames)]
    )


def _text(payload: bytes | None) -> str | None:
    return None if payload is None else payload.decode(errors="replace")


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/transactions/{transaction_id:int}/evidence",
        function=get_evidence,
        role=Role.VIEWER,
        returns=Evidence,
        errors=(404,),
        summary="Show what proves a transaction",
    ),
]
