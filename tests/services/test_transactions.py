"""StartTransaction: always stored, always given an id and a truthful verdict, never doubled (OCPP 1.6 §4.8)."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playhouse.apsw_ext import APSWDatabase

from edge_csms.services import charge_points, id_tags, transactions
from edge_csms.storage.database import Database
from edge_csms.storage.tables import DATABASE
from tests.services.charging import HOUR, MINUTE, NOON, SECOND, Charger, Site

# --- always stored, always answered ---


async def test_a_start_is_stored_as_an_open_transaction_with_all_that_it_says(books: Site, charger: Charger) -> None:
    started = await charger.start(2, "Cafe", 1500, at=NOON)
    stored = await books.transaction(started.transaction_id)
    assert (stored.charge_point_id, stored.connector_id, stored.id_tag) == ("CP1", 2, "Cafe")
    assert (stored.meter_start_wh, stored.started_at, stored.state.value) == (1500, NOON, "open")
    assert (stored.meter_stop_wh, stored.stopped_at, stored.energy_wh) == (None, None, None)


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({"blocked": True}, "Blocked"),
        ({"expires_at": NOON}, "Expired"),
        ({"max_active_transactions": 0}, "ConcurrentTx"),
        ({"blocked": True, "expires_at": NOON, "max_active_transactions": 0}, "Blocked"),
    ],
)
async def test_a_start_that_is_not_accepted_is_stored_too_and_gets_a_fresh_id(
    books: Site, charger: Charger, columns: dict[str, Any], status: str
) -> None:
    await books.tag("CAFE", **columns)
    started = await charger.start(id_tag="CAFE")
    assert (started.transaction_id, started.verdict.status.value) == (1, status)
    assert (await books.transaction(1)).id_tag_status == status
    assert (await charger.start(id_tag="CAFE")).transaction_id == 2


async def test_an_unknown_tag_is_judged_as_the_site_wants_it_and_its_start_stored(
    books: Site, charger: Charger
) -> None:
    assert (await charger.start(accept_unknown=False)).verdict.status.value == "Invalid"
    assert (await charger.start(accept_unknown=True)).verdict.status.value == "Accepted"
    assert len(await books.transactions()) == 2


async def test_a_start_hours_old_keeps_the_chargers_time(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON - 30 * HOUR)
    assert (await books.transaction(1)).started_at == NOON - 30 * HOUR


async def test_a_start_without_a_register_is_stored_and_has_no_energy(books: Site, charger: Charger) -> None:
    await charger.start(meter_start_wh=None)
    await charger.stop(1, 5000)
    assert (await books.transaction(1)).energy_wh is None


# --- ids ---


async def test_ids_are_positive_and_grow(charger: Charger, other_charger: Charger) -> None:
    ids = [(await one.start(connector)).transaction_id for connector in (1, 2) for one in (charger, other_charger)]
    assert ids == [1, 2, 3, 4]


async def test_two_connectors_that_start_in_the_same_second_get_two_ids(charger: Charger) -> None:
    first, second = await asyncio.gather(charger.start(1, at=NOON), charger.start(2, at=NOON))
    assert first.transaction_id != second.transaction_id


async def test_ids_go_on_after_a_restart(books: Site, charger: Charger) -> None:
    await charger.start()
    await books.restart()
    assert (await charger.start()).transaction_id == 2


# --- resent ---


async def test_a_resent_start_gets_the_same_id(books: Site, charger: Charger) -> None:
    first = await charger.start(at=NOON)
    again = await charger.start(at=NOON)
    assert (first.transaction_id, first.is_new) == (1, True)
    assert (again.transaction_id, again.is_new) == (1, False)
    assert len(await books.transactions()) == 1


async def test_a_resent_start_gets_the_same_verdict_though_the_tag_was_blocked_meanwhile(
    books: Site, charger: Charger
) -> None:
    await books.tag("CAFE", expires_at=NOON + HOUR, parent_id_tag="GROUP")
    first = await charger.start(at=NOON)
    await books.database.run(id_tags.update, "CAFE", {"blocked": True, "expires_at": None, "parent_id_tag": None})
    assert (await charger.start(at=NOON)).verdict == first.verdict
    assert first.verdict.accepted
    assert (first.verdict.expires_at, first.verdict.parent_id_tag) == (NOON + HOUR, "GROUP")


async def test_a_resent_start_gets_the_same_verdict_though_the_tag_became_known_meanwhile(
    books: Site, charger: Charger
) -> None:
    await charger.start(at=NOON, accept_unknown=False)
    await books.tag("CAFE")
    assert (await charger.start(at=NOON)).verdict.status.value == "Invalid"


async def test_a_resent_start_gets_the_same_answer_after_a_restart_of_ours(books: Site, charger: Charger) -> None:
    first = await charger.start(at=NOON)
    await books.restart()
    again = await charger.start(at=NOON)
    assert (again.transaction_id, again.verdict) == (first.transaction_id, first.verdict)


async def test_a_resent_start_is_the_same_after_its_transaction_has_ended(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.stop(1)
    assert (await charger.start(at=NOON)).transaction_id == 1
    assert await books.states() == {1: "closed"}


async def test_a_resent_start_is_the_same_after_its_end_was_inferred(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await charger.become_free()
    assert (await charger.start(at=NOON)).transaction_id == 1
    assert await books.states() == {1: "inferred"}


@pytest.mark.parametrize(
    "changed",
    [{"connector_id": 2}, {"id_tag": "BEEF"}, {"at": NOON + SECOND}, {"meter_start_wh": 1001}],
    ids=["connector", "idTag", "time", "register"],
)
async def test_a_start_with_any_other_content_is_another_transaction(
    books: Site, charger: Charger, changed: dict[str, Any]
) -> None:
    await charger.start(at=NOON)
    assert (await charger.start(**{"at": NOON, **changed})).is_new
    assert len(await books.transactions()) == 2


async def test_the_same_start_of_another_charger_is_another_transaction(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await charger.start(at=NOON)
    assert (await other_charger.start(at=NOON)).is_new
    assert len(await books.transactions()) == 2


async def test_starts_that_are_resent_all_at_once_are_one_transaction(books: Site, charger: Charger) -> None:
    answers = await asyncio.gather(*(charger.start(at=NOON) for _ in range(100)))
    assert {answer.transaction_id for answer in answers} == {1}
    assert [answer.is_new for answer in answers].count(True) == 1
    assert len(await books.transactions()) == 1


def run_on_two_connections(path: Path, job: Callable[[int], Any], rounds: int) -> list[tuple[Any, Any]]:
    """Let two threads, each on a writing connection of its own, do the same jobs at the same time."""
    results: list[list[Any]] = [[], []]
    together = threading.Barrier(2, timeout=10)
    shared = APSWDatabase(str(path), pragmas={"busy_timeout": 5000})

    def work(side: int) -> None:
        with shared.connection_context():
            for number in range(rounds):
                together.wait()
                results[side].append(job(number))

    before = DATABASE.obj
    DATABASE.initialize(shared)
    threads = [threading.Thread(target=work, args=(side,)) for side in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    DATABASE.initialize(before)
    return list(zip(*results, strict=True))


async def test_starts_that_are_resent_over_two_connections_to_the_database_are_one_transaction_each(
    books: Site, charger: Charger, database: Database
) -> None:
    calls = [charger.start_call(1, "CAFE", number, NOON, None) for number in range(100)]
    pairs = run_on_two_connections(
        database.path, lambda number: transactions.start(calls[number], NOON, True).transaction_id, len(calls)
    )
    assert [first for first, second in pairs if first != second] == []
    assert len(await books.transactions()) == len(calls)


async def test_stops_without_a_start_that_are_resent_over_two_connections_are_one_orphan_each(
    books: Site, charger: Charger, database: Database
) -> None:
    calls = [charger.stop_call(-1, number, NOON) for number in range(100)]
    pairs = run_on_two_connections(
        database.path, lambda number: transactions.stop(calls[number], NOON, True).transaction_id, len(calls)
    )
    assert [first for first, second in pairs if first != second] == []
    assert len(await books.transactions()) == len(calls)


# --- a charger without a clock ---

NO_CLOCK = "1970-01-01T00:00:10Z"


async def test_a_start_whose_time_is_implausible_is_resent_while_its_transaction_is_open(
    books: Site, charger: Charger
) -> None:
    await charger.start(sent=NO_CLOCK)
    assert (await charger.start(sent=NO_CLOCK)).transaction_id == 1
    assert len(await books.transactions()) == 1


async def test_after_a_stop_the_same_implausible_start_is_another_session(books: Site, charger: Charger) -> None:
    await charger.start(sent=NO_CLOCK)
    await charger.stop(1)
    assert (await charger.start(sent=NO_CLOCK)).transaction_id == 2
    assert await books.states() == {1: "closed", 2: "open"}


async def test_after_an_inferred_end_the_same_implausible_start_is_another_session(
    books: Site, charger: Charger
) -> None:
    await charger.start(sent=NO_CLOCK)
    await charger.become_free()
    assert (await charger.start(sent=NO_CLOCK)).transaction_id == 2
    assert await books.states() == {1: "inferred", 2: "open"}


# --- ConcurrentTx ---


async def test_a_tag_that_may_charge_once_at_a_time_may_not_start_twice(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    assert (await charger.start(1, "cafe")).verdict.status.value == "Accepted"
    assert (await charger.start(2, "CAFE")).verdict.status.value == "ConcurrentTx"
    assert (await other_charger.start(1, "Cafe")).verdict.status.value == "ConcurrentTx"


async def test_a_resent_start_is_not_concurrent_with_itself(books: Site, charger: Charger) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    await charger.start(at=NOON)
    assert (await charger.start(at=NOON)).verdict.status.value == "Accepted"


@pytest.mark.parametrize("end", ["stop", "become_free"])
async def test_what_has_ended_is_concurrent_with_nothing(books: Site, charger: Charger, end: str) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    await charger.start(1)
    await (charger.stop(1) if end == "stop" else charger.become_free(1))
    assert (await charger.start(2)).verdict.status.value == "Accepted"


async def test_a_new_session_on_a_connector_is_not_concurrent_with_one_whose_stop_was_lost(
    books: Site, charger: Charger
) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    await charger.start(1)
    assert (await charger.start(1)).verdict.status.value == "Accepted"


async def test_the_transactions_of_a_retired_charger_are_concurrent_with_nothing(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await books.tag("CAFE", max_active_transactions=1)
    await charger.start(1)
    await books.database.run(charge_points.delete, "CP1", NOON + MINUTE)
    assert (await other_charger.start(1)).verdict.status.value == "Accepted"


# --- one car at a connector ---


async def test_a_start_ends_unseen_what_was_still_open_on_its_connector(books: Site, charger: Charger) -> None:
    await charger.start(1, at=NOON)
    await charger.start(2, at=NOON)
    started = await charger.start(1, at=NOON + HOUR)
    assert started.ended_unseen == (1,)
    assert await books.states() == {1: "inferred", 2: "open", 3: "open"}
    assert (await books.transaction(1)).stopped_at == NOON + HOUR


async def test_an_older_start_that_comes_late_ends_nothing(books: Site, charger: Charger) -> None:
    await charger.start(1, at=NOON)
    await charger.start(1, at=NOON - HOUR)
    assert await books.states() == {1: "open", 2: "open"}


# --- chargers come and go ---


async def test_the_transactions_of_a_retired_charger_keep_its_name(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await books.database.run(charge_points.delete, "CP1", NOON + HOUR)
    stored = await books.transaction(1)
    assert (stored.charge_point_id, stored.state.value, stored.stopped_at) == ("CP1", "inferred", NOON + HOUR)


async def test_a_new_charger_under_the_identity_of_a_retired_one_is_another(books: Site, charger: Charger) -> None:
    await charger.start(at=NOON)
    await books.database.run(charge_points.delete, "CP1", NOON)
    new = await books.charger("cp1")
    assert (await new.start(at=NOON)).transaction_id == 2
    assert (await new.stop(1)).foreign_transaction_id == 1
    found = await books.database.read(transactions.list_, charge_point_id="CP1")
    assert [(one.transaction_id, one.charge_point_id) for one in found] == [(3, "cp1"), (2, "cp1"), (1, "CP1")]


# --- as listed ---


async def test_transactions_are_listed_by_any_combination_of_filters(
    books: Site, charger: Charger, other_charger: Charger
) -> None:
    await charger.start(1, "CAFE", at=NOON)
    await charger.start(2, "BEEF", at=NOON + HOUR)
    await other_charger.start(1, "cafe", at=NOON + 2 * HOUR)
    await charger.stop(2)

    async def ids(**filters: Any) -> list[int]:
        found = await books.database.read(transactions.list_, **filters)
        return [one.transaction_id for one in found]

    assert await ids() == [3, 2, 1]
    assert await ids(limit=1, before=3) == [2]
    assert await ids(charge_point_id="cp1") == [2, 1]
    assert await ids(charge_point_id="nobody") == []
    assert await ids(connector_id=1) == [3, 1]
    assert await ids(id_tag="CAFE") == [3, 1]
    assert await ids(is_open=True) == [3, 1]
    assert await ids(is_open=False) == [2]
    assert await ids(started_from=NOON + HOUR, started_before=NOON + 2 * HOUR) == [2]
    assert await ids(id_tag="cafe", charge_point_id="CP2", is_open=True) == [3]


async def test_several_transactions_are_found_at_once(books: Site, charger: Charger) -> None:
    for connector_id in (1, 2, 3):
        await charger.start(connector_id)
    found = await books.database.read(transactions.get_many, [1, 3, 99])
    assert sorted(one.transaction_id for one in found) == [1, 3]


async def test_a_doubt_about_our_own_clock_is_kept_with_the_transaction(books: Site, charger: Charger) -> None:
    call = replace(charger.start_call(1, "CAFE", 0, NOON, None), clock_doubt=True)
    await books.database.run(transactions.start, call, NOON, True)
    assert (await books.transaction(1)).clock_doubt
    assert not (await books.transaction((await charger.start()).transaction_id)).clock_doubt
