"""The site's charging profiles in the database."""

from dataclasses import replace
from datetime import UTC, datetime

from edge_csms.domain.charging_profile import ChargingProfile, Kind, NamedProfile, Period, Purpose, RateUnit, Recurrency
from edge_csms.storage import charging_profiles
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROFILE = ChargingProfile(
    purpose=Purpose.TX_DEFAULT,
    kind=Kind.RECURRING,
    stack_level=2,
    unit=RateUnit.WATTS,
    periods=(Period(0, 11040.0), Period(3600, 3680.5, 1)),
    recurrency=Recurrency.WEEKLY,
    starts_at=NOW,
    duration_seconds=7200,
    min_rate=1380.0,
    valid_from=NOW,
    valid_to=NOW.replace(year=2030),
)
NIGHT = NamedProfile("Night", PROFILE, "slow")


async def test_every_field_comes_back_as_it_was_stored(database: Database) -> None:
    assert await database.run(charging_profiles.add, NIGHT, NOW)
    assert await database.read(charging_profiles.get, "nIGHT") == replace(NIGHT, updated_at=NOW)
    assert await database.read(charging_profiles.get, "Day") is None


async def test_a_name_is_there_once_whatever_its_case(database: Database) -> None:
    await database.run(charging_profiles.add, NIGHT, NOW)
    assert not await database.run(charging_profiles.add, replace(NIGHT, name="NIGHT"), NOW)


async def test_a_profile_is_replaced_and_forgotten_by_its_name(database: Database) -> None:
    assert not await database.run(charging_profiles.update, NIGHT, NOW)
    await database.run(charging_profiles.add, NIGHT, NOW)
    assert await database.run(charging_profiles.update, replace(NIGHT, name="night", note="slower"), NOW)
    found = await database.read(charging_profiles.get, "Night")
    assert found is not None
    assert (found.name, found.note) == ("Night", "slower")
    assert await database.run(charging_profiles.delete, "NIGHT")
    assert not await database.run(charging_profiles.delete, "NIGHT")


async def test_the_list_is_in_the_order_of_names(database: Database) -> None:
    for name in ("b", "A", "c"):
        await database.run(charging_profiles.add, replace(NIGHT, name=name), NOW)
    found = await database.read(lambda: charging_profiles.list_(after="a", limit=1))
    assert [one.name for one in found] == ["b"]
    assert [one.name for one in await database.read(charging_profiles.list_)] == ["A", "b", "c"]
