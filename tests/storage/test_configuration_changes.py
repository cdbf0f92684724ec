"""Rows of configuration changes."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.configuration import Change, ChangeKind
from edge_csms.storage import configuration_changes as rows
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def add(database: Database, key: int, **wanted: str) -> Change:
    change_id = await database.run(rows.add, key, ChangeKind.APPLY, wanted, "anna", NOW)
    found = await database.read(rows.get, change_id)
    assert found is not None
    return found


async def test_a_change_comes_back_as_it_was_stored(database: Database, charge_point_key: int) -> None:
    change = await add(database, charge_point_key, A="1")
    assert (change.charge_point_id, change.kind, change.state) == ("CP1", "apply", "waiting")
    assert (change.wanted, change.before, change.results) == ({"A": "1"}, {}, {})
    assert (change.asked_by, change.asked_at, change.finished_at) == ("anna", NOW, None)
    assert await database.read(rows.get, change.change_id + 1) is None


async def test_how_far_it_is_is_stored(database: Database, charge_point_key: int) -> None:
    change = await add(database, charge_point_key, A="1")
    await database.run(
        rows.update, change, before={"A": None}, results={"A": "Accepted"}, state="done", finished_at=NOW
    )
    found = await database.read(rows.get, change.change_id)
    assert found is not None
    assert (found.before, found.results, found.state, found.finished_at) == (
        {"A": None},
        {"A": "Accepted"},
        "done",
        NOW,
    )


async def test_a_newer_one_replaces_what_waits(database: Database, charge_point_key: int) -> None:
    old, new = await add(database, charge_point_key, A="1"), await add(database, charge_point_key, A="2")
    found = await database.read(rows.list_, charge_point_key)
    assert [(one.change_id, one.state.value) for one in found] == [
        (new.change_id, "waiting"),
        (old.change_id, "replaced"),
    ]
    waiting = await database.read(rows.find_waiting, charge_point_key)
    assert waiting is not None
    assert waiting.change_id == new.change_id
    await database.run(rows.update, new, state="done", finished_at=NOW + timedelta(hours=1))
    assert await database.read(rows.find_waiting, charge_point_key) is None


async def test_they_are_listed_from_the_newest_on(database: Database, charge_point_key: int) -> None:
    ids = [(await add(database, charge_point_key, A=str(number))).change_id for number in range(3)]
    assert [one.change_id for one in await database.read(rows.list_, charge_point_key, limit=2)] == ids[:0:-1]
    assert [one.change_id for one in await database.read(rows.list_, charge_point_key, before=ids[1])] == ids[:1]
    assert await database.read(rows.list_, charge_point_key + 1) == []
