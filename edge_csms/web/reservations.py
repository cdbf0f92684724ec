"""Reservations over REST: connectors that are kept free for somebody."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge_csms.central import reservations as commands
from edge_csms.domain.reservations import Reservation, ReservationStatus
from edge_csms.domain.roles import Role
from edge_csms.services import reservations
from edge_csms.web.paging import Page, PageQuery, Time, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

RESERVATIONS = "/api/v1/reservations"
DEFAULT_MINUTES = 15

ConnectorId = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Status = Literal["accepted", "used", "cancelled", "expired", "ended"]
IdTagText = Annotated[str, Meta(min_length=1, max_length=20)]


class ReservationItem(msgspec.Struct):
    """One reservation; `detail` says in words what became of it."""

    reservation_id: int
    charge_point_id: str
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    status: Status
    detail: str
    expires_at: datetime
    created_at: datetime
    settled_at: datetime | None
    transaction_id: int | None


class NewReservation(msgspec.Struct, forbid_unknown_fields=True):
    """What to reserve for whom; connector 0 is any one. Without `expires_at` it holds for a quarter of an hour.

    The idTag's own parent is sent along where `parent_id_tag` is left out.
    """

    charge_point_id: str
    id_tag: IdTagText
    connector_id: ConnectorId = 0
    expires_at: Time | None = None
    parent_id_tag: IdTagText | None = None


class ReservationQuery(PageQuery):
    """Which reservations."""

    charge_point_id: str | None = None
    id_tag: str | None = None
    status: Status | None = None


def _item(reservation: Reservation) -> ReservationItem:
    shown = {name: getattr(reservation, name) for name in ReservationItem.__struct_fields__}
    return msgspec.convert(shown | {"status": reservation.status.value}, ReservationItem)


async def list_reservations(request: Request, query: ReservationQuery) -> Page[ReservationItem]:
    """List reservations, the newest first."""
    found = await request.database.read(
        reservations.list_,
        request.now,
        cursor_number(query.cursor),
        query.limit + 1,
        query.charge_point_id,
        None if query.status is None else ReservationStatus(query.status),
        query.id_tag,
    )
    part = page(found, query.limit, lambda placed: placed[0])
    return Page([_item(reservation) for _, reservation in part.items], part.next)


async def get_reservation(request: Request, reservation_id: int) -> ReservationItem:
    """Show a reservation."""
    return _item(await request.database.run(reservations.get, reservation_id, request.now))


async def create_reservation(request: Request, body: NewReservation) -> ReservationItem:
    """Have a connector kept free: 201 where the charge point takes it, 409 with its word where it doesn't."""
    expires_at = body.expires_at or request.now + timedelta(minutes=DEFAULT_MINUTES)
    request.audit.subject = f"{body.charge_point_id} connector {body.connector_id}"
    request.audit.details = f"id_tag={body.id_tag} expires_at={expires_at:%Y-%m-%dT%H:%M:%SZ}"
    wish = reservations.Wish(body.charge_point_id, body.connector_id, body.id_tag, expires_at, body.parent_id_tag)
    made = await commands.reserve(request.parts.central, request.database, wish)
    request.audit.result = f"Accepted as {made.reservation_id}"
    return _item(made)


async def cancel_reservation(request: Request, reservation_id: int) -> ReservationItem:
    """Have a reservation forgotten; `ended` where the charge point says that it doesn't have it."""
    cancelled = await commands.cancel(request.parts.central, request.database, reservation_id)
    request.audit.result = cancelled.status.value
    return _item(cancelled)


ROUTES = [
    Route(
        method="GET",
        path=RESERVATIONS,
        function=list_reservations,
        role=Role.VIEWER,
        query=ReservationQuery,
        returns=Page[ReservationItem],
        summary="List reservations",
    ),
    Route(
        method="POST",
        path=RESERVATIONS,
        function=create_reservation,
        role=Role.TECHNICIAN,
        body=NewReservation,
        returns=ReservationItem,
        status=201,
        errors=(404, 409, 502, 504),
        audit="reservation.add",
        summary="Reserve a connector",
    ),
    Route(
        method="GET",
        path=RESERVATIONS + "/{reservation_id:int}",
        function=get_reservation,
        role=Role.VIEWER,
        returns=ReservationItem,
        errors=(404,),
        summary="Show a reservation",
    ),
    Route(
        method="DELETE",
        path=RESERVATIONS + "/{reservation_id:int}",
        function=cancel_reservation,
        role=Role.TECHNICIAN,
        returns=ReservationItem,
        errors=(404, 409, 502, 504),
        audit="reservation.cancel",
        summary="Cancel a reservation",
    ),
]
