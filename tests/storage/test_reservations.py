"""Reservations in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import Registration
from edge_csms.domain.reservations import Reservation, ReservationStatus
from edge_csms.storage import charge_points, reservations
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


def add_charge_point(charge_point_id: str) -> int:
    charge_points.add(charge_point_id, Registration.ACCEPTED, NOW)
    found = charge_points.get(charge_point_id)
    assert found is not None
    return found.key


async def made(database: Database, reservation_id: int = 1, charge_point_id: str = "CP1") -> Reservation:
    key = await database.run(add_charge_point, charge_point_id)
    reservation = Reservation(
        reservation_id,
        charge_point_id,
        1,
        "Guest",
        "FAMILY",
        ReservationStatus.ACCEPTED,
        LATER,
        NOW,
        charge_point_key=key,
    )
    assert await database.run(reservations.add, reservation)
    return reservation


async def test_it_comes_back_as_it_was_stored(database: Database):
    reservation = await made(database)
    assert await database.read(reservations.get, reservation.charge_point_key, 1) == reservation
    assert await database.read(reservations.get, reservation.charge_point_key, 2) is None


async def test_one_charge_point_has_an_id_once_but_others_may_have_it_too(database: Database):
    reservation = await made(database)
    assert not await database.run(reservations.add, replace(reservation, id_tag="OTHER"))
    other = await made(database, charge_point_id="CP2")
    assert await database.read(reservations.find_newest, 1) == other


async def test_what_is_not_over_is_found_whatever_became_of_it(database: Database):
    reservation = await made(database)
    key = reservation.charge_point_key
    await database.run(reservations.settle, reservation, ReservationStatus.USED, NOW, "used", transaction_id=5)
    [found] = await database.read(reservations.find_not_over, key, NOW)
    assert (found.status, found.transaction_id, found.detail) == (ReservationStatus.USED, 5, "used")
    assert await database.read(reservations.find_not_over, key, LATER) == []


async def test_a_list_judges_by_the_time_what_was_not_marked_yet(database: Database):
    await made(database)
    for now, status in ((NOW, ReservationStatus.ACCEPTED), (LATER, ReservationStatus.EXPIRED)):
        found = {
            asked: len(await database.read(lambda asked=asked, now=now: reservations.list_(now=now, status=asked)))
            for asked in (ReservationStatus.ACCEPTED, ReservationStatus.EXPIRED)
        }
        assert [asked for asked, count in found.items() if count] == [status]


async def test_a_list_finds_tags_without_regard_to_case_and_leaves_out_what_is_not_answered(database: Database):
    reservation = await made(database)
    asked = replace(reservation, reservation_id=2, status=ReservationStatus.REQUESTED)
    await database.run(reservations.add, asked)
    listed = await database.read(lambda: reservations.list_(now=NOW, id_tag="gUEST"))
    assert [one.reservation_id for _, one in listed] == [1]
    assert await database.read(reservations.find_unanswered) == [asked]


async def test_what_is_due_or_in_doubt_is_found(database: Database):
    reservation = await made(database)
    assert await database.read(reservations.find_due, NOW) == []
    assert await database.read(reservations.find_due, LATER) == [reservation]
    await database.run(reservations.settle, reservation, ReservationStatus.ENDED, NOW, "silence", unsure=True)
    assert len(await database.read(reservations.find_unsure, NOW, NOW + timedelta(seconds=1))) == 1
    assert await database.read(reservations.find_unsure, NOW, NOW) == []
    assert await database.read(reservations.find_unsure, LATER, LATER) == []


async def test_what_never_was_one_is_forgotten(database: Database):
    reservation = await made(database)
    await database.run(reservations.delete, reservation.charge_point_key, 1)
    assert await database.read(reservations.find_newest, 1) is None
