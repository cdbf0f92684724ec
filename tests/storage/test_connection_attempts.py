"""Tests of the stored counts of refused connection attempts."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import RefusedAttempts
from edge_csms.storage import connection_attempts
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def refused(identity: str, minutes: int = 0, count: int = 1) -> RefusedAttempts:
    at = NOW + timedelta(minutes=minutes)
    return RefusedAttempts("192.0.2.7", identity, "identity", "unknown", "Add it.", count, at, at)


async def test_equal_refusals_are_one_row(database: Database) -> None:
    await database.run(connection_attempts.add, refused("a", count=2))
    await database.run(connection_attempts.add, refused("b", minutes=1))
    await database.run(connection_attempts.add, refused("a", minutes=2, count=5))
    first, second = await database.run(connection_attempts.list_, 10)
    assert (first.identity, first.count, first.first_at, first.last_at) == ("a", 7, NOW, NOW + timedelta(minutes=2))
    assert second == refused("b", minutes=1)


async def test_the_oldest_are_deleted(database: Database) -> None:
    for number in range(5):
        await database.run(connection_attempts.add, refused(f"cp{number}", minutes=number))
    await database.run(connection_attempts.delete_oldest, 2)
    assert [one.identity for one in await database.run(connection_attempts.list_, 10)] == ["cp4", "cp3"]
