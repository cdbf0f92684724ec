"""Accounts come, change and go, and an administrator always stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.accounts import Account, Actor
from edge_csms.domain.errors import Conflict, Forbidden, Invalid, NotFound, TokenRefused
from edge_csms.domain.roles import Role
from edge_csms.services import accounts, audit
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, 0, 0, 500_000, UTC)
SECOND = int(NOW.timestamp())
WHO = Actor("", "console")


async def add(database: Database, username: str, role: Role = Role.VIEWER, active: bool = True) -> Account:
    return await database.run(accounts.add, NOW, WHO, username, "hash", role, active)


async def test_a_name_is_taken_in_whatever_case_until_its_user_is_removed(database: Database) -> None:
    first = await add(database, "Kim")
    with pytest.raises(Conflict):
        await add(database, "KIM")
    await database.run(accounts.remove, NOW, WHO, "kim")
    second = await add(database, "kim")
    assert second.user_id != first.user_id


async def test_a_bad_name_makes_no_account(database: Database) -> None:
    with pytest.raises(Invalid):
        await add(database, "a\nb")
    assert not await database.read(accounts.any_exist)


async def test_only_the_first_account_can_be_the_first(database: Database) -> None:
    first = await database.run(accounts.add_first, NOW, WHO, "kim", "hash")
    assert (first.role, first.active) == (Role.ADMIN, True)
    with pytest.raises(Forbidden):
        await database.run(accounts.add_first, NOW, WHO, "eve", "hash")


async def test_a_site_whose_users_are_all_retired_is_no_new_site(database: Database) -> None:
    await add(database, "kim")
    await database.run(accounts.remove, NOW, WHO, "kim")
    assert await database.read(accounts.list_) == []
    assert await database.read(accounts.any_exist)
    with pytest.raises(Forbidden):
        await database.run(accounts.add_first, NOW, WHO, "eve", "hash")


@pytest.mark.parametrize("change", [(Role.VIEWER, None), (None, False), None])
async def test_the_last_active_administrator_stays(database: Database, change: tuple[Any, Any] | None) -> None:
    await add(database, "boss", Role.ADMIN)
    await add(database, "sleeper", Role.ADMIN, active=False)

    async def attempt() -> None:
        if change is None:
            await database.run(accounts.remove, NOW, WHO, "boss")
        else:
            await database.run(accounts.change, NOW, WHO, "boss", *change)

    with pytest.raises(Conflict):
        await attempt()
    boss = await database.read(accounts.get, "boss")
    assert (boss.role, boss.active, boss.password_hash) == (Role.ADMIN, True, "hash")
    assert len(await database.read(audit.list_, 10)) == 2  # what was refused left no trace of an act
    await add(database, "second", Role.ADMIN)
    await attempt()


async def test_what_does_not_exist_can_not_be_changed(database: Database) -> None:
    for act, arguments in ((accounts.change, (Role.ADMIN,)), (accounts.remove, ())):
        with pytest.raises(NotFound):
            await database.run(act, NOW, WHO, "nobody", *arguments)


async def test_a_token_holds_while_its_account_does(database: Database) -> None:
    kim = await add(database, "kim")
    holder = await database.read(accounts.token_holder, str(kim.user_id), "a", SECOND)
    assert holder.username == "kim"


@pytest.mark.parametrize("user_id", ["", "0", "999", "-1", "x", "9" * 40, "٣"])
async def test_a_token_of_nobody_is_refused(database: Database, user_id: str) -> None:
    await add(database, "kim")
    with pytest.raises(TokenRefused):
        await database.read(accounts.token_holder, user_id, "a", SECOND)


@pytest.mark.parametrize(
    "change", [{"active": False}, {"password_hash": "another"}, {"active": False, "then": {"active": True}}]
)
async def test_older_tokens_are_void_after_a_change_of_password_or_a_deactivation(
    database: Database, change: dict[str, Any]
) -> None:
    kim = await add(database, "kim")
    then = change.pop("then", None)
    for step in [change] if then is None else [change, then]:
        password_hash, active = step.get("password_hash"), step.get("active")
        await database.run(accounts.change, NOW, WHO, "kim", None, active, password_hash)
    with pytest.raises(TokenRefused):
        await database.read(accounts.token_holder, str(kim.user_id), "a", SECOND)


async def test_a_revoked_token_is_refused_until_long_after_it_expired(database: Database) -> None:
    kim = await add(database, "kim")
    await database.run(accounts.revoke, [("a", SECOND + 60), ("a", SECOND + 60)])
    for later, purged in ((timedelta(), 0), (timedelta(days=29), 0), (timedelta(days=31), 1)):
        with pytest.raises(TokenRefused, match="blacklisted"):
            await database.read(accounts.token_holder, str(kim.user_id), "a", SECOND)
        assert await database.run(accounts.purge_revoked, NOW + later) == purged


async def test_every_act_is_recorded_without_its_secrets(database: Database) -> None:
    boss = Actor("boss", "192.0.2.7")
    await database.run(accounts.add, NOW, boss, "kim", "hash", Role.ADMIN)
    await add(database, "zoe", Role.ADMIN, active=False)
    await database.run(accounts.change, NOW, boss, "KIM", None, None, "new hash", "k@box")
    await database.run(accounts.change, NOW, boss, "kim")
    entries = await database.read(audit.list_, 10)
    assert [(entry.username, entry.action, entry.subject, entry.details) for entry in entries] == [
        ("boss", "change user", "kim", "new password, email k@box"),
        ("", "add user", "zoe", "role admin, waits for approval"),
        ("boss", "add user", "kim", "role admin"),
    ]


async def test_the_last_login_is_remembered(database: Database) -> None:
    kim = await add(database, "kim")
    await database.run(accounts.note_login, NOW, kim.user_id)
    assert (await database.read(accounts.get, "kim")).last_login == NOW
