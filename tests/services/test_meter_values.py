"""MeterValues: always kept, with the transaction that they belong to, once; and what they say of its end (§4.7)."""

import random
from datetime import datetime
from typing import Any

import pytest

from tests.services.charging import HOUR, MINUTE, NOON, SECOND, Charger, Site

STRANGE_IDS = [None, 0, -1, 2**63 - 1, 4711, "", "9" * 30]


# --- where they go ---


async def test_values_go_to_the_transaction_that_they_name(books: Site, charger: Charger) -> None:
    await charger.start(1)
    await charger.start(2)
    assert (await charger.meter(1, 1100, connector_id=2)).transaction_id == 1
    assert await books.registers(1) == [b'{"register": 1100}']
    assert await books.registers(2) == []


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
async def test_values_under_a_strange_id_go_to_what_is_open_on_their_connector(
    books: Site, charger: Charger, strange: object
) -> None:
    await charger.start(1)
    await charger.start(2)
    metered = await charger.meter(strange, 1100, connector_id=2)
    assert (metered.transaction_id, metered.foreign_transaction_id) == (2, None)


@pytest.mark.parametrize("connector_id", [0, 3])
@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
async def test_values_of_a_connector_with_nothing_open_are_kept_with_none(
    charger: Charger, strange: object, connector_id: int
) -> None:
    await charger.start(1)
    metered = await charger.meter(strange, connector_id=connector_id)
    assert (metered.transaction_id, metered.is_new) == (None, True)


async def test_values_before_the_start_are_kept(charger: Charger) -> None:
    metered = await charger.meter(None)
    assert (metered.transaction_id, metered.is_new) == (None, True)


async def test_values_that_were_taken_before_their_start_are_kept_and_shown(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.meter(1, 1000, at=NOON - MINUTE)
    await charger.meter(1, 1100, at=NOON + MINUTE)
    assert await books.registers(1) == [b'{"register": 1000}', b'{"register": 1100}']


async def test_values_after_the_stop_are_kept_and_shown_and_do_not_revive_it(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.stop(1, 2000, at=NOON + HOUR)
    metered = await charger.meter(1, 2000, at=NOON + HOUR + MINUTE)
    assert (metered.transaction_id, metered.is_new) == (1, True)
    assert await books.registers(1) == [b'{"register": 2000}']
    assert (await books.transaction(1)).state.value == "closed"


async def test_values_are_shown_by_their_time_whatever_the_order_of_their_arrival(
    books: Site, charger: Charger
) -> None:
    await charger.start(at=NOON)
    for minute in (3, 1, 2):
        await charger.meter(1, minute, at=NOON + minute * MINUTE)
    assert await books.registers(1) == [b'{"register": 1}', b'{"register": 2}', b'{"register": 3}']


async def test_values_of_a_transaction_whose_stop_is_older_than_they_are_shown_too(
    books: Site, charger: Charger
) -> None:
    await charger.start(at=NOON)
    await charger.meter(1, 1100, at=NOON + MINUTE)
    await charger.stop(1, 2000, at=NOON - HOUR)
    assert await books.registers(1) == [b'{"register": 1100}']


async def test_values_newer_than_an_inferred_end_that_came_before_it_are_shown_too(
    books: Site, charger: Charger
) -> None:
    await charger.start(at=NOON)
    await charger.meter(1, 1100, at=NOON + HOUR)
    await charger.become_free(at=NOON + MINUTE)
    assert await books.registers(1) == [b'{"register": 1100}']


async def test_nothing_of_another_transaction_is_shown(books: Site, charger: Charger, other_charger: Charger) -> None:
    await charger.start(at=NOON)
    await other_charger.start(at=NOON)
    await charger.meter(1, 1, at=NOON + SECOND)
    await other_charger.meter(2, 2, at=NOON + SECOND)
    assert await books.registers(1) == [b'{"register": 1}']
    assert await books.registers(2) == [b'{"register": 2}']


# --- another charger's ---


async def test_values_under_another_chargers_id_leave_it_alone_and_are_reported(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await charger.start(at=NOON)
    before = await books.transaction(1)
    metered = await other_charger.meter(1, 9999, at=NOON + MINUTE)
    assert (metered.foreign_transaction_id, metered.transaction_id, metered.is_new) == (1, None, True)
    assert await books.transaction(1) == before
    assert await books.registers(1) == []


async def test_they_go_to_what_is_open_on_their_own_connector(charger: Charger, other_charger: Charger) -> None:
    await charger.start(at=NOON)
    await other_charger.start(at=NOON)
    metered = await other_charger.meter(1, 2000)
    assert (metered.foreign_transaction_id, metered.transaction_id) == (1, 2)


async def test_the_number_of_an_orphan_of_its_own_is_nobody_elses(charger: Charger) -> None:
    await charger.stop(-1, at=NOON)
    assert (await charger.meter(1)).foreign_transaction_id is None


# --- once ---


async def test_resent_values_are_stored_once(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    answers = [await charger.meter(1, 1100, at=NOON + MINUTE) for _ in range(3)]
    assert [answer.is_new for answer in answers] == [True, False, False]
    assert {answer.transaction_id for answer in answers} == {1}
    await books.restart()
    assert not (await charger.meter(1, 1100, at=NOON + MINUTE)).is_new
    assert len(await books.registers(1)) == 1


@pytest.mark.parametrize(
    "changed",
    [{"connector_id": 2}, {"wire_id": None}, {"at": NOON + SECOND}, {"register_wh": 1}],
    ids=["connector", "transaction", "time", "value"],
)
async def test_values_with_any_other_content_are_others(charger: Charger, changed: dict[str, Any]) -> None:
    await charger.start(at=NOON)
    sent: dict[str, Any] = {"wire_id": 1, "register_wh": 1100, "at": NOON + MINUTE}
    await charger.meter(**sent)
    assert (await charger.meter(**{**sent, **changed})).is_new


async def test_the_same_values_of_another_charger_are_others(charger: Charger, other_charger: Charger) -> None:
    await charger.meter(None, 1100, at=NOON)
    assert (await other_charger.meter(None, 1100, at=NOON)).is_new


async def test_resent_values_whose_time_is_implausible_are_stored_once(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    answers = [await charger.meter(1, 1100, sent="1970-01-01T00:00:10Z") for _ in range(3)]
    assert [answer.is_new for answer in answers] == [True, False, False]
    assert len(await books.registers(1)) == 1


async def test_values_without_a_clock_that_repeat_much_later_are_others(charger: Charger) -> None:
    await charger.meter(None, 1100, sent="1970-01-01T00:00:10Z")
    charger.now += 2 * HOUR
    assert (await charger.meter(None, 1100, sent="1970-01-01T00:00:10Z")).is_new


# --- energy ---


async def test_an_open_transaction_shows_the_energy_of_its_newest_register(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000, at=NOON)
    assert (await books.transaction(1)).energy_wh is None
    await charger.meter(1, 3000, at=NOON + 2 * MINUTE)
    await charger.meter(1, 2000, at=NOON + MINUTE)
    await charger.meter(1, None, at=NOON + 3 * MINUTE)
    assert (await books.transaction(1)).energy_wh == 2000
    assert [one.energy_wh for one in await books.transactions()] == [2000]


@pytest.mark.parametrize("seed", range(5))
async def test_the_energy_of_an_open_transaction_is_right_in_whatever_order_its_values_come(
    books: Site, charger: Charger, seed: int
) -> None:
    """Its row tells of its values now and then only; those behind that are found by their time."""
    chance = random.Random(seed)
    await charger.start(meter_start_wh=0, at=NOON)
    newest: tuple[datetime, int] | None = None
    for number in range(60):
        at = NOON + (number + chance.choice((0, 0, 0, 5, -7, -40))) * MINUTE + number * SECOND
        register_wh = chance.choice((100 * number, None))
        await charger.meter(chance.choice((1, 1, 1, None)), register_wh, at=at)
        if register_wh is not None:
            newest = max(newest or (at, 0), (at, register_wh))
        assert (await books.transaction(1)).energy_wh == (newest and newest[1]), number
    await charger.become_free(at=NOON + 2 * HOUR)
    assert (await books.transaction(1)).energy_wh == (newest and newest[1])


async def test_most_values_of_an_open_transaction_cost_one_row(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.meter(1, 0, at=NOON)
    before = books.database.changes
    for number in range(1, 60):
        await charger.meter(1, number, at=NOON + number * MINUTE)
    assert books.database.changes - before == 59 + 3


async def test_the_energy_of_an_open_transaction_is_never_below_nothing(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000)
    await charger.meter(1, 5)
    assert (await books.transaction(1)).energy_wh == 0
    assert await books.registers(1) == [b'{"register": 5}']


async def test_a_register_that_counts_each_session_from_nothing_is_the_energy(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=0)
    await charger.meter(1, 1500)
    assert (await books.transaction(1)).energy_wh == 1500


# --- an end that nobody saw ---


async def test_a_transaction_whose_connector_became_free_has_ended_unseen(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000, at=NOON)
    await charger.meter(1, 4000, at=NOON + MINUTE)
    assert await charger.become_free(at=NOON + HOUR) == (1,)
    stored = await books.transaction(1)
    assert (stored.state.value, stored.stopped_at, stored.energy_wh) == ("inferred", NOON + HOUR, 3000)


async def test_another_connector_that_becomes_free_ends_nothing(books: Site, charger: Charger) -> None:
    await charger.start(1)
    assert await charger.become_free(2) == ()
    assert await books.states() == {1: "open"}


async def test_an_older_word_that_comes_late_ends_nothing(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    assert await charger.become_free(at=NOON - SECOND) == ()
    assert await books.states() == {1: "open"}


async def test_newer_values_under_its_id_open_it_again(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000, at=NOON)
    await charger.become_free(at=NOON + MINUTE)
    await charger.meter(1, 3000, at=NOON + HOUR)
    stored = await books.transaction(1)
    assert (stored.state.value, stored.stopped_at, stored.energy_wh) == ("open", None, 2000)
    await charger.stop(1, 9000, at=NOON + 2 * HOUR)
    assert (await books.transaction(1)).state.value == "closed"


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
async def test_newer_values_under_another_id_do_not_open_it_again(
    books: Site, charger: Charger, strange: object
) -> None:
    await charger.start(at=NOON)
    await charger.become_free(at=NOON + MINUTE)
    await charger.meter(strange, 3000, at=NOON + HOUR)
    assert await books.states() == {1: "inferred"}


async def test_older_values_do_not_open_it_again_but_count(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000, at=NOON)
    await charger.become_free(at=NOON + HOUR)
    await charger.meter(1, 3000, at=NOON + MINUTE)
    stored = await books.transaction(1)
    assert (stored.state.value, stored.energy_wh) == ("inferred", 2000)


async def test_newer_values_do_not_open_it_again_where_another_goes_on(books: Site, charger: Charger) -> None:
    await charger.start(1, at=NOON)
    await charger.start(1, at=NOON + HOUR)
    await charger.meter(1, 3000, at=NOON + 2 * HOUR)
    assert await books.states() == {1: "inferred", 2: "open"}
    assert len(await books.registers(1)) == 1


async def test_newer_values_never_open_what_was_stopped(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.become_free()
    await charger.stop(1)
    await charger.meter(1, at=NOON + HOUR)
    assert await books.states() == {1: "closed_late"}
