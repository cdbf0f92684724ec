"""What a reservation is, whom it serves and what ends it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.model import Connector
from edge_csms.domain.reservations import Reservation, ReservationStatus

MADE_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
EXPIRES_AT = MADE_AT + timedelta(minutes=30)
RESERVATION = Reservation(1, "CP1", 2, "GUEST", None, ReservationStatus.ACCEPTED, EXPIRES_AT, MADE_AT)


def test_it_expires_without_anything_happening():
    assert RESERVATION.as_of(EXPIRES_AT - timedelta(seconds=1)) is RESERVATION
    expired = RESERVATION.as_of(EXPIRES_AT)
    assert (expired.status, expired.settled_at) == (ReservationStatus.EXPIRED, EXPIRES_AT)


def test_what_is_settled_does_not_expire_any_more():
    used = replace(RESERVATION, status=ReservationStatus.USED)
    assert used.as_of(EXPIRES_AT + timedelta(days=1)) is used


@pytest.mark.parametrize(
    ("minutes", "serves"), [(-6, False), (-4, True), (0, True), (29, True), (30, False), (60, False)]
)
def test_it_serves_a_start_within_its_time_give_or_take_a_slow_clock(minutes, serves):
    assert RESERVATION.may_serve(2, MADE_AT + timedelta(minutes=minutes)) is serves


def test_it_serves_its_own_connector_or_any_one():
    at = MADE_AT + timedelta(minutes=1)
    assert not RESERVATION.may_serve(1, at)
    assert replace(RESERVATION, connector_id=0).may_serve(1, at)


@pytest.mark.parametrize(
    ("status", "unsure", "serves"),
    [
        (ReservationStatus.REQUESTED, False, True),
        (ReservationStatus.EXPIRED, False, True),  # by our clock, but the Start says when it was
        (ReservationStatus.ENDED, True, True),
        (ReservationStatus.ENDED, False, False),
        (ReservationStatus.USED, False, False),
        (ReservationStatus.CANCELLED, False, False),
    ],
)
def test_only_one_that_may_still_hold_serves_anybody(status, unsure, serves):
    reservation = replace(RESERVATION, status=status, unsure=unsure)
    assert reservation.may_serve(2, MADE_AT + timedelta(minutes=1)) is serves


@pytest.mark.parametrize(
    ("connector_id", "status", "ends"),
    [
        (2, "Faulted", True),
        (2, "Unavailable", True),
        (0, "Unavailable", True),
        (1, "Faulted", False),
        (2, "Occupied", False),
        (2, "Charging", False),
    ],
)
def test_a_fault_or_unavailability_of_its_place_ends_it(connector_id, status, ends):
    assert RESERVATION.ends_with(connector_id, status) is ends


def test_what_is_over_is_not_ended_again():
    used = replace(RESERVATION, status=ReservationStatus.USED)
    assert not used.ends_with(2, "Faulted")
    assert not used.is_let_go(said("Reserved"), "Available", MADE_AT)


def said(status: str, at: datetime = MADE_AT, connector_id: int = 2) -> Connector:
    return Connector(connector_id, status, None, None, None, at)


@pytest.mark.parametrize(
    ("before", "status", "minutes_left", "let_go"),
    [
        (said("Reserved"), "Available", 10, True),
        (said("Reserved", MADE_AT - timedelta(milliseconds=900)), "Available", 10, True),
        (said("Reserved"), "Preparing", 10, False),  # the driver has come
        (said("Available"), "Available", 10, False),  # some never say Reserved
        (said("Reserved", MADE_AT - timedelta(minutes=1)), "Available", 10, False),  # that was for another
        (said("Reserved", connector_id=1), "Available", 10, False),
        (said("Reserved"), "Available", 4, False),  # it expires by the charger's clock
    ],
)
def test_a_reserved_connector_that_is_free_again_was_let_go(before, status, minutes_left, let_go):
    now = RESERVATION.expires_at - timedelta(minutes=minutes_left)
    assert RESERVATION.is_let_go(before, status, now) is let_go
