"""Rows of idTags."""

from datetime import UTC, datetime

from edge_csms.domain.model import IdTag
from edge_csms.storage import id_tags
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_a_stored_tag_comes_back_as_it_was(database: Database) -> None:
    tag = IdTag("Cafe", True, NOW, "GROUP", 3, "Ann's card", "rfid")
    assert await database.run(id_tags.add, tag, NOW)
    assert await database.read(id_tags.get, " cAFE ") == tag
    assert await database.read(id_tags.list_) == [tag]


async def test_a_tag_without_anything_else_is_a_good_one(database: Database) -> None:
    await database.run(id_tags.add, IdTag("CAFE"), NOW)
    assert await database.read(id_tags.get, "CAFE") == IdTag("CAFE")


async def test_only_one_in_use_has_a_text(database: Database) -> None:
    assert await database.run(id_tags.add, IdTag("CAFE"), NOW)
    assert not await database.run(id_tags.add, IdTag("cafe"), NOW)
    assert await database.run(id_tags.delete, "Cafe", NOW)
    assert await database.read(id_tags.get, "CAFE") is None
    assert not await database.run(id_tags.delete, "CAFE", NOW)
    assert not await database.run(id_tags.update, "CAFE", {"blocked": True})
    assert await database.run(id_tags.add, IdTag("cafe"), NOW)


async def test_locking_a_tag_that_is_not_there_is_no_fault(database: Database) -> None:
    await database.run(id_tags.lock, "nobody")
