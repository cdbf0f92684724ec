"""Rows of users."""

from datetime import UTC, datetime

from edge_csms.domain.accounts import Account
from edge_csms.domain.roles import Role
from edge_csms.storage import users
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def add(database: Database, username: str, role: Role = Role.VIEWER, active: bool = True) -> Account | None:
    return await database.run(users.add, NOW, username, "", role, active, "hash")


async def test_a_stored_user_comes_back_as_it_was(database: Database) -> None:
    kim = await add(database, "Kim", Role.TECHNICIAN)
    assert kim is not None
    assert await database.read(users.get, kim.user_id) == kim
    assert await database.read(users.find_by_username, " kIM ") == kim
    assert (kim.username, kim.role, kim.active, kim.password_hash) == ("Kim", Role.TECHNICIAN, True, "hash")
    assert (kim.created_at, kim.last_login, kim.tokens_after) == (NOW, None, None)


async def test_a_taken_name_is_no_error_but_no_user_either(database: Database) -> None:
    assert await add(database, "kim") is not None
    assert await add(database, "KIM") is None


async def test_a_retired_user_is_found_nowhere_and_keeps_no_password(database: Database) -> None:
    kim = await add(database, "kim", Role.ADMIN)
    assert kim is not None
    await database.run(users.delete, kim.user_id, NOW)
    assert await database.read(users.get, kim.user_id) is None
    assert await database.read(users.find_by_username, "kim") is None
    assert await database.read(users.list_) == []
    assert await database.read(users.count_active_admins) == 0
    assert await database.read(users.count_ever) == 1


async def test_users_are_listed_from_behind_a_name(database: Database) -> None:
    for name in ("zoe", "Ben", "kim"):
        await add(database, name, active=name != "kim")

    def names(after: str, limit: int | None, active: bool | None) -> list[str]:
        return [user.username for user in users.list_(after=after, limit=limit, active=active)]

    assert await database.read(names, "", None, None) == ["Ben", "kim", "zoe"]
    assert await database.read(names, "BEN", 1, None) == ["kim"]
    assert await database.read(names, "", None, False) == ["kim"]


async def test_administrators_are_counted_while_they_are_active(database: Database) -> None:
    await add(database, "one", Role.ADMIN)
    await add(database, "two", Role.ADMIN, active=False)
    await add(database, "three", Role.TECHNICIAN)
    assert await database.read(users.count_active_admins) == 1
