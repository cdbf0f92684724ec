"""Users over the API: only administrators reach them, and one of them always stays."""

from typing import Any

import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.roles import Role
from edge_csms.web import audit, auth, users
from tests.web.conftest import PASSWORD, MakeSite, Site

NEW = {"username": "kim", "password": PASSWORD, "role": "technician"}


@pytest.fixture
def site(io_loop: IOLoop, make_site: MakeSite) -> Site:
    return io_loop.run_sync(lambda: make_site([*users.ROUTES, *auth.ROUTES, *audit.ROUTES]))


async def test_only_administrators_reach_the_users(site: Site) -> None:
    for role in (Role.VIEWER, Role.TECHNICIAN):
        token = await site.token(role)
        for method, path in (("GET", ""), ("POST", ""), ("GET", "/a-viewer"), ("PATCH", "/a-viewer")):
            assert (await site.ask(method, f"/api/v1/users{path}", {}, token=token)).status == 403
        assert (await site.ask("DELETE", "/api/v1/users/a-viewer", token=token)).status == 403
        assert (await site.ask("GET", "/api/v1/account", token=token)).json["role"] == role


async def test_a_user_is_made_shown_and_may_log_in(site: Site) -> None:
    token = await site.token(Role.ADMIN)
    made = await site.ask("POST", "/api/v1/users", NEW, token=token)
    assert made.status == 201
    shown = (await site.ask("GET", "/api/v1/users/KIM", token=token)).json
    assert shown == made.json
    assert (shown["username"], shown["role"], shown["active"], shown["last_login"]) == ("kim", "technician", True, None)
    assert shown["created_at"].endswith("Z")
    login = await site.ask("POST", "/api/auth/login", {"username": "kim", "password": PASSWORD})
    assert login.status == 200
    assert (await site.ask("GET", "/api/v1/users/kim", token=token)).json["last_login"] is not None


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"username": "A-ADMIN"}, 409),
        ({"username": "x y"}, 400),
        ({"password": "short"}, 400),
        ({"role": "root"}, 400),
        ({"email": "nowhere"}, 400),
        ({"is_admin": True}, 400),
        ({"active": "yes"}, 400),
    ],
)
async def test_a_user_that_can_not_be_made_is_refused(site: Site, wrong: dict[str, Any], status: int) -> None:
    token = await site.token(Role.ADMIN)
    answer = await site.ask("POST", "/api/v1/users", {**NEW, **wrong}, token=token)
    assert answer.status == status
    assert status == 409 or list(answer.json["errors"]) == list(wrong)


async def test_users_are_listed_by_name_and_in_pages(site: Site) -> None:
    token = await site.token(Role.ADMIN)
    for name in ("zoe", "Ben", "kim"):
        await site.add_user(name, Role.VIEWER)
    names: list[str] = []
    cursor = ""
    while cursor is not None:
        part = (await site.ask("GET", f"/api/v1/users?limit=1&cursor={cursor}", token=token)).json
        names += [item["username"] for item in part["items"]]
        cursor = part["next"]
    assert names == ["a-admin", "Ben", "kim", "zoe"]


async def test_changes_are_made_and_an_empty_change_is_none(site: Site) -> None:
    token = await site.token(Role.ADMIN)
    await site.ask("POST", "/api/v1/users", NEW, token=token)
    changes = {"role": "viewer", "active": False, "email": "k@example.com"}
    changed = (await site.ask("PATCH", "/api/v1/users/kim", changes, token=token)).json
    assert {name: changed[name] for name in changes} == changes
    assert (await site.ask("PATCH", "/api/v1/users/kim", {}, token=token)).json == changed
    emptied = (await site.ask("PATCH", "/api/v1/users/kim", {"email": ""}, token=token)).json
    assert emptied["email"] == ""


async def test_a_demotion_acts_at_once(site: Site) -> None:
    boss, admin = await site.token(Role.ADMIN), await site.add_user("second", Role.ADMIN)
    token = site.parts.tokens.issue("access", admin, site.parts.now())
    assert (await site.ask("GET", "/api/v1/users", token=token)).status == 200
    await site.ask("PATCH", "/api/v1/users/second", {"role": "viewer"}, token=boss)
    assert (await site.ask("GET", "/api/v1/users", token=token)).status == 403


async def test_a_password_set_by_an_administrator_ends_the_users_tokens(site: Site) -> None:
    boss, kim = await site.token(Role.ADMIN), await site.add_user("kim", Role.VIEWER)
    token = site.parts.tokens.issue("access", kim, site.parts.now())
    changed = await site.ask("PATCH", "/api/v1/users/kim", {"password": "Kilo-Watt-11"}, token=boss)
    assert changed.status == 200
    assert (await site.ask("GET", "/api/v1/account", token=token)).status == 401
    login = await site.ask("POST", "/api/auth/login", {"username": "kim", "password": "Kilo-Watt-11"})
    assert login.status == 200


@pytest.mark.parametrize("changes", [{"role": "technician"}, {"active": False}, None])
async def test_the_last_active_administrator_stays(site: Site, changes: dict[str, Any] | None) -> None:
    token = await site.token(Role.ADMIN)
    await site.ask("POST", "/api/v1/users", {**NEW, "role": "admin", "active": False}, token=token)
    method = "DELETE" if changes is None else "PATCH"
    assert (await site.ask(method, "/api/v1/users/a-admin", changes, token=token)).status == 409
    assert (await site.ask("GET", "/api/v1/users/a-admin", token=token)).json["active"] is True
    await site.ask("PATCH", "/api/v1/users/kim", {"active": True}, token=token)
    assert (await site.ask(method, "/api/v1/users/a-admin", changes, token=token)).status in (200, 204)


async def test_a_removed_user_is_gone_and_its_name_free(site: Site) -> None:
    token = await site.token(Role.ADMIN)
    await site.ask("POST", "/api/v1/users", NEW, token=token)
    assert (await site.ask("DELETE", "/api/v1/users/kim", token=token)).status == 204
    for method in ("GET", "DELETE"):
        assert (await site.ask(method, "/api/v1/users/kim", token=token)).status == 404
    assert (await site.ask("PATCH", "/api/v1/users/kim", {"active": True}, token=token)).status == 404
    assert (await site.ask("POST", "/api/v1/users", NEW, token=token)).status == 201


async def test_every_act_on_a_user_is_in_the_audit_trail_without_a_password(site: Site) -> None:
    token = await site.token(Role.ADMIN)
    await site.ask("POST", "/api/v1/users", NEW, token=token)
    await site.ask("PATCH", "/api/v1/users/kim", {"role": "viewer", "password": "Kilo-Watt-11"}, token=token)
    await site.ask("DELETE", "/api/v1/users/kim", token=token)
    answer = await site.ask("GET", "/api/v1/audit?subject=kim", token=token)
    acts = [(item["username"], item["action"], item["details"]) for item in answer.json["items"]]
    assert acts == [
        ("a-admin", "delete user", ""),
        ("a-admin", "change user", "role viewer, new password"),
        ("a-admin", "add user", "role technician"),
    ]
    assert b"Watt" not in answer.body
    assert b"argon2" not in answer.body


async def test_the_own_password_is_checked_again(site: Site) -> None:
    token, path = await site.token(Role.VIEWER), "/api/v1/account/password/confirm"
    assert (await site.ask("POST", path, {"password": PASSWORD}, token=token)).status == 204
    wrong = await site.ask("POST", path, {"password": PASSWORD.lower()}, token=token)
    assert (wrong.status, list(wrong.json["errors"])) == (400, ["password"])
    assert (await site.ask("POST", path, {"password": PASSWORD})).status == 401


async def test_guesses_at_the_own_password_are_slowed_down(site: Site) -> None:
    token, path = await site.token(Role.VIEWER), "/api/v1/account/password/confirm"
    statuses = [(await site.ask("POST", path, {"password": "x"}, token=token)).status for _ in range(12)]
    assert statuses[-1] == 429
