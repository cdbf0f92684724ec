"""The Reservation profile: keep a connector free for an idTag (OCPP 1.6 §5.1, §5.13)."""

from typing import Literal

from edge_csms.ocpp.operation import Operation, Request, Response, Sender
from edge_csms.ocpp.v16.types import AcceptedOrRejected, DateTime, IdToken, Integer


class CancelReservationResponse(Response):
    """Whether there was such a reservation."""

    status: AcceptedOrRejected


class CancelReservation(Request[CancelReservationResponse]):
    """End this reservation."""

    reservation_id: Integer


class ReserveNowResponse(Response):
    """Whether the connector is reserved, or why not."""

    status: Literal["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]


class ReserveNow(Request[ReserveNowResponse]):
    """Reserve a connector, or with 0 any one, until a time. The same reservationId replaces a reservation."""

    connector_id: Integer
    expiry_date: DateTime
    id_tag: IdToken
    parent_id_tag: IdToken | None = None
    reservation_id: Integer


OPERATIONS = (
    Operation(CancelReservation, CancelReservationResponse, Sender.CENTRAL_SYSTEM),
    Operation(ReserveNow, ReserveNowResponse, Sender.CENTRAL_SYSTEM),
)
