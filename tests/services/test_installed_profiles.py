"""What happens with charging profiles on charge points, on the database alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.charging_profile import Capabilities, ChargingProfile, Period, Purpose, RateUnit
from edge_csms.domain.composite_schedule import InstalledProfile
from edge_csms.domain.errors import Invalid, NotFound
from edge_csms.services import charge_points, configuration, installed_profiles, transactions
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DEFAULT = ChargingProfile(purpose=Purpose.TX_DEFAULT, periods=(Period(0, 16.0),))
OF_TRANSACTION = replace(DEFAULT, purpose=Purpose.TX)


@pytest.fixture
def key(io_loop, database: Database) -> int:
    """Give the key of the charge point CP1."""
    made: int = io_loop.run_sync(lambda: database.run(charge_points.add, "CP1", NOW, {})).key
    return made


async def start(database: Database, key: int, id_tag: str = "GUEST", at: datetime = NOW) -> int:
    call = transactions.Start(key, 1, id_tag, 0, at, True, None, id_tag.encode(), b"", int(at.timestamp()))
    return (await database.run(transactions.start, call, at, True)).transaction_id


async def end(database: Database, key: int, transaction_id: int) -> None:
    stop = transactions.Stop(key, str(transaction_id), None, 1, NOW, "Local", b"stop", b"", 2)
    await database.run(transactions.stop, stop, NOW, True)


async def prepare(
    database: Database, key: int, profile: ChargingProfile, connector_id: int = 1, **capabilities: Any
) -> ChargingProfile:
    return await database.run(installed_profiles.prepare, key, connector_id, profile, Capabilities(**capabilities))


async def taken(database: Database, key: int, profile: ChargingProfile, **changes: Any) -> None:
    installed = replace(InstalledProfile(1, profile, NOW), **changes)
    await database.run(installed_profiles.note_taken, key, installed)


async def listed(database: Database, key: int, now: datetime = NOW) -> list[int]:
    found = await database.read(installed_profiles.list_, key, now)
    return [one.profile.charging_profile_id for one in found]


async def test_what_a_charge_point_takes_is_read_from_its_settings(database: Database, key: int) -> None:
    assert await database.read(installed_profiles.get_capabilities, key) == Capabilities()
    assert await database.read(installed_profiles.list_unknown_settings, key) == list(installed_profiles.SETTINGS)
    settings = (
        ("ChargeProfileMaxStackLevel", " 8", True),
        ("ChargingScheduleAllowedChargingRateUnit", "Power, W,nonsense", True),
    )
    read = configuration.Read(settings, ("ChargingScheduleMaxPeriods",))
    await database.run(configuration.note_read, "CP1", read, True, NOW)
    expected = Capabilities(8, None, frozenset({RateUnit.WATTS}))
    assert await database.read(installed_profiles.get_capabilities, key) == expected
    assert await database.read(installed_profiles.list_unknown_settings, key) == []


async def test_a_profile_gets_an_id_of_its_own_or_that_of_what_it_replaces(database: Database, key: int) -> None:
    first = await prepare(database, key, DEFAULT)
    await taken(database, key, first)
    assert (await prepare(database, key, DEFAULT)).charging_profile_id == first.charging_profile_id
    other = await prepare(database, key, replace(DEFAULT, stack_level=1))
    assert other.charging_profile_id > first.charging_profile_id
    await taken(database, key, replace(DEFAULT, charging_profile_id=other.charging_profile_id + 1), connector_id=2)
    third = await prepare(database, key, replace(DEFAULT, stack_level=2))
    assert third.charging_profile_id == other.charging_profile_id + 2  # a program had used the one between


async def test_a_unit_that_it_does_not_take_is_converted(database: Database, key: int) -> None:
    prepared = await prepare(database, key, DEFAULT, units=frozenset({RateUnit.WATTS}))
    assert (prepared.unit, prepared.periods) == (RateUnit.WATTS, (Period(0, 11040.0),))


async def test_a_profile_of_a_transaction_gets_the_one_that_is_open(database: Database, key: int) -> None:
    with pytest.raises(Invalid, match="there is none on this connector"):
        await prepare(database, key, OF_TRANSACTION)
    transaction_id = await start(database, key)
    assert (await prepare(database, key, OF_TRANSACTION)).wire_id == str(transaction_id)
    with pytest.raises(Invalid, match="another transaction"):
        await prepare(database, key, replace(OF_TRANSACTION, wire_id="999"))


async def test_a_remote_start_brings_a_profile_without_a_transaction(database: Database, key: int) -> None:
    for bad in (DEFAULT, replace(OF_TRANSACTION, wire_id="1"), replace(OF_TRANSACTION, stack_level=-1)):
        with pytest.raises(Invalid):
            await database.run(installed_profiles.prepare_for_start, key, 1, bad, Capabilities())
    watts = Capabilities(units=frozenset({RateUnit.WATTS}))
    prepared = await database.run(installed_profiles.prepare_for_start, key, 1, OF_TRANSACTION, watts)
    assert (prepared.wire_id, prepared.unit, prepared.charging_profile_id > 0) == (None, RateUnit.WATTS, True)


async def test_a_profile_of_a_transaction_is_gone_with_it(database: Database, key: int) -> None:
    transaction_id = await start(database, key)
    await taken(database, key, replace(OF_TRANSACTION, charging_profile_id=1))  # names none: the open one is meant
    await taken(database, key, replace(DEFAULT, charging_profile_id=2))
    assert await listed(database, key) == [2, 1]
    await end(database, key, transaction_id)
    assert await listed(database, key) == [2]
    await start(database, key, "OTHER", NOW + timedelta(minutes=1))
    assert await listed(database, key) == [2]


async def test_one_that_came_with_a_remote_start_waits_a_while(database: Database, key: int) -> None:
    await taken(database, key, replace(OF_TRANSACTION, charging_profile_id=1), id_tag="GUEST")
    assert await listed(database, key, NOW + timedelta(minutes=4)) == [1]
    assert await listed(database, key, NOW + timedelta(minutes=6)) == []
    await start(database, key, "guest", NOW + timedelta(minutes=10))
    assert await listed(database, key, NOW + timedelta(minutes=11)) == [1]


async def test_what_comes_to_one_connector_leaves_the_others_alone(database: Database, key: int) -> None:
    await taken(database, key, replace(OF_TRANSACTION, charging_profile_id=1, wire_id="8"), connector_id=2)
    await taken(database, key, replace(OF_TRANSACTION, charging_profile_id=2))
    assert (await database.read(installed_profiles.get, key, 1)).connector_id == 2


async def test_what_is_over_is_forgotten_when_something_new_comes(database: Database, key: int) -> None:
    transaction_id = await start(database, key)
    await taken(database, key, replace(OF_TRANSACTION, charging_profile_id=1, stack_level=3))
    await end(database, key, transaction_id)
    await start(database, key, "OTHER", NOW + timedelta(minutes=1))
    await taken(database, key, replace(OF_TRANSACTION, charging_profile_id=2))
    with pytest.raises(NotFound):
        await database.read(installed_profiles.get, key, 1)


async def test_the_number_of_connectors_is_the_most_that_is_known(database: Database, key: int) -> None:
    assert await database.read(installed_profiles.count_connectors, key) == 1
    read = configuration.Read((("NumberOfConnectors", "3", True),), ())
    await database.run(configuration.note_read, "CP1", read, True, NOW)
    assert await database.read(installed_profiles.count_connectors, key) == 3


async def test_an_unknown_charge_point_is_said_to_be_so(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.read(installed_profiles.get_key, "CP9")
