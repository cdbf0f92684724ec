"""StopTransaction: always answered, never refused, nobody else's touched, nothing guessed (OCPP 1.6 §4.10)."""

from dataclasses import replace
from typing import Any

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.services import id_tags, meter_values, transactions
from tests.services.charging import HOUR, NOON, SECOND, Charger, Site

STRANGE_IDS = [None, 0, -1, 2**63 - 1, -(2**63), 4711, "", "none", "9" * 30, "٣"]


# --- its own transaction ---


async def test_a_stop_closes_its_transaction_and_tells_the_energy(books: Site, charger: Charger) -> None:
    await charger.start(1, meter_start_wh=1000, at=NOON)
    stopped = await charger.stop(1, 8500, at=NOON + HOUR)
    assert (stopped.transaction_id, stopped.connector_id, stopped.state.value, stopped.is_new) == (1, 1, "closed", True)
    stored = await books.transaction(1)
    assert (stored.meter_stop_wh, stored.energy_wh, stored.stopped_at) == (8500, 7500, NOON + HOUR)
    assert (stored.stop_reason, stored.state.value) == ("Local", "closed")


async def test_a_resent_stop_gets_the_same_answer_and_changes_nothing(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    first = await charger.stop(1, 5000, at=NOON + HOUR, id_tag="CAFE")
    before = await books.transaction(1)
    again = await charger.stop(1, 5000, at=NOON + HOUR, id_tag="CAFE")
    assert (again.transaction_id, again.verdict, again.was_ours) == (
        first.transaction_id,
        first.verdict,
        first.was_ours,
    )
    assert (first.is_new, again.is_new) == (True, False)
    assert await books.transaction(1) == before


async def test_a_resent_stop_gets_the_same_answer_after_a_restart_of_ours(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.stop(1, at=NOON + HOUR)
    await books.restart()
    again = await charger.stop(1, at=NOON + HOUR)
    assert (again.transaction_id, again.was_ours, again.is_new) == (1, True, False)


@pytest.mark.parametrize("wire_id", [1, -1, 4711], ids=["its own id", "a strange id that fits", "an orphan"])
async def test_a_resent_stop_gets_the_same_verdict_though_the_tag_was_blocked_meanwhile(
    books: Site, charger: Charger, wire_id: int
) -> None:
    await books.tag("CAFE", expires_at=NOON + 9 * HOUR, parent_id_tag="GROUP")
    if wire_id != 4711:
        await charger.start(at=NOON)
    first = await charger.stop(wire_id, at=NOON + HOUR, id_tag="CAFE")
    assert first.verdict is not None
    assert (first.verdict.accepted, first.verdict.parent_id_tag) == (True, "GROUP")
    await books.database.run(id_tags.update, "CAFE", {"blocked": True, "expires_at": None, "parent_id_tag": None})
    await books.restart()
    assert (await charger.stop(wire_id, at=NOON + HOUR, id_tag="CAFE")).verdict == first.verdict


@pytest.mark.parametrize("wire_id", [1, 4711], ids=["its own id", "an orphan"])
async def test_a_stop_that_came_while_our_clock_was_in_doubt_marks_its_transaction(
    books: Site, charger: Charger, wire_id: int
) -> None:
    await charger.start(at=NOON)
    call = replace(charger.stop_call(wire_id, 1, NOON - HOUR), clock_doubt=True)
    stopped = await books.database.run(transactions.stop, call, NOON, True)
    assert stopped.state.value == ("closed" if wire_id == 1 else "orphan")
    marked = {one.transaction_id: one.clock_doubt for one in await books.transactions()}
    assert marked == ({1: True} if wire_id == 1 else {1: False, 2: True})


async def test_a_second_stop_that_says_otherwise_changes_nothing(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.stop(1, 5000, at=NOON + HOUR)
    before = await books.transaction(1)
    assert not (await charger.stop(1, 9999, at=NOON + 2 * HOUR)).is_new
    assert await books.transaction(1) == before


async def test_a_stop_older_than_its_start_is_taken(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000, at=NOON)
    assert (await charger.stop(1, 3000, at=NOON - HOUR)).state.value == "closed"
    stored = await books.transaction(1)
    assert (stored.stopped_at, stored.energy_wh) == (NOON - HOUR, 2000)


async def test_a_stop_below_its_start_has_no_energy_and_is_kept_as_it_is(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=5000)
    await charger.stop(1, 10)
    stored = await books.transaction(1)
    assert (stored.energy_wh, stored.meter_start_wh, stored.meter_stop_wh) == (0, 5000, 10)


async def test_a_stop_without_a_register_counts_up_to_the_last_meter_values(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000)
    await charger.meter(1, 4000)
    await charger.meter(1, None)
    await charger.stop(1, None)
    stored = await books.transaction(1)
    assert (stored.energy_wh, stored.meter_stop_wh) == (3000, None)


@pytest.mark.parametrize(
    ("tag", "status"),
    [({}, "Accepted"), ({"blocked": True}, "Blocked"), ({"expires_at": NOON}, "Expired")],
    ids=["good", "blocked", "expired"],
)
async def test_a_stop_with_any_tag_is_taken_and_told_the_truth_about_it(
    books: Site, charger: Charger, tag: dict[str, Any], status: str
) -> None:
    await books.tag("BEEF", **tag)
    await charger.start(id_tag="CAFE")
    stopped = await charger.stop(1, id_tag="BEEF")
    assert stopped.state.value == "closed"
    assert stopped.verdict is not None
    assert stopped.verdict.status.value == status


async def test_a_stop_without_a_tag_is_taken_and_brings_no_verdict(charger: Charger) -> None:
    await charger.start()
    stopped = await charger.stop(1)
    assert (stopped.state.value, stopped.verdict) == ("closed", None)


async def test_a_stop_is_never_concurrent(books: Site, charger: Charger) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    await charger.start(1, "CAFE")
    stopped = await charger.stop(1, id_tag="CAFE")
    assert stopped.verdict is not None
    assert stopped.verdict.accepted


async def test_the_stop_is_kept_as_it_was_sent(books: Site, charger: Charger) -> None:
    await charger.start(2)
    await charger.stop(1)
    metered = await books.database.read(meter_values.list_of_transaction, 1)
    assert (metered.stop_payload, metered.connector_id) == (b'{"the": "stop of 1"}', 2)


# --- under an id that isn't ours ---


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
async def test_a_stop_without_its_start_is_kept_as_an_orphan_under_an_id_of_its_own(
    books: Site, charger: Charger, strange: object
) -> None:
    stopped = await charger.stop(strange, 7000, at=NOON, id_tag="CAFE")
    assert (stopped.transaction_id, stopped.state.value, stopped.was_ours) == (1, "orphan", False)
    assert stopped.verdict is not None
    assert stopped.verdict.accepted
    orphan = await books.transaction(1)
    assert (orphan.charge_point_id, orphan.connector_id, orphan.id_tag) == ("CP1", None, "CAFE")
    assert (orphan.meter_stop_wh, orphan.stopped_at, orphan.energy_wh) == (7000, NOON, None)
    assert (await charger.start()).transaction_id == 2  # from the same sequence


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
async def test_the_same_strange_stop_resent_is_one_orphan(books: Site, charger: Charger, strange: object) -> None:
    answers = [await charger.stop(strange, 7000, at=NOON) for _ in range(3)]
    assert {(answer.transaction_id, answer.state.value) for answer in answers} == {(1, "orphan")}
    assert [answer.is_new for answer in answers] == [True, False, False]
    await books.restart()
    assert not (await charger.stop(strange, 7000, at=NOON)).is_new
    assert await books.states() == {1: "orphan"}


async def test_another_stop_under_the_same_strange_id_is_another_sessions(books: Site, charger: Charger) -> None:
    await charger.stop(-1, 7000, at=NOON)
    await charger.stop(-1, 9000, at=NOON + HOUR)
    assert await books.states() == {1: "orphan", 2: "orphan"}


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=repr)
async def test_a_strange_stop_closes_the_only_open_transaction_if_all_that_it_says_fits(
    books: Site, charger: Charger, strange: object
) -> None:
    await charger.start(2, "CAFE", 1000, at=NOON)
    stopped = await charger.stop(strange, 7000, at=NOON + HOUR, id_tag="cafe")
    assert (stopped.transaction_id, stopped.connector_id, stopped.state.value) == (1, 2, "closed")
    assert stopped.was_ours
    assert await books.states() == {1: "closed"}
    assert (await books.transaction(1)).energy_wh == 6000


async def test_a_strange_stop_that_closed_a_transaction_is_known_when_it_is_resent(
    books: Site, charger: Charger
) -> None:
    await charger.start(at=NOON)
    await charger.stop(-1, 7000, at=NOON + HOUR)
    await charger.start(at=NOON + 2 * HOUR)
    again = await charger.stop(-1, 7000, at=NOON + HOUR)
    assert (again.transaction_id, again.was_ours, again.is_new) == (1, True, False)
    assert await books.states() == {1: "closed", 2: "open"}


async def test_a_tag_of_the_same_group_fits(books: Site, charger: Charger) -> None:
    await books.tag("CAFE", parent_id_tag="Family")
    await books.tag("BEEF", parent_id_tag="FAMILY")
    await charger.start(id_tag="CAFE", at=NOON)
    assert (await charger.stop(0, id_tag="BEEF")).state.value == "closed"


@pytest.mark.parametrize(
    "stop",
    [
        {"at": NOON - SECOND},
        {"at": NOON},
        {"meter_stop_wh": 999},
        {"meter_stop_wh": None},
        {"id_tag": "BEEF"},
        {"id_tag": "F00D"},
    ],
    ids=[
        "it began later",
        "it began at that time",
        "its register stood higher",
        "no register can be compared",
        "an unknown tag is not its own",
        "a known tag without a group is not its own",
    ],
)
async def test_a_strange_stop_that_does_not_fit_is_an_orphan(
    books: Site, charger: Charger, stop: dict[str, Any]
) -> None:
    await books.tag("CAFE")
    await books.tag("F00D")
    await charger.start(1, "CAFE", 1000, at=NOON)
    await charger.stop(-1, **{"meter_stop_wh": 7000, "at": NOON + HOUR, **stop})
    assert await books.states() == {1: "open", 2: "orphan"}


async def test_a_strange_stop_fits_nothing_whose_first_register_is_unknown(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=None, at=NOON)
    await charger.stop(-1, 7000, at=NOON + HOUR)
    assert await books.states() == {1: "open", 2: "orphan"}


async def test_a_strange_stop_is_never_guessed_across_connectors(books: Site, charger: Charger) -> None:
    await charger.start(1, "CAFE", 1000, at=NOON)
    await charger.start(2, "BEEF", 500_000, at=NOON)
    await charger.stop(-1, 7000, at=NOON + HOUR, id_tag="CAFE")  # fits the first alone, yet names no connector
    assert await books.states() == {1: "open", 2: "open", 3: "orphan"}


async def test_a_strange_stop_closes_nothing_whose_end_was_inferred(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.become_free()
    await charger.stop(-1, 7000, at=NOON + HOUR)
    assert await books.states() == {1: "inferred", 2: "orphan"}


async def test_a_strange_stop_closes_nothing_of_another_charger(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await charger.start(at=NOON)
    await other_charger.stop(-1, 7000, at=NOON + HOUR)
    assert await books.states() == {1: "open", 2: "orphan"}


async def test_the_number_of_an_orphan_is_no_id_that_a_charger_knows(books: Site, charger: Charger) -> None:
    await charger.stop(-1, 7000, at=NOON)
    await charger.start(at=NOON + HOUR)
    stopped = await charger.stop(1, 9000, at=NOON + 2 * HOUR)
    assert (stopped.transaction_id, stopped.foreign_transaction_id) == (2, None)
    assert await books.states() == {1: "orphan", 2: "closed"}


# --- under an id of another charger ---


async def test_a_stop_of_another_chargers_transaction_touches_nothing_is_reported_and_kept(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await charger.start(at=NOON)
    before = await books.transaction(1)
    stopped = await other_charger.stop(1, 7000, at=NOON + HOUR, id_tag="CAFE")
    assert (stopped.foreign_transaction_id, stopped.state.value, stopped.was_ours) == (1, "orphan", False)
    assert await books.transaction(1) == before
    assert (await books.transaction(2)).charge_point_id == "CP2"


async def test_such_a_stop_is_no_guess_about_its_own_transaction(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await charger.start(at=NOON)
    await other_charger.start(at=NOON)
    await other_charger.stop(1, 7000, at=NOON + HOUR)
    assert await books.states() == {1: "open", 2: "open", 3: "orphan"}


async def test_such_a_stop_resent_is_one_orphan(books: Site, charger: Charger, other_charger: Charger) -> None:
    await charger.start(at=NOON)
    for _ in range(3):
        await other_charger.stop(1, 7000, at=NOON + HOUR)
    assert await books.states() == {1: "open", 2: "orphan"}


# --- after an inferred end ---


async def test_a_stop_that_comes_after_all_closes_late(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=1000, at=NOON)
    await charger.become_free(at=NOON + 2 * HOUR)
    stopped = await charger.stop(1, 6000, at=NOON + HOUR)
    assert (stopped.state.value, stopped.is_new) == ("closed_late", True)
    stored = await books.transaction(1)
    assert (stored.stopped_at, stored.energy_wh, stored.state.value) == (NOON + HOUR, 5000, "closed_late")


async def test_mere_age_makes_no_stop_late(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON - 50 * HOUR)
    await charger.stop(1, at=NOON - 49 * HOUR)
    assert await books.states() == {1: "closed"}


async def test_a_late_stop_resent_changes_nothing(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.become_free()
    await charger.stop(1, at=NOON + HOUR)
    before = await books.transaction(1)
    assert not (await charger.stop(1, at=NOON + HOUR)).is_new
    await charger.become_free()
    assert await books.transaction(1) == before


async def test_what_does_not_exist_is_told(books: Site) -> None:
    with pytest.raises(NotFound, match="no transaction 1"):
        await books.transaction(1)
    with pytest.raises(NotFound, match="no transaction 1"):
        await books.registers(1)
