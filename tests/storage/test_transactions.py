"""Rows of transactions; what the rules make of them is tested with the services."""

from edge_csms.domain.model import TransactionState
from edge_csms.storage import transactions
from edge_csms.storage.database import Database
from tests.storage.transaction_rows import HOUR, NOON, VERDICT, add, close


async def test_a_stored_transaction_comes_back_as_it_was(database: Database, charge_point_key: int) -> None:
    await add(database, charge_point_key, 1)
    known = await database.read(transactions.get_known, 1)
    assert known is not None
    assert (known.connector_id, known.state, known.id_tag) == (1, TransactionState.OPEN, "Cafe")
    assert (known.meter_start_wh, known.started_at) == (1000, NOON)
    assert known.start_plausible


async def test_the_verdict_on_a_start_is_found_by_its_content(database: Database, charge_point_key: int) -> None:
    await add(database, charge_point_key, 1)
    assert await database.read(transactions.get_by_start, charge_point_key, b"key 1") == (1, VERDICT)
    assert await database.read(transactions.get_by_start, charge_point_key, b"key 2") is None
    assert await database.read(transactions.get_by_start, charge_point_key + 1, b"key 1") is None


async def test_the_same_start_and_the_same_strange_stop_are_stored_once(
    database: Database, charge_point_key: int
) -> None:
    assert await add(database, charge_point_key, 1)
    assert not await add(database, charge_point_key, 2, start_key=b"key 1")
    orphan = {"state": "orphan", "stopped_at": NOON, "stop_key": b"stop"}
    assert await database.run(transactions.add_orphan, 3, charge_point_key, "orphan -1", VERDICT, orphan)
    assert not await database.run(transactions.add_orphan, 4, charge_point_key, "orphan -1", VERDICT, orphan)
    found = await database.read(transactions.get_by_stop, charge_point_key, b"stop")
    assert found is not None
    assert (found.transaction_id, found.state, found.stop_verdict) == (3, TransactionState.ORPHAN, VERDICT)


async def test_the_newest_transaction_of_a_wire_id_is_found(database: Database, charge_point_key: int) -> None:
    for transaction_id in (1, 2):
        await add(database, charge_point_key, transaction_id, wire_id="same")
    found = await database.read(transactions.get_by_wire_id, charge_point_key, "same")
    assert found is not None
    assert found.transaction_id == 2
    assert await database.read(transactions.get_by_wire_id, charge_point_key + 1, "same") is None


async def test_what_is_open_is_found_by_connector_charge_point_and_tag(
    database: Database, charge_point_key: int
) -> None:
    for transaction_id, connector_id in ((1, 1), (2, 2), (3, 1)):
        await add(database, charge_point_key, transaction_id, connector_id=connector_id)
    await close(database, 1)
    on_first = await database.read(transactions.find_open_on_connector, charge_point_key, 1)
    everywhere = await database.read(transactions.find_open, charge_point_key)
    assert [known.transaction_id for known in on_first] == [3]
    assert [known.transaction_id for known in everywhere] == [3, 2]
    assert await database.read(transactions.count_open, "CAFE") == 2
    assert await database.read(transactions.count_open, "BEEF") == 0


async def test_a_stop_is_stored_with_its_transaction(database: Database, charge_point_key: int) -> None:
    await add(database, charge_point_key, 1)
    await close(database, 1, values_until=NOON + 2 * HOUR)
    assert await database.read(transactions.get_stop_payload, 1) == b"stop"
    known = await database.read(transactions.get_known, 1)
    assert known is not None
    assert (known.values_since, known.values_to, known.stop_verdict) == (NOON, NOON + 2 * HOUR, VERDICT)


async def test_the_values_of_an_open_transaction_end_a_while_behind_those_that_its_row_knows(
    database: Database, charge_point_key: int
) -> None:
    await add(database, charge_point_key, 1)
    await database.run(transactions.update, 1, {"values_from": NOON - HOUR, "values_until": NOON})
    known = await database.read(transactions.get_known, 1)
    assert known is not None
    assert (known.values_since, known.values_to) == (NOON - HOUR, NOON + transactions.NOTED_EVERY)


async def test_the_newest_arrival_is_found_whichever_message_it_was(database: Database, charge_point_key: int) -> None:
    assert await database.read(transactions.get_last_arrival) == 0
    await add(database, charge_point_key, 1)
    await add(database, charge_point_key, 2)
    assert await database.read(transactions.get_last_arrival) == 2
    await close(database, 1)
    assert await database.read(transactions.get_last_arrival) == 77


async def test_what_is_not_there_is_none(database: Database) -> None:
    assert await database.read(transactions.get_known, 1) is None
    assert await database.read(transactions.get_stop_payload, 1) is None
