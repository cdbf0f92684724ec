"""What happens with reservations, on the database alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import IdTag
from edge_csms.domain.reservations import Reservation, ReservationStatus
from edge_csms.services import charge_points, configuration, id_tags, reservations
from edge_csms.services.reservations import Wish
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)


def wish(**changes) -> Wish:
    return replace(Wish("CP1", 1, "GUEST", LATER), **changes)


@pytest.fixture
def site(io_loop, database: Database) -> Database:
    """Give a database with the charge point CP1."""
    io_loop.run_sync(lambda: database.run(charge_points.add, "CP1", NOW, {}))
    return database


async def prepared(site: Database, **changes) -> Reservation:
    return await site.run(reservations.prepare, wish(**changes), NOW)


async def accepted(site: Database, **changes) -> Reservation:
    asked = await prepared(site, **changes)
    assert await site.run(reservations.note_accepted, asked)
    return await of(site, asked)


async def of(site: Database, asked: Reservation, now: datetime = NOW) -> Reservation:
    return await site.read(reservations.get_of, asked.charge_point_key, asked.reservation_id, now)


async def use(site: Database, asked: Reservation, reservation_id=None, *, tag="GUEST", at=NOW) -> int | None:
    return await site.run(reservations.use, asked.charge_point_key, 1, tag, reservation_id, 77, at)


async def test_what_is_asked_for_is_shown_to_nobody_until_it_is_answered(site: Database):
    asked = await prepared(site)
    with pytest.raises(NotFound):
        await site.read(reservations.get, asked.reservation_id, NOW)
    assert await site.read(reservations.list_, NOW, None, 10) == []
    await site.run(reservations.note_accepted, asked)
    assert (await site.read(reservations.get, asked.reservation_id, NOW)).status is ReservationStatus.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"charge_point_id": "NOBODY"}, NotFound),
        ({"id_tag": "x" * 21}, Invalid),
        ({"id_tag": " "}, Invalid),
        ({"expires_at": NOW}, Invalid),
    ],
)
async def test_what_can_not_come_true_is_refused_before_anything_is_sent(site: Database, changes, error):
    with pytest.raises(error):
        await prepared(site, **changes)


async def test_what_the_settings_rule_out_is_refused(site: Database):
    settings = (("NumberOfConnectors", "2", True), ("ReserveConnectorZeroSupported", "False", True))
    await site.run(configuration.note_read, "CP1", configuration.Read(settings, ()), True, NOW)
    for connector_id in (0, 3):
        with pytest.raises(Invalid):
            await prepared(site, connector_id=connector_id)
    assert (await prepared(site, connector_id=2)).connector_id == 2


async def test_a_connector_is_reserved_once_at_a_time(site: Database):
    first = await prepared(site)
    with pytest.raises(Conflict, match="reserved already"):
        await prepared(site, id_tag="OTHER")
    assert (await prepared(site, connector_id=2)).reservation_id > first.reservation_id
    await site.run(reservations.note_refused, first)
    assert (await prepared(site)).is_open


async def test_an_id_that_a_program_has_used_is_passed_over(site: Database):
    first = await prepared(site)
    taken = replace(first, reservation_id=first.reservation_id + 1, connector_id=5)
    await site.run(reservations.note_request, taken)
    assert (await prepared(site, connector_id=2)).reservation_id == first.reservation_id + 2


async def test_a_start_may_come_before_the_answer_is_dealt_with(site: Database):
    asked = await prepared(site)
    assert await use(site, asked) == asked.reservation_id
    assert not await site.run(reservations.note_accepted, asked)
    await site.run(reservations.note_refused, asked)
    assert (await of(site, asked)).status is ReservationStatus.USED


async def test_an_id_that_is_over_can_be_asked_for_anew_and_one_that_holds_stays_until_it_is_replaced(site: Database):
    made = await accepted(site)
    anew = replace(made, id_tag="OTHER", status=ReservationStatus.REQUESTED, created_at=NOW + timedelta(minutes=5))
    await site.run(reservations.note_request, anew)
    assert (await of(site, made)).id_tag == "GUEST"
    await site.run(reservations.note_refused, anew)
    assert (await of(site, made)).status is ReservationStatus.ACCEPTED
    await site.run(reservations.note_accepted, anew)
    replaced = await of(site, made)
    assert (replaced.id_tag, replaced.created_at) == ("OTHER", NOW)
    await use(site, made, made.reservation_id)
    await site.run(reservations.note_request, anew)
    await site.run(reservations.note_accepted, anew)
    again = await of(site, made)
    assert (again.status, again.created_at) == (ReservationStatus.ACCEPTED, anew.created_at)


async def test_silence_is_no_answer_to_what_holds_or_is_gone(site: Database):
    made = await accepted(site)
    assert not await site.run(reservations.note_silence, made, NOW)
    assert not await site.run(reservations.note_silence, replace(made, reservation_id=99), NOW)
    assert (await of(site, made)).status is ReservationStatus.ACCEPTED


async def test_one_that_is_named_counts_whatever_we_thought_of_it(site: Database):
    made = await accepted(site)
    await site.run(reservations.end_with, made.charge_point_key, 1, "Faulted", NOW)
    assert await use(site, made) is None
    assert await use(site, made, made.reservation_id, tag="STRANGER") == made.reservation_id
    assert (await of(site, made)).transaction_id == 77
    assert await use(site, made, made.reservation_id) is None  # once


async def test_a_name_that_means_nothing_leaves_the_tag_to_decide(site: Database):
    made = await accepted(site)
    assert await use(site, made, 0) == made.reservation_id


async def test_a_late_start_used_it_in_time(site: Database):
    made = await accepted(site)
    assert await site.run(reservations.expire, LATER) == [made]
    assert await use(site, made, at=LATER) is None
    assert await use(site, made, at=LATER - timedelta(seconds=1)) == made.reservation_id


async def test_the_group_that_was_sent_along_may_use_it(site: Database):
    made = await accepted(site, parent_id_tag="FAMILY")
    await site.run(id_tags.add, IdTag("SPOUSE", parent_id_tag="family"), NOW)
    assert await use(site, made, tag="OTHER") is None
    assert await use(site, made, tag="SPOUSE") == made.reservation_id


async def test_its_own_connector_goes_before_any_one(site: Database):
    await accepted(site, connector_id=0)
    made = await accepted(site, connector_id=1)
    assert await use(site, made) == made.reservation_id


async def test_silence_leaves_it_in_doubt_until_it_is_taken_back(site: Database):
    asked = await prepared(site)
    assert await site.run(reservations.note_silence, asked, NOW)
    doubtful = await of(site, asked)
    assert (doubtful.status, doubtful.unsure) == (ReservationStatus.ENDED, True)
    soon, late = NOW + timedelta(seconds=30), NOW + timedelta(minutes=2)
    assert await site.read(reservations.list_unsure, soon) == []
    assert await site.read(reservations.list_unsure, late) == [doubtful]
    await site.run(reservations.note_cancelled, asked.charge_point_key, asked.reservation_id, True, late)
    settled = await of(site, asked)
    assert (settled.status, settled.unsure) == (ReservationStatus.ENDED, False)


async def test_what_waited_for_an_answer_over_a_restart_is_in_doubt(site: Database):
    asked = await prepared(site)
    assert [one.reservation_id for one in await site.run(reservations.note_all_unanswered, NOW)] == [
        asked.reservation_id
    ]
    assert await site.run(reservations.note_all_unanswered, NOW) == []
    assert await site.run(reservations.note_accepted, asked)  # the answer came after all


async def test_those_of_a_deleted_charge_point_end(site: Database):
    made = await accepted(site)
    await site.run(charge_points.delete, "CP1", NOW)
    assert (await of(site, made)).status is ReservationStatus.ENDED


async def test_a_cancellation_that_is_refused_means_that_there_is_none(site: Database):
    made = await accepted(site)
    settled = await site.run(reservations.note_cancelled, made.charge_point_key, made.reservation_id, False, NOW)
    assert settled.status is ReservationStatus.ENDED
    assert await site.run(reservations.note_cancelled, made.charge_point_key, 999, True, NOW) is None
