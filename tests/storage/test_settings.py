"""Settings: kept by name, the last value holds."""

from edge_csms.storage import settings
from edge_csms.storage.database import Database


async def test_a_setting_that_was_never_set_is_none(database: Database) -> None:
    assert await database.read(settings.get, "name") is None


async def test_the_last_value_holds(database: Database) -> None:
    await database.run(settings.put, "name", "one")
    await database.run(settings.put, "name", "two")
    await database.run(settings.put, "other", "three")
    assert await database.read(settings.get, "name") == "two"


async def test_values_are_listed_by_how_their_names_begin_and_forgotten(database: Database) -> None:
    for name in ("a.one", "a.two", "b.one"):
        await database.run(settings.put, name, "x")
    await database.run(settings.delete, "a.two")
    assert await database.read(settings.list_, "a.") == {"a.one": "x"}
