"""Tests of what is remembered of refused connection attempts."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import RefusedAttempts
from edge_csms.services import connection_attempts
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WRONG = ("192.0.2.7", "cp1", "credential", "its password is wrong", "Make a new key.")


async def test_refusals_are_counted_by_kind(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    await database.run(connection_attempts.note, {WRONG: 3, ("192.0.2.8", *WRONG[1:]): 1}, NOW)
    await database.run(connection_attempts.note, {WRONG: 4}, later)
    latest, other = await database.run(connection_attempts.list_, 10)
    assert latest == RefusedAttempts(*WRONG, count=7, first_at=NOW, last_at=later)
    assert (other.address, other.count) == ("192.0.2.8", 1)


async def test_the_latest_advice_is_kept(database: Database) -> None:
    await database.run(connection_attempts.note, {WRONG: 1}, NOW)
    await database.run(connection_attempts.note, {(*WRONG[:4], "Do this instead."): 1}, NOW)
    (kept,) = await database.run(connection_attempts.list_, 10)
    assert (kept.count, kept.fix) == (2, "Do this instead.")


async def test_of_too_many_kinds_the_oldest_are_forgotten(database: Database) -> None:
    for batch in range(6):
        counts = {("192.0.2.7", f"cp{batch}-{number}", *WRONG[2:]): 1 for number in range(200)}
        await database.run(connection_attempts.note, counts, NOW + timedelta(seconds=batch))
    kept = await database.run(connection_attempts.list_, 5000)
    assert len(kept) == connection_attempts.KEPT
    assert {one.identity.partition("-")[0] for one in kept} == {"cp1", "cp2", "cp3", "cp4", "cp5"}
    assert len(await database.run(connection_attempts.list_, 10)) == 10
