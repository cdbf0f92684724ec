"""Transactions as they are shown: every filter, every page."""

from typing import Any

from edge_csms.domain.model import Registration, TransactionState
from edge_csms.storage import charge_points, transaction_list, transactions
from edge_csms.storage.database import Database
from tests.storage.transaction_rows import HOUR, NOON, VERDICT, add, close


async def ids(database: Database, **filters: Any) -> list[int]:
    return [one.transaction_id for one in await database.read(transaction_list.list_, **filters)]


async def add_charge_point(database: Database) -> int:
    await database.run(charge_points.add, "CP2", Registration.ACCEPTED, NOON)
    found = await database.run(charge_points.get, "CP2")
    assert found is not None
    return found.key


async def test_a_transaction_is_shown_as_it_was_stored(database: Database, charge_point_key: int) -> None:
    await add(database, charge_point_key, 1)
    await close(database, 1)
    shown = await database.read(transaction_list.get, 1)
    assert shown is not None
    assert (shown.charge_point_id, shown.charge_point_key, shown.id_tag) == ("CP1", charge_point_key, "Cafe")
    assert (shown.id_tag_status, shown.reservation_id, shown.started_at) == ("Blocked", 5, NOON)
    assert (shown.meter_stop_wh, shown.energy_wh, shown.stop_reason) == (5000, 4000, "Remote")
    assert (shown.state, shown.stopped_at, shown.clock_doubt) == (TransactionState.CLOSED, NOON + HOUR, False)
    assert await database.read(transaction_list.get_many, [1, 2]) == [shown]


async def test_what_is_not_there_is_none(database: Database) -> None:
    assert await database.read(transaction_list.get, 1) is None
    assert await database.read(transaction_list.get_many, []) == []
    assert await ids(database) == []
    assert await ids(database, before=7) == []


async def test_the_newest_start_comes_first_whatever_came_in_first(database: Database, charge_point_key: int) -> None:
    for transaction_id, hours in ((1, 0), (2, 5), (3, -5), (4, 0)):
        await add(database, charge_point_key, transaction_id, started_at=NOON + hours * HOUR)
    assert await ids(database) == [2, 4, 1, 3]


async def test_pages_go_on_behind_a_transaction_without_a_gap(database: Database, charge_point_key: int) -> None:
    for transaction_id, hours in ((1, 0), (2, 5), (3, -5), (4, 0), (5, 0)):
        await add(database, charge_point_key, transaction_id, started_at=NOON + hours * HOUR)
    assert await ids(database, limit=2) == [2, 5]
    assert await ids(database, before=5, limit=2) == [4, 1]
    assert await ids(database, before=1, limit=2) == [3]
    assert await ids(database, before=3) == []


async def test_every_filter_alone_and_together(database: Database, charge_point_key: int) -> None:
    other_key = await add_charge_point(database)
    await add(database, charge_point_key, 1, id_tag="Cafe")
    await add(database, charge_point_key, 2, id_tag="beef", connector_id=2, started_at=NOON + HOUR)
    await add(database, other_key, 3, id_tag="CAFE", started_at=NOON + 2 * HOUR)
    await close(database, 1)
    assert await ids(database, charge_point_keys=[charge_point_key]) == [2, 1]
    assert await ids(database, charge_point_keys=[charge_point_key, other_key]) == [3, 2, 1]
    assert await ids(database, charge_point_keys=[]) == []
    assert await ids(database, connector_id=2) == [2]
    assert await ids(database, id_tag=" cafe") == [3, 1]
    assert await ids(database, is_open=True) == [3, 2]
    assert await ids(database, is_open=False) == [1]
    assert await ids(database, started_from=NOON + HOUR) == [3, 2]
    assert await ids(database, started_before=NOON + HOUR) == [1]
    assert await ids(database, id_tag="cafe", is_open=True, connector_id=1, charge_point_keys=[other_key]) == [3]
    assert await ids(database, id_tag="cafe", before=3) == [1]


async def test_one_without_a_start_is_listed_by_its_end_but_started_at_no_time(
    database: Database, charge_point_key: int
) -> None:
    for transaction_id, hours in ((1, 0), (2, 2)):
        await add(database, charge_point_key, transaction_id, started_at=NOON + hours * HOUR)
    orphan = {"state": "orphan", "stopped_at": NOON + HOUR}
    await database.run(transactions.add_orphan, 3, charge_point_key, "orphan 7", VERDICT, orphan)
    assert await ids(database) == [2, 3, 1]
    assert await ids(database, started_from=NOON) == [2, 1]
