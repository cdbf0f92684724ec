"""The charging profiles of charge points in the database."""

from datetime import UTC, datetime

import pytest

from edge_csms.domain.charging_profile import ChargingProfile, Period, Purpose, Which
from edge_csms.domain.composite_schedule import InstalledProfile
from edge_csms.domain.model import Registration
from edge_csms.storage import charge_points, installed_profiles
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def profile(
    charging_profile_id: int, connector_id: int = 1, purpose: Purpose = Purpose.TX_DEFAULT, level: int = 0
) -> InstalledProfile:
    one = ChargingProfile(
        purpose=purpose, stack_level=level, periods=(Period(0, 16.0),), charging_profile_id=charging_profile_id
    )
    return InstalledProfile(connector_id, one, NOW, origin="Night", confirmed=False, id_tag="GUEST")


@pytest.fixture
def key(io_loop, database: Database) -> int:
    """Give the key of a charge point."""

    def make() -> int:
        charge_points.add("CP1", Registration.ACCEPTED, NOW)
        found = charge_points.get("CP1")
        assert found is not None
        return found.key

    made: int = io_loop.run_sync(lambda: database.run(make))
    return made


async def ids(database: Database, key: int) -> list[int]:
    return [one.profile.charging_profile_id for one in await database.read(installed_profiles.list_, key)]


async def test_it_comes_back_as_it_was_stored(database: Database, key: int) -> None:
    await database.run(installed_profiles.put, key, profile(5))
    assert await database.read(installed_profiles.list_, key) == [profile(5)]
    assert await database.read(installed_profiles.get, key, 5) == profile(5)
    assert await database.read(installed_profiles.get, key, 6) is None
    assert await database.read(installed_profiles.list_, key + 1) == []


async def test_one_of_the_same_id_or_at_the_same_place_is_replaced(database: Database, key: int) -> None:
    for one in (profile(1), profile(2, level=1), profile(3, connector_id=2), profile(4, purpose=Purpose.TX)):
        await database.run(installed_profiles.put, key, one)
    assert sorted(await ids(database, key)) == [1, 2, 3, 4]
    await database.run(installed_profiles.put, key, profile(9))
    assert sorted(await ids(database, key)) == [2, 3, 4, 9]
    await database.run(installed_profiles.put, key, profile(2, connector_id=2))
    assert sorted(await ids(database, key)) == [2, 4, 9]
    assert await database.read(installed_profiles.get_id_at, key, 2, Purpose.TX_DEFAULT, 0) == 2
    assert await database.read(installed_profiles.get_id_at, key, 2, Purpose.TX_DEFAULT, 1) is None


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (Which(), []),
        (Which(2), [1, 3, 4]),
        (Which(connector_id=2), [1, 2, 4]),
        (Which(purpose=Purpose.TX), [1, 2, 3]),
        (Which(connector_id=1, stack_level=1), [1, 3, 4]),
        (Which(2, connector_id=7), [1, 3, 4]),  # an id says it all
    ],
)
async def test_what_matches_is_forgotten(database: Database, key: int, which: Which, left: list[int]) -> None:
    for one in (profile(1), profile(2, level=1), profile(3, connector_id=2), profile(4, purpose=Purpose.TX)):
        await database.run(installed_profiles.put, key, one)
    assert await database.run(installed_profiles.delete, key, which) == 4 - len(left)
    assert sorted(await ids(database, key)) == left


async def test_its_origin_can_be_told_afterwards(database: Database, key: int) -> None:
    await database.run(installed_profiles.put, key, profile(1))
    await database.run(installed_profiles.update_origin, key, 1, "limit")
    [found] = await database.read(installed_profiles.list_, key)
    assert found.origin == "limit"
