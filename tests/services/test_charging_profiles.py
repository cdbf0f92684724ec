"""What happens with the site's charging profiles."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge_csms.domain.charging_profile import ChargingProfile, NamedProfile, Period, Purpose
from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.services import charging_profiles
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = NamedProfile("Night", ChargingProfile(purpose=Purpose.TX_DEFAULT, periods=(Period(0, 6.0),)))
BAD = replace(NIGHT, profile=replace(NIGHT.profile, periods=(Period(0, -6.0),)))


async def test_a_profile_is_kept_under_its_name(database: Database) -> None:
    assert await database.run(charging_profiles.add, NIGHT, NOW) == replace(NIGHT, updated_at=NOW)
    with pytest.raises(Conflict):
        await database.run(charging_profiles.add, replace(NIGHT, name="NIGHT"), NOW)


@pytest.mark.parametrize("name", ["", " Night", "a/b", "x" * 51, "a\nb"])
async def test_a_name_must_fit_into_a_line_and_an_address(database: Database, name: str) -> None:
    with pytest.raises(Invalid):
        await database.run(charging_profiles.add, replace(NIGHT, name=name), NOW)


async def test_what_no_charger_could_take_is_not_kept(database: Database) -> None:
    with pytest.raises(Invalid) as refused:
        await database.run(charging_profiles.add, BAD, NOW)
    assert list(refused.value.fields) == ["periods"]
    await database.run(charging_profiles.add, NIGHT, NOW)
    with pytest.raises(Invalid):
        await database.run(charging_profiles.update, BAD, NOW)
    assert (await database.run(charging_profiles.get, "Night")).profile == NIGHT.profile


async def test_what_is_not_there_is_said_to_be_so(database: Database) -> None:
    for asked in (
        lambda: charging_profiles.get("Night"),
        lambda: charging_profiles.update(NIGHT, NOW),
        lambda: charging_profiles.delete("Night"),
    ):
        with pytest.raises(NotFound):
            await database.run(asked)
