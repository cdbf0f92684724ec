"""Tests of how a new key takes the place of an old one: no order of events may lock a charge point out."""

from datetime import UTC, datetime

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.services import charge_points, charger_keys
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def charger(io_loop, database: Database) -> Database:
    """Give a database with a charge point CP1 that has a key."""
    io_loop.run_sync(lambda: database.run(charge_points.add, "CP1", NOW, {"credential": "first"}))
    return database


async def holding(database: Database) -> list[str | None]:
    """List the credentials that hold, the present one first."""
    secrets = await database.run(charger_keys.get, "cp1")
    return [secrets.credential, *secrets.next_credentials]


async def test_a_key_holds_beside_the_old_one_before_it_is_sent(charger):
    await charger.run(charger_keys.prepare, "CP1", "second")
    assert await holding(charger) == ["first", "second"]


async def test_the_first_login_with_a_new_key_ends_the_old_one(charger):
    await charger.run(charger_keys.prepare, "CP1", "second")
    await charger.run(charger_keys.promote, "CP1", "second")
    assert await holding(charger) == ["second"]


async def test_a_key_that_was_refused_holds_no_more(charger):
    await charger.run(charger_keys.prepare, "CP1", "second")
    await charger.run(charger_keys.drop, "CP1", "second")
    assert await holding(charger) == ["first"]


async def test_a_refused_key_takes_none_with_it_whose_answer_was_lost(charger):
    await charger.run(charger_keys.prepare, "CP1", "lost")
    await charger.run(charger_keys.prepare, "CP1", "refused")
    await charger.run(charger_keys.drop, "CP1", "refused")
    assert await holding(charger) == ["first", "lost"]


async def test_a_login_with_one_key_leaves_those_that_were_sent_later(charger):
    for key in ("second", "third", "fourth"):
        await charger.run(charger_keys.prepare, "CP1", key)
    await charger.run(charger_keys.promote, "CP1", "third")
    assert await holding(charger) == ["third", "fourth"]
    await charger.run(charger_keys.promote, "CP1", "fourth")
    assert await holding(charger) == ["fourth"]


async def test_a_login_with_a_key_that_ended_meanwhile_changes_nothing(charger):
    await charger.run(charger_keys.prepare, "CP1", "second")
    await charger.run(charger_keys.promote, "CP1", "unknown")
    assert await holding(charger) == ["first", "second"]


async def test_of_many_keys_that_were_never_used_the_latest_hold(charger):
    for number in range(20):
        await charger.run(charger_keys.prepare, "CP1", f"key{number}")
    assert await holding(charger) == ["first", "key15", "key16", "key17", "key18", "key19"]


async def test_an_unknown_charge_point_has_no_keys(charger):
    assert await charger.run(charger_keys.get, "CP2") == charger_keys.Secrets(None, (), None)
    with pytest.raises(NotFound):
        await charger.run(charger_keys.prepare, "CP2", "second")
    with pytest.raises(NotFound):
        await charger.run(charger_keys.drop, "CP2", "second")


async def test_a_deleted_charge_point_leaves_no_keys_behind(charger):
    await charger.run(charger_keys.prepare, "CP1", "second")
    await charger.run(charge_points.delete, "CP1", NOW)
    await charger.run(charge_points.add, "CP1", NOW, {})
    assert await holding(charger) == [None]
