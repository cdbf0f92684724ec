"""The site's power from stored registers: of meter values, and of transactions that send none."""

from datetime import timedelta

from edge_csms.services import site_power
from edge_csms.storage.database import Database
from tests.services.charging import MINUTE, NOON, Charger

QUARTER = 15 * MINUTE


async def power(database: Database, count: int = 4) -> list[float]:
    return await database.read(site_power.read, NOON, QUARTER, count)


async def test_a_transaction_without_meter_values_still_tells_its_energy(database: Database, charger: Charger) -> None:
    started = await charger.start(meter_start_wh=1000, at=NOON)
    await charger.stop(started.transaction_id, meter_stop_wh=6500, at=NOON + 2 * QUARTER)
    assert await power(database) == [11000, 11000, 0, 0]


async def test_meter_values_tell_when_the_energy_flowed(database: Database, charger: Charger) -> None:
    started = await charger.start(meter_start_wh=1000, at=NOON)
    for minute, register_wh in ((1, 1000), (15, 3000), (30, 3000), (45, 4000)):
        await charger.meter(started.transaction_id, register_wh=register_wh, at=NOON + minute * MINUTE)
    first, second, third, fourth = await power(database)
    assert (first, second, fourth) == (8000, 0, 0)
    assert third == 4000


async def test_the_meter_of_the_whole_charge_point_is_not_counted_again(database: Database, charger: Charger) -> None:
    for minute, register_wh in ((0, 0), (30, 9000)):
        await charger.meter(None, connector_id=0, register_wh=register_wh, at=NOON + minute * MINUTE)
    assert await power(database) == [0, 0, 0, 0]


async def test_what_began_long_before_is_not_searched_for_ever(database: Database, charger: Charger) -> None:
    started = await charger.start(meter_start_wh=0, at=NOON - timedelta(days=30))
    await charger.stop(started.transaction_id, meter_stop_wh=720_000, at=NOON + QUARTER)
    assert await power(database) == [0, 0, 0, 0]
