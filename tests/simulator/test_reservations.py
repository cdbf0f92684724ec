"""Who may start where, while something is reserved."""

import pytest

from edge_csms.ocpp.v16.reservation import ReserveNow
from edge_csms.simulator.connector import Car, Connector
from edge_csms.simulator.reservations import Reservations


@pytest.fixture
def connectors() -> list[Connector]:
    return [Connector(1), Connector(2)]


def reserve(connector_id: int) -> Reservations:
    reservations = Reservations()
    reservations.add(
        ReserveNow(
            connector_id=connector_id,
            expiry_date="2031-01-01T00:00:00Z",
            id_tag="TAG1",
            parent_id_tag="FAMILY",
            reservation_id=1,
        )
    )
    return reservations


def test_a_reserved_connector_is_for_one_idtag_and_its_group(connectors: list[Connector]) -> None:
    reservations = reserve(1)
    assert reservations.leave_room_for(connectors[0], connectors, "tag1", None)
    assert reservations.leave_room_for(connectors[0], connectors, "TAG2", "family")
    assert not reservations.leave_room_for(connectors[0], connectors, "TAG2", None)
    assert reservations.leave_room_for(connectors[1], connectors, "TAG2", None)


def test_one_connector_is_left_for_who_reserved_any(connectors: list[Connector]) -> None:
    reservations = reserve(0)
    assert reservations.leave_room_for(connectors[0], connectors, "TAG2", None)
    connectors[1].car = Car()
    assert not reservations.leave_room_for(connectors[0], connectors, "TAG2", None)
    assert reservations.leave_room_for(connectors[0], connectors, "TAG1", None)


def test_it_is_found_by_who_uses_it() -> None:
    reservations = reserve(0)
    found = reservations.find(2, "TAG1", None)
    assert found is not None
    assert reservations.holds(found)
    assert reservations.find(2, "TAG2", None) is None
    assert reservations.remove(1)
    assert not reservations.holds(found)
