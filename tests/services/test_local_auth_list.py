"""What happens with local authorization lists, on the database alone."""

from datetime import UTC, datetime

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.domain.local_auth_list import Entry, Update
from edge_csms.domain.model import AuthorizationStatus, IdTag
from edge_csms.services import charge_points, configuration, id_tags, local_auth_list
from edge_csms.services.local_auth_list import Shown
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
A = Entry("A", AuthorizationStatus.ACCEPTED)


@pytest.fixture
def key(io_loop, database: Database) -> int:
    """Give the key of the charge point CP1, on a site with the tag A."""

    async def make() -> int:
        await database.run(id_tags.add, IdTag("A"), NOW)
        return (await database.run(charge_points.add, "CP1", NOW, {})).key

    made: int = io_loop.run_sync(make)
    return made


async def read(database: Database, **settings: str) -> None:
    entries = tuple((name, value, True) for name, value in settings.items())
    await database.run(configuration.note_read, "CP1", configuration.Read(entries, ()), False, NOW)


async def show(database: Database) -> Shown:
    return await database.read(local_auth_list.show, "CP1", NOW)


async def test_a_list_is_in_step_once_it_was_taken_and_nothing_contradicts(database: Database, key: int) -> None:
    assert not (await show(database)).in_step
    await database.run(local_auth_list.note_taken, key, Update(1, True, (A,)), NOW)
    assert (await show(database)).in_step  # some tell no version
    await database.run(local_auth_list.note_version, key, 1, NOW)
    assert (await show(database)).in_step
    await database.run(local_auth_list.note_version, key, 2, NOW)
    shown = await show(database)
    assert (shown.in_step, shown.known.entries) == (False, None)


async def test_a_list_that_says_version_0_is_empty_whatever_we_sent(database: Database, key: int) -> None:
    await database.run(local_auth_list.note_taken, key, Update(1, True, (A,)), NOW)
    await database.run(local_auth_list.note_version, key, 0, NOW)
    shown = await show(database)
    assert (shown.known.entries, shown.in_step, len(shown.changes.put)) == ((), False, 1)


async def test_a_plan_keeps_to_what_the_charge_point_takes(database: Database, key: int) -> None:
    for id_tag in ("B", "C", "D"):
        await database.run(id_tags.add, IdTag(id_tag), NOW)
    await read(database, LocalAuthListMaxLength="3", SendLocalListMaxLength=" 2 ")
    updates = await database.read(local_auth_list.make_plan, "CP1", False, NOW)
    assert [len(update.entries) for update in updates] == [2, 1]
    assert (await show(database)).left_out == 1


@pytest.mark.parametrize(
    ("profiles", "supported"),
    [(None, None), ("Core,localauthlistmanagement", True), ("Core, SmartCharging", False)],
)
async def test_whether_it_takes_lists_is_read_from_its_profiles(
    database: Database, key: int, profiles: str | None, supported: bool | None
) -> None:
    if profiles is not None:
        await read(database, SupportedFeatureProfiles=profiles)
    assert (await show(database)).supported is supported
    assert await database.read(local_auth_list.may_be_sent, "CP1", NOW) is (supported is not False)


async def test_its_answers_count_more_than_its_profiles(database: Database, key: int) -> None:
    await read(database, SupportedFeatureProfiles="Core")
    await database.run(local_auth_list.note_taken, key, Update(1, True, ()), NOW)
    assert (await show(database)).supported is True
    await database.run(local_auth_list.note_refused, key, "no", None)
    assert (await show(database)).supported is True
    await database.run(local_auth_list.note_version, key, -1, NOW)
    shown = await show(database)
    assert (shown.supported, shown.known.version_read, shown.in_step) == (False, -1, False)


async def test_after_a_refusal_it_has_what_it_had_and_after_silence_nobody_knows(database: Database, key: int) -> None:
    await database.run(local_auth_list.note_taken, key, Update(1, True, (A,)), NOW)
    await database.run(local_auth_list.note_refused, key, "It failed.", True)
    assert (await show(database)).known.entries == (A,)
    await database.run(local_auth_list.note_silence, key)
    assert await database.read(local_auth_list.is_unknown, "CP1")


async def test_what_was_never_asked_and_what_is_switched_off_is_told(database: Database, key: int) -> None:
    assert await database.read(local_auth_list.list_unknown_settings, "CP1") == list(local_auth_list.SETTINGS)
    assert not await database.read(local_auth_list.is_switched_off, "CP1")
    await read(database, LocalAuthListEnabled="False")
    assert "LocalAuthListEnabled" not in await database.read(local_auth_list.list_unknown_settings, "CP1")
    assert await database.read(local_auth_list.is_switched_off, "CP1")


async def test_it_is_kept_in_step_only_where_that_is_wanted(database: Database, key: int) -> None:
    assert await database.read(local_auth_list.list_enabled) == []
    await database.run(local_auth_list.enable, "cp1", True)
    assert await database.read(local_auth_list.list_enabled) == ["CP1"]
    assert await database.read(local_auth_list.is_idle, "CP1")
    with pytest.raises(NotFound):
        await database.run(local_auth_list.enable, "CP9", True)
