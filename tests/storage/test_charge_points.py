"""Rows of charge points."""

from datetime import UTC, datetime

from edge_csms.domain.model import Registration
from edge_csms.storage import charge_points
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def add(database: Database, charge_point_id: str, registration: Registration = Registration.ACCEPTED) -> bool:
    return await database.run(charge_points.add, charge_point_id, registration, NOW)


async def test_only_one_in_use_has_an_identity(database: Database) -> None:
    assert await add(database, "CP1")
    assert not await add(database, "cp1")
    await database.run(charge_points.register, "Cp1", Registration.PENDING, NOW)
    found = await database.read(charge_points.get, "CP1")
    assert found is not None
    assert (found.charge_point_id, found.accepted) == ("CP1", True)


async def test_those_who_came_by_themselves_are_stored_like_others(database: Database) -> None:
    await database.run(charge_points.register, "CP1", Registration.ACCEPTED, NOW)
    await database.run(charge_points.register, "CP2", Registration.PENDING, NOW)
    accepted, waiting = await database.read(charge_points.list_)
    assert (accepted.accepted, accepted.was_accepted) == (True, True)
    assert (waiting.accepted, waiting.was_accepted) == (False, False)


async def test_a_retired_one_forgets_its_secrets_and_leaves_its_identity_to_others(database: Database) -> None:
    await add(database, "CP1")
    secrets = {"credential": "hash", "next_credentials": "next", "token_id": "token"}
    await database.run(charge_points.update, "CP1", secrets)
    assert await database.read(charge_points.get_secrets, "cp1") == ("hash", "next", "token")
    assert await database.run(charge_points.delete, "CP1", NOW)
    assert not await database.run(charge_points.delete, "CP1", NOW)
    assert await database.read(charge_points.get, "CP1") is None
    assert await add(database, "CP1")
    assert await database.read(charge_points.get_secrets, "CP1") == (None, None, None)
    assert len(await database.read(charge_points.list_keys, "cp1")) == 2


async def test_those_who_wait_are_counted(database: Database) -> None:
    for name, registration in (("a", Registration.PENDING), ("b", Registration.ACCEPTED), ("c", Registration.PENDING)):
        await add(database, name, registration)
    assert await database.read(charge_points.count_pending) == 2
    await database.run(charge_points.delete, "a", NOW)
    assert await database.read(charge_points.count_pending) == 1


async def test_they_are_listed_from_behind_an_identity(database: Database) -> None:
    for name in ("b", "C", "a"):
        await add(database, name)
    assert [one.charge_point_id for one in await database.read(charge_points.list_, after="a", limit=2)] == ["b", "C"]


async def test_a_boot_of_nobody_is_stored_nowhere(database: Database) -> None:
    columns = dict.fromkeys(("vendor", "model", "serial_number", "firmware_version", "boot_payload"))
    assert await database.run(charge_points.boot, "CP1", NOW, **columns) is None


async def test_switches_are_kept_as_they_are(database: Database) -> None:
    await add(database, "CP1")
    for switches in ({"a": True, "b": 2.5, "c": "x", "d": 3}, {}):
        await database.run(charge_points.put_switches, "CP1", switches)
        found = await database.read(charge_points.get, "CP1")
        assert found is not None
        assert found.switches == switches
