"""Rows of meter values."""

from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.storage import meter_values
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def add(database: Database, **changed: Any) -> bool:
    columns: dict[str, Any] = {"taken_at": NOW, "arrival": 1, "content_hash": 7, "register_wh": 1000, "payload": b"{}"}
    place = [changed.pop("charge_point_key", 1), changed.pop("connector_id", 1), changed.pop("transaction_id", 1)]
    return await database.run(meter_values.add, *place, **{**columns, **changed})


async def test_a_message_comes_back_byte_for_byte(database: Database) -> None:
    payload = '{"meterValue": [{"sampledValue": [{"value": "é\\u0000"}]}]}'.encode() + bytes(range(256))
    await add(database, payload=payload, connector_id=2**63 - 1)
    (reading,) = await database.read(meter_values.list_of_transaction, 1, 1, NOW, NOW)
    assert (reading.payload, reading.connector_id, reading.taken_at) == (payload, 2**63 - 1, NOW)


async def test_the_same_message_is_stored_once(database: Database) -> None:
    assert await add(database)
    assert not await add(database, arrival=2)
    for changed in ({"taken_at": NOW + SECOND}, {"content_hash": 8}, {"charge_point_key": 2}):
        assert await add(database, **changed)


async def test_a_message_may_be_looked_for_by_its_content_alone(database: Database) -> None:
    await add(database)
    assert await database.read(meter_values.exists, 1, 7, NOW)
    assert not await database.read(meter_values.exists, 1, 7, NOW + SECOND)
    assert not await database.read(meter_values.exists, 1, 8, NOW)
    assert not await database.read(meter_values.exists, 2, 7, NOW)


async def test_messages_of_a_transaction_are_listed_by_time_and_within_it(database: Database) -> None:
    for number in (3, 1, 2, 4):
        await add(database, taken_at=NOW + number * SECOND, payload=f"{number}".encode())
    await add(database, transaction_id=2, payload=b"another transaction")
    await add(database, charge_point_key=2, payload=b"another charger")

    async def listed(since: int, until: int) -> list[bytes]:
        within = (NOW + since * SECOND, NOW + until * SECOND)
        found = await database.read(meter_values.list_of_transaction, 1, 1, *within)
        return [reading.payload for reading in found]

    assert await listed(0, 9) == [b"1", b"2", b"3", b"4"]
    assert await listed(2, 3) == [b"2", b"3"]


async def test_the_newest_register_and_time_of_a_transaction_are_found_within_a_time(database: Database) -> None:
    for seconds, register_wh in ((2, 2000), (1, 9000), (3, None)):
        await add(database, taken_at=NOW + seconds * SECOND, register_wh=register_wh)

    async def newest(since: int, until: int, transaction_id: int = 1) -> tuple[int | None, datetime | None]:
        place = (1, transaction_id, NOW + since * SECOND, NOW + until * SECOND)
        register_wh = await database.read(meter_values.get_last_register_wh, *place)
        return register_wh, await database.read(meter_values.get_last_time, *place)

    assert await newest(0, 9) == (2000, NOW + 3 * SECOND)
    assert await newest(0, 1) == (9000, NOW + SECOND)
    assert await newest(3, 9) == (None, NOW + 3 * SECOND)
    assert await newest(4, 9) == (None, None)
    assert await newest(0, 9, transaction_id=2) == (None, None)


async def test_the_arrival_of_the_newest_message_is_found(database: Database) -> None:
    assert await database.read(meter_values.get_last_arrival) == 0
    for arrival in (5, 6):
        await add(database, arrival=arrival, content_hash=arrival)
    assert await database.read(meter_values.get_last_arrival) == 6


async def test_registers_are_listed_for_each_connector_once_within_a_time(database: Database) -> None:
    minute = 60 * SECOND
    for number, (connector_id, at, register_wh) in enumerate(
        [(1, 0, 100), (1, 1, 200), (1, 6, 300), (2, 1, 50), (0, 1, 999), (1, 7, None), (1, 60, 900)]
    ):
        await add(
            database,
            connector_id=connector_id,
            taken_at=NOW + at * minute,
            register_wh=register_wh,
            content_hash=number,
        )
    until = NOW + 30 * minute
    found = await database.read(meter_values.list_registers, NOW, until, 5 * minute)
    assert sorted((one.connector_id, one.at, one.register_wh) for one in found) == [
        (1, NOW + minute, 200),
        (1, NOW + 6 * minute, 300),
        (2, NOW + minute, 50),
    ]
