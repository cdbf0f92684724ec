"""Names go from rows that are old enough."""

from typing import Any

from edge_csms.domain.anonymity import ANONYMOUS
from edge_csms.domain.model import Finding, IdTag
from edge_csms.domain.reservations import Reservation, ReservationStatus
from edge_csms.storage import anonymity, audit_entries, findings, id_tags, reservations, transaction_list
from edge_csms.storage.anonymity import Named
from edge_csms.storage.database import Database
from edge_csms.storage.tables import IdTag as IdTagRow
from tests.storage.transaction_rows import HOUR, NOON, add, close

LATER = NOON + 10 * HOUR


async def named(database: Database, **which: Any) -> list[Named]:
    return await database.read(anonymity.list_named, which.get("before", LATER), which.get("after"), 10)


async def test_what_has_ended_before_is_listed_by_time(database: Database, charge_point_key: int) -> None:
    for number in (3, 1, 2, 4):
        await add(database, charge_point_key, number, started_at=NOON + number * HOUR)
    for number in (1, 2, 3):
        await close(database, number, stopped_at=NOON + (number + 1) * HOUR)
    first, second, third = await named(database)
    assert [one.transaction_id for one in (first, second, third)] == [1, 2, 3]  # 4 goes on
    assert first.tags == ["Cafe", "GROUP", "GROUP"]
    assert await named(database, after=first) == [second, third]
    assert await named(database, before=NOON + 3 * HOUR) == [first]


async def test_one_that_was_made_anonymous_keeps_all_but_its_names(database: Database, charge_point_key: int) -> None:
    await add(database, charge_point_key, 1)
    await close(database, 1, stop_id_tag="Other")
    before = await database.read(transaction_list.get, 1)
    (found,) = await named(database)
    await database.run(anonymity.make_anonymous, found, b"start", b"stop")
    after = await database.read(transaction_list.get, 1)
    assert after is not None
    assert before is not None
    assert (after.id_tag, after.energy_wh, after.started_at) == (ANONYMOUS, before.energy_wh, before.started_at)
    assert await named(database) == []


async def test_a_stop_that_came_meanwhile_is_not_overwritten_and_is_cleared_later(
    database: Database, charge_point_key: int
) -> None:
    await add(database, charge_point_key, 1)
    await close(database, 1, state="inferred", stop_arrival=None)
    (found,) = await named(database)
    await close(database, 1, stop_id_tag="Late", stop_arrival=99)
    await database.run(anonymity.make_anonymous, found, b"start", None)
    (again,) = await named(database)
    assert "Late" in again.tags
    await database.run(anonymity.make_anonymous, again, b"start", b"stop")
    await close(database, 1, stop_id_tag="Later still", stop_arrival=100)
    (later,) = await named(database)
    assert "Later still" in later.tags


async def test_tags_go_from_the_audit_trail_and_the_acts_stay(database: Database) -> None:
    for action, subject, details in (
        ("id_tag.add", "CAFE", ""),
        ("charge_point.remote_start", "CP1", "id_tag=CAFE connector_id=1"),
        ("charge_point.call", "CP1 ReserveNow", '{"idTag":"CAFE"}'),
        ("charge_point.edit", "CP1", "name=Gate"),
    ):
        await database.run(audit_entries.add, NOON, "anna", "::1", action, subject, details, "done")
    assert await database.read(anonymity.list_audit_entries, NOON) == []
    keys = await database.read(anonymity.list_audit_entries, LATER)
    await database.run(anonymity.clear_audit_entries, keys)
    assert await database.read(anonymity.list_audit_entries, LATER) == []
    entries = await database.read(lambda: audit_entries.list_(limit=10))
    assert [(one.username, one.action, one.subject, one.details) for one in reversed(entries)] == [
        ("anna", "id_tag.add", ANONYMOUS, ""),
        ("anna", "charge_point.remote_start", "CP1", ANONYMOUS),
        ("anna", "charge_point.call", "CP1 ReserveNow", ANONYMOUS),
        ("anna", "charge_point.edit", "CP1", "name=Gate"),
    ]


async def test_an_example_that_is_a_tag_goes_from_a_finding(database: Database, charge_point_key: int) -> None:
    for field, example in (("StartTransaction.idTag", "CAFE"), ("MeterValues.timestamp", "yesterday")):
        await database.run(findings.add, charge_point_key, Finding("too_long", field, "why", example), NOON)
    keys = await database.read(anonymity.list_examples, LATER)
    await database.run(anonymity.clear_examples, keys)
    found = await database.read(findings.list_by_charge_point, [charge_point_key])
    assert {one.example for one in found[charge_point_key]} == {ANONYMOUS, "yesterday"}
    assert await database.read(anonymity.list_examples, LATER) == []


async def test_tags_that_were_deleted_long_ago_are_forgotten(database: Database) -> None:
    for tag in ("OLD", "KEPT"):
        await database.run(id_tags.add, IdTag(tag, note="Anna"), NOON)
    await database.run(id_tags.delete, "OLD", NOON)
    assert await database.read(anonymity.list_retired_id_tags, NOON) == []
    await database.run(anonymity.delete_id_tags, await database.read(anonymity.list_retired_id_tags, LATER))
    assert await database.read(lambda: [row.id_tag for row in IdTagRow.select()]) == ["KEPT"]


async def test_names_go_from_reservations_that_are_over(database: Database, charge_point_key: int) -> None:
    for number, expires_at in enumerate((NOON, LATER + HOUR)):
        reservation = Reservation(
            reservation_id=number,
            charge_point_id="CP1",
            connector_id=1,
            id_tag="CAFE",
            parent_id_tag="GROUP",
            status=ReservationStatus.EXPIRED,
            expires_at=expires_at,
            created_at=NOON,
            charge_point_key=charge_point_key,
        )
        await database.run(reservations.add, reservation)
    await database.run(anonymity.clear_reservations, await database.read(anonymity.list_reservations, LATER))
    assert await database.read(anonymity.list_reservations, LATER) == []
    found = [await database.read(reservations.get, charge_point_key, number) for number in range(2)]
    assert [(one.id_tag, one.parent_id_tag) for one in found if one] == [(ANONYMOUS, None), ("CAFE", "GROUP")]
