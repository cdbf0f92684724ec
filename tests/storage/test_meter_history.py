"""Rows of meter values from long ago."""

from datetime import timedelta

import pytest

from edge_csms.storage import meter_history, packing
from edge_csms.storage.database import Database
from tests.history import JANUARY, MINUTE, add_charger, add_transaction, keys


async def test_messages_are_listed_as_they_came_and_as_they_are_stored(database: Database) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=3)
    first, second = await database.read(meter_history.list_after, 1, 5)
    assert (first.key, first.transaction_id, first.register_wh, second.register_wh) == (2, 10, 100, 200)
    assert meter_history.to_time(first.taken_at) == meter_history.to_time(first.arrival) == JANUARY + MINUTE
    assert b'"value":"100"' in packing.unpack(first.payload)


@pytest.mark.parametrize("minutes", [0, 1, 7, 30, 59, 60, 200])
async def test_the_last_message_before_a_time_is_found_also_among_gaps(database: Database, minutes: int) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=60)
    await database.run(meter_history.delete, [5, 6, 7, 8, 30, 31, 32, 59])
    messages = await database.read(meter_history.list_after, 0, 100)
    before = JANUARY + minutes * MINUTE
    bound = meter_history.to_microseconds(before)
    expected = max((message.key for message in messages if message.arrival < bound), default=0)
    assert await database.read(meter_history.find_last_key, 0, before) == expected


async def test_without_messages_none_is_the_last(database: Database) -> None:
    assert await database.read(meter_history.get_newest_key) == 0
    assert await database.read(meter_history.find_last_key, 0, JANUARY) == 0


async def test_what_was_deleted_can_be_put_back_and_what_is_there_stays(database: Database) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=5)
    messages = await database.read(meter_history.list_after, 0, 100)
    await database.run(meter_history.delete, [2, 3])
    assert await keys(database) == [1, 4, 5]
    await database.run(meter_history.put_back, messages)
    assert await database.read(meter_history.list_after, 0, 100) == messages


async def test_payloads_can_be_replaced(database: Database) -> None:
    await add_transaction(database, await add_charger(database), 10, JANUARY, minutes=3)
    await database.run(meter_history.replace_payloads, [(2, packing.pack(b"other"))])
    payloads = dict(await database.read(meter_history.list_payloads, [1, 2]))
    assert packing.unpack(payloads[2]) == b"other"
    assert packing.unpack(payloads[1]) != b"other"
    within = (JANUARY + MINUTE, JANUARY + timedelta(days=1))
    assert await database.read(meter_history.list_keys_between, 1, 10, *within) == [2, 3]


async def test_it_is_known_which_transactions_had_ended(database: Database) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 10, JANUARY, minutes=1)
    await add_transaction(database, key, 11, JANUARY, minutes=30)
    await add_transaction(database, key, 12, JANUARY, minutes=1, ended=False)
    assert await database.read(meter_history.find_ended, [10, 11, 12, 13], JANUARY + 10 * MINUTE) == {10}
