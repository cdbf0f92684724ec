"""Rows of revoked tokens."""

from datetime import UTC, datetime, timedelta

from edge_csms.storage import revoked_tokens
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_a_token_is_revoked_once_however_often(database: Database) -> None:
    assert await database.read(revoked_tokens.get, "a") is None
    await database.run(revoked_tokens.add, "a", NOW)
    await database.run(revoked_tokens.add, "a", NOW + timedelta(1))
    assert await database.read(revoked_tokens.get, "a") == NOW


async def test_only_expired_ones_are_forgotten(database: Database) -> None:
    await database.run(revoked_tokens.add, "old", NOW - timedelta(seconds=1))
    await database.run(revoked_tokens.add, "new", NOW)
    assert await database.run(revoked_tokens.delete_before, NOW) == 1
    assert await database.read(revoked_tokens.get, "old") is None
    assert await database.read(revoked_tokens.get, "new") == NOW
