"""Local authorization lists in the database."""

from datetime import UTC, datetime

from edge_csms.domain.local_auth_list import Entry, LocalAuthList
from edge_csms.domain.model import AuthorizationStatus, Registration
from edge_csms.storage import charge_points, local_auth_list
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENTRIES = (Entry("A", AuthorizationStatus.ACCEPTED, NOW, "P"), Entry("B", AuthorizationStatus.BLOCKED))


def add_charge_point(charge_point_id: str) -> int:
    charge_points.add(charge_point_id, Registration.ACCEPTED, NOW)
    found = charge_points.get(charge_point_id)
    assert found is not None
    return found.key


async def test_of_a_charge_point_that_never_had_one_nothing_is_known(database: Database) -> None:
    key = await database.run(add_charge_point, "CP1")
    assert await database.read(local_auth_list.get, key) == LocalAuthList()


async def test_it_comes_back_as_it_was_stored_and_changes_field_by_field(database: Database) -> None:
    key = await database.run(add_charge_point, "CP1")
    await database.run(lambda: local_auth_list.update(key, version=3, entries=ENTRIES, sent_at=NOW, enabled=True))
    await database.run(lambda: local_auth_list.update(key, version_read=3, read_at=NOW, outcome="good", supported=True))
    assert await database.read(local_auth_list.get, key) == LocalAuthList(True, True, 3, ENTRIES, NOW, 3, NOW, "good")
    await database.run(lambda: local_auth_list.update(key, entries=None))
    assert (await database.read(local_auth_list.get, key)).entries is None


async def test_those_that_are_kept_in_step_are_listed_while_their_charge_points_are_in_use(database: Database) -> None:
    for charge_point_id, enabled in (("CP1", True), ("CP2", False), ("CP3", True)):
        key = await database.run(add_charge_point, charge_point_id)
        await database.run(lambda key=key, enabled=enabled: local_auth_list.update(key, enabled=enabled))
    await database.run(charge_points.delete, "CP3", NOW)
    assert await database.read(local_auth_list.list_enabled) == ["CP1"]
