"""Tests of the Reservation profile."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.reservation import (
    OPERATIONS,
    CancelReservation,
    CancelReservationResponse,
    ReserveNow,
    ReserveNowResponse,
)
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (CancelReservation, "reservationId"),
    (CancelReservationResponse, "status"),
    (ReserveNow, "connectorId expiryDate idTag parentIdTag reservationId"),
    (ReserveNowResponse, "status"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_reservation_is_written_to_the_letter():
    order = ReserveNow(connector_id=1, expiry_date="2026-01-31T12:00:00Z", id_tag="A", reservation_id=5)
    assert codec.encode(order) == (
        b'{"connectorId":1,"expiryDate":"2026-01-31T12:00:00Z","idTag":"A","reservationId":5}'
    )
