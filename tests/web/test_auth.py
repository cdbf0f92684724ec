"""The seed's accounts API, request by request as its golden trace has it, and what we add to it."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.accounts import Actor
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.web import auth, registration, users
from edge_csms.web.parts import WebSettings
from edge_csms.web.request import Request
from edge_csms.web.route import Route
from tests.web.conftest import PASSWORD, Answer, MakeSite, Site

CHALLENGE = 'Bearer realm="api"'
REQUIRED = ["This field is required."]
NOT_VALID = {"code": "token_not_valid"}
GOOD = {"username": "tech", "email": "t@example.com", "password1": PASSWORD, "password2": PASSWORD}


async def protected(request: Request) -> dict[str, int]:
    """Stand for the seed's protected views."""
    return {"ok": 1}


ROUTES = [
    *auth.ROUTES,
    *registration.ROUTES,
    *users.ROUTES,
    Route(method="POST", path="/api/auth/p", function=protected, role=Role.VIEWER, summary="Protected", style="seed"),
]


@dataclass
class Step:
    """One request of the trace and what it is answered; a callable body or token is made from what came before."""

    method: str
    path: str
    body: Any
    status: int
    answer: Any
    challenge: str | None = None
    token: str | None = None  # "bad", "access" or "refresh"
    headers: dict[str, str] = field(default_factory=dict)


def given_token_not_valid(message: str) -> dict[str, Any]:
    messages = [{"token_class": "AccessToken", "token_type": "access", "message": message}]
    return {"detail": "Given token not valid for any token type", **NOT_VALID, "messages": messages}


USER = {"username": "tech", "email": "t@example.com", "first_name": "", "last_name": ""}
TOKENS = {"access": "<JWT>", "refresh": "<JWT>", "user": {"pk": "<PK>", **USER}}

TRACE = [
    Step("POST", "registration/", {}, 400, {"username": REQUIRED, "password1": REQUIRED, "password2": REQUIRED}),
    Step(
        "POST",
        "registration/",
        {"username": "tech", "email": "t@example.com", "password1": "123", "password2": "1234"},
        400,
        {
            "password1": [
                "This password is too short. It must contain at least 8 characters.",
                "This password is too common.",
                "This password is entirely numeric.",
            ]
        },
    ),
    Step(
        "POST",
        "registration/",
        {"username": "tech", "password1": "Volt-Ampere-9", "password2": "Volt-Ampere-8"},
        400,
        {"non_field_errors": ["The two password fields didn't match."]},
    ),
    Step("POST", "registration/", GOOD, 201, TOKENS),
    Step(
        "POST",
        "registration/",
        {**GOOD, "email": "t2@example.com"},
        400,
        {"username": ["A user with that username already exists."]},
    ),
    Step("POST", "login/", {}, 400, {"password": REQUIRED}),
    Step("POST", "login/", {"username": "tech"}, 400, {"password": REQUIRED}),
    Step(
        "POST",
        "login/",
        {"username": "tech", "password": "bad"},
        400,
        {"non_field_errors": ["Unable to log in with provided credentials."]},
    ),
    Step("POST", "login/", {"username": "tech", "password": PASSWORD}, 200, TOKENS),
    Step("POST", "token/verify/", {}, 400, {"token": REQUIRED}),
    Step("POST", "token/verify", {"token": "<access>"}, 200, {}),
    Step("POST", "token/verify/", {"token": "bad"}, 401, {"detail": "Token is invalid", **NOT_VALID}, CHALLENGE),
    Step("POST", "token/refresh/", {}, 401, {"detail": "No valid refresh token found.", **NOT_VALID}, CHALLENGE),
    Step("POST", "token/refresh", {"refresh": "<refresh>"}, 200, {"access": "<JWT>", "access_expiration": "<TIME>"}),
    Step("POST", "token/refresh/", {"refresh": "bad"}, 401, {"detail": "Token is invalid", **NOT_VALID}, CHALLENGE),
    Step(
        "POST",
        "token/refresh/",
        {"refresh": "<access>"},
        401,
        {"detail": "Token has wrong type", **NOT_VALID},
        CHALLENGE,
    ),
    Step("POST", "p/", {}, 401, {"detail": "Authentication credentials were not provided."}, CHALLENGE),
    Step("POST", "p/", {}, 401, given_token_not_valid("Token is invalid"), CHALLENGE, token="bad"),
    Step("POST", "p/", {}, 200, {"ok": 1}, token="<access>"),
    Step("POST", "p/", {}, 401, given_token_not_valid("Token has wrong type"), CHALLENGE, token="<refresh>"),
    Step("GET", "login/", None, 405, {"detail": 'Method "GET" not allowed.'}),
    Step("GET", "user/", None, 200, {"pk": "<PK>", **USER}, token="<access>"),
    Step("POST", "login/", b"{x", 400, {"detail": "<WORDS>"}),
    Step(
        "POST",
        "login/",
        b"x",
        415,
        {"detail": 'Unsupported media type "text/plain" in request.'},
        headers={"Content-Type": "text/plain"},
    ),
    Step(
        "POST",
        "password/change/",
        {"new_password1": "a", "new_password2": "b"},
        400,
        {"new_password2": ["The two password fields didn’t match."]},
        token="<access>",
    ),
    Step("POST", "logout/", {}, 401, {"detail": "Refresh token was not included in request data."}),
    Step("POST", "logout/", {"refresh": "<refresh>"}, 200, {"detail": "Successfully logged out."}),
    Step("POST", "logout/", {"refresh": "<refresh>"}, 401, {"detail": "Token is blacklisted"}, token="<access>"),
    Step(
        "POST",
        "token/refresh",
        {"refresh": "<refresh>"},
        401,
        {"detail": "Token is blacklisted", **NOT_VALID},
        CHALLENGE,
    ),
]


@pytest.fixture
def open_site(io_loop: IOLoop, make_site: MakeSite) -> Site:
    return io_loop.run_sync(lambda: make_site(ROUTES, WebSettings(registration="open")))


def check_like(found: Any, wanted: Any) -> None:
    """Compare keys, their order and values; tokens, times, ids and words of a JSON parser may be any."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted)
        for name, value in wanted.items():
            check_like(found[name], value)
    elif wanted == "<JWT>":
        assert found.count(".") == 2
    elif wanted == "<TIME>":
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", found)
    elif wanted == "<PK>":
        assert isinstance(found, int)
    elif wanted != "<WORDS>":
        assert found == wanted


async def test_the_golden_trace_is_answered_as_the_seed_answers_it(open_site: Site) -> None:
    await open_site.add_user("boss", Role.ADMIN)
    tokens: dict[str, str] = {}

    def filled(text: Any) -> Any:
        return tokens.get(text[1:-1], text) if isinstance(text, str) and text.startswith("<") else text

    for step in TRACE:
        body = {name: filled(value) for name, value in step.body.items()} if isinstance(step.body, dict) else step.body
        token = filled(step.token)
        answer = await open_site.ask(
            step.method, f"/api/auth/{step.path}", body, token=token, headers=dict(step.headers)
        )
        context = f"{step.method} {step.path} {body}"
        assert answer.status == step.status, context
        assert answer.headers["Content-Type"] == "application/json", context
        assert answer.headers.get("WWW-Authenticate") == step.challenge, context
        assert "Set-Cookie" not in answer.headers
        check_like(answer.json, step.answer)
        tokens |= {name: answer.json[name] for name in ("access", "refresh") if name in answer.json}


async def test_tokens_have_the_seeds_claims(open_site: Site) -> None:
    account = await open_site.add_user("tech", Role.VIEWER)
    answer = await log_in(open_site, "tech")
    for token_type, seconds in (("access", 15 * 60), ("refresh", 7 * 86400)):
        token = answer.json[token_type]
        assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
        claims = jwt.decode(token, options={"verify_signature": False})
        assert list(claims) == ["token_type", "exp", "iat", "jti", "user_id"]
        assert claims["token_type"] == token_type
        assert claims["exp"] - claims["iat"] == seconds
        assert re.fullmatch(r"[0-9a-f]{32}", claims["jti"])
        assert claims["user_id"] == str(account.user_id)


async def log_in(site: Site, username: str, password: str = PASSWORD) -> Answer:
    return await site.ask("POST", "/api/auth/login/", {"username": username, "password": password})


async def test_user_names_are_found_without_regard_to_case(open_site: Site) -> None:
    await open_site.add_user("Tech", Role.VIEWER)
    assert (await log_in(open_site, "tECH")).json["user"]["username"] == "Tech"


async def test_guessing_a_password_is_slowed_down_and_only_for_that_name(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)
    await open_site.add_user("other", Role.VIEWER)
    answers = [await log_in(open_site, "tech", "wrong") for _ in range(11)]
    assert [answer.status for answer in answers] == [400] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert (await log_in(open_site, "tech")).status == 429
    assert (await log_in(open_site, "other")).status == 200


async def test_many_guesses_at_once_are_many_guesses(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)
    answers = await asyncio.gather(*(log_in(open_site, "tech", f"wrong {number}") for number in range(30)))
    assert [answer.status for answer in answers].count(400) == 10


async def test_an_unknown_name_is_answered_like_a_wrong_password(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)
    wrong, unknown = await log_in(open_site, "tech", "wrong"), await log_in(open_site, "nobody", "wrong")
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)


async def test_logging_out_ends_both_tokens(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)
    first, second = (await log_in(open_site, "tech")).json, (await log_in(open_site, "tech")).json
    await open_site.ask("POST", "/api/auth/logout/", {"refresh": first["refresh"]}, token=first["access"])
    assert (await open_site.ask("GET", "/api/auth/user/", token=first["access"])).status == 401
    assert (await open_site.ask("GET", "/api/auth/user/", token=second["access"])).status == 200


async def test_a_revoked_token_stays_revoked_after_a_purge(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)
    tokens = (await log_in(open_site, "tech")).json
    await open_site.ask("POST", "/api/auth/logout/", {"refresh": tokens["refresh"]})
    await open_site.parts.database.run(accounts.purge_revoked, open_site.parts.now())
    answer = await open_site.ask("POST", "/api/auth/token/refresh", {"refresh": tokens["refresh"]})
    assert answer.json["detail"] == "Token is blacklisted"


async def test_a_new_password_voids_every_older_token_at_once_and_no_newer_one(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)
    old = (await log_in(open_site, "tech")).json
    new = {"new_password1": "Kilo-Watt-11", "new_password2": "Kilo-Watt-11"}
    answer = await open_site.ask("POST", "/api/auth/password/change/", new, token=old["access"])
    assert (answer.status, list(answer.json)) == (200, ["detail"])
    assert (await open_site.ask("GET", "/api/auth/user/", token=old["access"])).status == 401
    assert (await open_site.ask("POST", "/api/auth/token/refresh", {"refresh": old["refresh"]})).status == 401
    assert (await log_in(open_site, "tech")).status == 400
    fresh = (await log_in(open_site, "tech", "Kilo-Watt-11")).json
    assert (await open_site.ask("GET", "/api/auth/user/", token=fresh["access"])).status == 200
    refreshed = await open_site.ask("POST", "/api/auth/token/refresh", {"refresh": fresh["refresh"]})
    assert (await open_site.ask("GET", "/api/auth/user/", token=refreshed.json["access"])).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "new_password1"),
        ({"new_password1": "123", "new_password2": "123"}, "new_password2"),
        ({"new_password1": "Kilo-Watt-11", "new_password2": "Kilo-Watt-11", "old_password": "wrong"}, "old_password"),
    ],
)
async def test_a_bad_new_password_changes_nothing(open_site: Site, body: dict[str, str], field: str) -> None:
    token = await open_site.token(Role.VIEWER)
    answer = await open_site.ask("POST", "/api/auth/password/change/", body, token=token)
    assert (answer.status, next(iter(answer.json))) == (400, field)
    assert (await log_in(open_site, "a-viewer")).status == 200


async def test_a_token_ends_when_its_account_does(open_site: Site) -> None:
    await open_site.add_user("boss", Role.ADMIN)
    await open_site.add_user("tech", Role.TECHNICIAN)
    tokens = (await log_in(open_site, "tech")).json
    now, who = open_site.parts.now(), Actor("", "console")
    await open_site.parts.database.run(accounts.change, now, who, "tech", None, False)
    assert (await open_site.ask("GET", "/api/auth/user/", token=tokens["access"])).status == 401
    assert (await open_site.ask("POST", "/api/auth/token/verify", {"token": tokens["access"]})).status == 401
    await open_site.parts.database.run(accounts.change, now, who, "tech", None, True)
    assert (await open_site.ask("GET", "/api/auth/user/", token=tokens["access"])).status == 401
    fresh = (await log_in(open_site, "tech")).json
    assert (await open_site.ask("GET", "/api/auth/user/", token=fresh["access"])).status == 200
    await open_site.parts.database.run(accounts.remove, now, who, "tech")
    assert (await open_site.ask("GET", "/api/auth/user/", token=fresh["access"])).status == 401
    assert (await log_in(open_site, "tech")).status == 400


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(open_site: Site) -> None:
    await open_site.add_user("tech", Role.VIEWER)

    async def quickest(username: str) -> float:
        times = []
        for _ in range(4):
            started = time.perf_counter()
            assert (await log_in(open_site, username, "wrong")).status == 400
            times.append(time.perf_counter() - started)
        return min(times)

    assert await quickest("nobody") > await quickest("tech") / 2
