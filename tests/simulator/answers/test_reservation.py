"""Reservations over the wire, settled by every outcome."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.ocpp import times
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.errors import Impossible
from tests.simulator.central import Central


async def reserve(central: Central, **changes: Any) -> str:
    in_an_hour = times.format(datetime.now(UTC) + timedelta(hours=1))
    request = {"connectorId": 1, "expiryDate": in_an_hour, "idTag": "TAG1", "reservationId": 5, **changes}
    return str((await central.call("ReserveNow", request))["status"])


async def test_a_reserved_connector_is_kept_for_its_idtag(charge_point: ChargePoint, central: Central) -> None:
    assert await reserve(central) == "Accepted"
    await central.until(lambda: central.statuses(1) == ["Reserved"])
    with pytest.raises(Impossible, match="somebody else"):
        await charge_point.start(1, "TAG2")
    await charge_point.start(1, "tag1")
    assert central.of("StartTransaction")[0]["reservationId"] == 5
    await charge_point.stop(1)
    await charge_point.unplug(1)
    assert central.statuses(1)[-1] == "Available"


async def test_a_remote_start_for_somebody_else_is_rejected(charge_point: ChargePoint, central: Central) -> None:
    await reserve(central)
    answer = await central.call("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG2"})
    assert answer == {"status": "Rejected"}


async def test_the_group_of_the_idtag_may_use_it(charge_point: ChargePoint, central: Central) -> None:
    central.answers["Authorize"] = {"idTagInfo": {"status": "Accepted", "parentIdTag": "FAMILY"}}
    await reserve(central, parentIdTag="FAMILY")
    await charge_point.authorize("TAG2")
    assert (await charge_point.start(1, "TAG2")).reservation_id == 5


async def test_a_busy_connector_is_occupied(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.plug_in(1)
    assert await reserve(central) == "Occupied"


async def test_a_faulted_or_unavailable_one_says_so(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.fault(1, "GroundFailure")
    assert await reserve(central) == "Faulted"
    await central.call("ChangeAvailability", {"connectorId": 2, "type": "Inoperative"})
    assert await reserve(central, connectorId=2) == "Unavailable"
    assert await reserve(central, connectorId=9) == "Rejected"


async def test_the_same_id_replaces_and_another_finds_it_occupied(charge_point: ChargePoint, central: Central) -> None:
    assert await reserve(central) == "Accepted"
    await central.until(lambda: central.statuses(1) == ["Reserved"])
    assert await reserve(central, reservationId=6) == "Occupied"
    assert await reserve(central, idTag="TAG2") == "Accepted"
    assert len(charge_point.reservations) == 1


async def test_connector_0_keeps_any_one_free(charge_point: ChargePoint, central: Central) -> None:
    assert await reserve(central, connectorId=0) == "Accepted"
    await charge_point.start(1, "TAG2")
    with pytest.raises(Impossible):
        await charge_point.start(2, "TAG3")
    assert (await charge_point.start(2, "TAG1")).reservation_id == 5


async def test_it_is_cancelled(charge_point: ChargePoint, central: Central) -> None:
    await reserve(central)
    await central.until(lambda: central.statuses(1) == ["Reserved"])
    assert await central.call("CancelReservation", {"reservationId": 5}) == {"status": "Accepted"}
    await central.until(lambda: central.statuses(1) == ["Reserved", "Available"])
    assert await central.call("CancelReservation", {"reservationId": 5}) == {"status": "Rejected"}


async def test_it_expires(charge_point: ChargePoint, central: Central) -> None:
    soon = times.format(datetime.now(UTC) + timedelta(milliseconds=100), milliseconds=True)
    await reserve(central, expiryDate=soon)
    await central.until(lambda: central.statuses(1) == ["Reserved", "Available"])
    assert len(charge_point.reservations) == 0


async def test_a_fault_ends_it(charge_point: ChargePoint, central: Central) -> None:
    await reserve(central)
    await charge_point.fault(1, "GroundFailure")
    assert len(charge_point.reservations) == 0


async def test_going_out_of_use_ends_it(charge_point: ChargePoint, central: Central) -> None:
    await reserve(central)
    await central.call("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
    assert len(charge_point.reservations) == 0
