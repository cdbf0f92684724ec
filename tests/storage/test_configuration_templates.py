"""Rows of configuration templates."""

from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.storage import configuration_templates as rows
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def columns(name: str = "ours", **changes: Any) -> dict[str, Any]:
    return {"name": name, "vendor": "A*", "model": "*", "automatic": False, "settings": {"K": "ü,1"}} | changes


async def test_a_template_comes_back_as_it_was_stored(database: Database) -> None:
    template_id = await database.run(rows.add, columns(), NOW)
    assert template_id is not None
    found = await database.read(rows.get, template_id)
    assert found is not None
    assert (found.name, found.vendor, found.automatic, found.settings) == ("ours", "A*", False, {"K": "ü,1"})
    assert found.updated_at == NOW
    assert await database.read(rows.get, template_id + 1) is None


async def test_names_are_there_once_without_regard_to_case(database: Database) -> None:
    first = await database.run(rows.add, columns("Ours"), NOW)
    assert await database.run(rows.add, columns("oURS"), NOW) is None
    second = await database.run(rows.add, columns("Other"), NOW)
    assert first is not None
    assert second is not None
    assert not await database.run(rows.update, second, {"name": "OURS"}, NOW)
    assert await database.run(rows.update, first, {"name": "OURS"}, NOW)


async def test_a_change_has_its_time(database: Database) -> None:
    template_id = await database.run(rows.add, columns(), NOW)
    assert template_id is not None
    await database.run(rows.update, template_id, {"settings": {"L": "2"}}, NOW + timedelta(hours=1))
    found = await database.read(rows.get, template_id)
    assert found is not None
    assert (found.settings, found.updated_at) == ({"L": "2"}, NOW + timedelta(hours=1))


async def test_they_are_listed_in_pages_and_deleted(database: Database) -> None:
    ids = [await database.run(rows.add, columns(name), NOW) for name in ("a", "b", "c")]
    assert [one.template_id for one in await database.read(rows.list_)] == ids
    assert [one.name for one in await database.read(rows.list_, after=ids[0], limit=1)] == ["b"]
    assert await database.run(rows.delete, ids[0])
    assert not await database.run(rows.delete, ids[0])
    assert await database.read(rows.count) == 2
