"""Registration: the set-up code, the three policies, and what makes no account."""

import asyncio
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.web import auth, registration, users
from edge_csms.web.parts import RegistrationPolicy, WebSettings
from tests.web.conftest import PASSWORD, Answer, MakeSite, Site

GOOD = {"username": "tech", "email": "t@example.com", "password1": PASSWORD, "password2": PASSWORD}
ROUTES = [*auth.ROUTES, *registration.ROUTES, *users.ROUTES]


@pytest.fixture
def open_site(io_loop: IOLoop, make_site: MakeSite) -> Site:
    return io_loop.run_sync(lambda: make_site(ROUTES, WebSettings(registration="open")))


async def register(site: Site, username: str = "tech", **more: Any) -> Answer:
    return await site.ask("POST", "/api/auth/registration/", {**GOOD, "username": username, **more})


async def log_in(site: Site, username: str) -> Answer:
    return await site.ask("POST", "/api/auth/login/", {"username": username, "password": PASSWORD})


@pytest.mark.parametrize("policy", ["closed", "approval", "open"])
async def test_the_first_account_is_an_administrator_with_the_set_up_code(
    make_site: MakeSite, policy: RegistrationPolicy
) -> None:
    site = await make_site(ROUTES, WebSettings(registration=policy))
    code = site.parts.setup_code.prepare(accounts_exist=False)
    assert code is not None
    assert (await site.ask("POST", "/api/auth/registration/", {"setup_code": code})).status == 400
    assert (await register(site)).status == 403
    assert (await register(site, setup_code="WRONG")).status == 403
    answer = await register(site, setup_code=code)
    assert answer.status == 201
    assert list(answer.json) == ["access", "refresh", "user"]
    assert (await site.ask("GET", "/api/v1/account", token=answer.json["access"])).json["role"] == "admin"
    assert (await register(site, "second", setup_code=code)).status == 403
    assert not (site.data_dir / "setup-code").exists()
    assert site.parts.setup_code.prepare(accounts_exist=False) is None


async def test_of_two_registrations_with_the_code_at_once_one_wins(make_site: MakeSite) -> None:
    site = await make_site(ROUTES)
    code = site.parts.setup_code.prepare(accounts_exist=False)
    answers = await asyncio.gather(*(register(site, name, setup_code=code) for name in ("one", "two", "three")))
    assert sorted(answer.status for answer in answers) == [201, 403, 403]
    assert len(await site.parts.database.read(accounts.list_)) == 1


async def test_wrong_set_up_codes_are_slowed_down(make_site: MakeSite) -> None:
    site = await make_site(ROUTES)
    site.parts.setup_code.prepare(accounts_exist=False)
    statuses = [(await register(site, setup_code=f"GUESS-{number}")).status for number in range(31)]
    assert statuses == [403] * 30 + [429]


async def test_registration_is_closed_unless_the_policy_says_otherwise(make_site: MakeSite) -> None:
    site = await make_site(ROUTES)
    await site.add_user("boss", Role.ADMIN)
    assert (await register(site)).status == 403
    assert (await register(site, "boss")).status == 403  # which names exist is nobody's business


async def test_under_approval_an_account_waits_for_an_administrator(make_site: MakeSite) -> None:
    site = await make_site(ROUTES, WebSettings(registration="approval"))
    admin = await site.token(Role.ADMIN)
    answer = await register(site)
    assert (answer.status, list(answer.json)) == (201, ["detail"])
    assert (await log_in(site, "tech")).status == 400
    waiting = await site.ask("GET", "/api/v1/users?active=false", token=admin)
    assert [item["username"] for item in waiting.json["items"]] == ["tech"]
    approved = await site.ask("PATCH", "/api/v1/users/tech", {"active": True}, token=admin)
    assert (approved.json["active"], approved.json["role"]) == (True, "viewer")
    assert (await log_in(site, "tech")).status == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "two words"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": ""}, "username"),
        ({"username": 7}, "username"),
        ({"username": None}, "username"),
        ({"username": "TECH"}, "username"),
        ({"email": "nowhere"}, "email"),
        ({"username": "lightning", "password1": "lightning9", "password2": "lightning9"}, "password1"),
        ({"password1": "password123", "password2": "password123"}, "password1"),
    ],
)
async def test_what_makes_no_account_is_named(open_site: Site, wrong: dict[str, Any], field: str) -> None:
    await open_site.add_user("tech", Role.ADMIN)
    answer = await register(open_site, **{"username": "other", **wrong})
    assert (answer.status, list(answer.json)) == (400, [field])


async def test_members_that_the_seed_does_not_know_are_ignored_as_there(open_site: Site) -> None:
    await open_site.add_user("boss", Role.ADMIN)
    assert (await register(open_site, first_name="Kim")).status == 201
