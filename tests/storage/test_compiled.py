"""Queries that are worded once and executed often."""

from peewee import fn

from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.database import Database
from edge_csms.storage.tables import Setting
from tests.storage.thread import put

worded: list[str] = []


def find() -> Compiled:
    def build():  # type: ignore[no-untyped-def]
        worded.append("once more")
        return Setting.select(Setting.name, Setting.value).where(
            (Setting.name == bind("name")) & (fn.LENGTH(Setting.value) < 100)
        )

    return Compiled(build)


async def test_a_query_is_worded_once_and_gets_new_values_with_each_call(database: Database) -> None:
    worded.clear()
    by_name = find()
    await database.run(put, "a", "1")
    await database.run(put, "b", "2")
    assert await database.read(by_name, name="a") == [("a", "1")]
    assert await database.read(by_name, name="b") == [("b", "2")]
    assert await database.read(by_name, name="c") == []
    assert worded == ["once more"]


async def test_values_are_bound_never_worded(database: Database) -> None:
    await database.run(put, "a", "1")
    assert await database.read(find(), name="a' OR '1' = '1") == []


async def test_what_changes_rows_and_returns_none_is_a_query_too(database: Database) -> None:
    change = Compiled(lambda: Setting.update({Setting.value: bind("value")}).where(Setting.name == bind("name")))
    await database.run(put, "a", "1")
    assert await database.run(change, name="a", value="2") == []
    assert await database.read(find(), name="a") == [("a", "2")]


async def test_what_an_insert_returns_is_given(database: Database) -> None:
    add = Compiled(
        lambda: (
            Setting.insert({Setting.name: bind("name"), Setting.value: ""}).on_conflict_ignore().returning(Setting.name)
        )
    )
    assert await database.run(add, name="a") == [("a",)]
    assert await database.run(add, name="a") == []
