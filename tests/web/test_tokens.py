"""Tokens, and those that somebody made up."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from edge_csms.domain.accounts import Account
from edge_csms.domain.errors import TokenRefused
from edge_csms.domain.roles import Role
from edge_csms.web import auth
from edge_csms.web.tokens import Tokens
from tests.web.conftest import MakeSite

KEY = bytes(range(32))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLAIMS: dict[str, Any] = {
    "token_type": "access",
    "exp": int(NOW.timestamp()) + 60,
    "iat": int(NOW.timestamp()),
    "jti": "0" * 32,
    "user_id": "1",
}


def account(tokens_after: datetime | None = None) -> Account:
    return Account(1, "tech", "", "", "", Role.VIEWER, True, "", tokens_after, NOW, None)


def tokens() -> Tokens:
    return Tokens(KEY, access_minutes=15, refresh_days=7)


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in CLAIMS.items() if name not in names}


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned(header: dict[str, Any]) -> str:
    return f"{part(header)}.{part(CLAIMS)}."


def with_header(header: dict[str, Any], key: bytes = KEY) -> str:
    signed = f"{part(header)}.{part(CLAIMS)}"
    digest = hmac.digest(key, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def test_a_good_token_is_read() -> None:
    claims = tokens().read(jwt.encode(CLAIMS, KEY, "HS256"), NOW, "access")
    assert (claims.user_id, claims.jti) == ("1", "0" * 32)
    assert tokens().read(with_header({"alg": "HS256", "typ": "JWT"}), NOW).user_id == "1"


FORGED = {
    "alg none": unsigned({"alg": "none", "typ": "JWT"}),
    "alg None": unsigned({"alg": "None"}),
    "no alg": with_header({"typ": "JWT"}),
    "another alg": jwt.encode(CLAIMS, KEY * 2, "HS512"),
    "another key": jwt.encode(CLAIMS, KEY[::-1], "HS256"),
    "an empty key": with_header({"alg": "HS256"}, b""),
    "a key of its own": with_header({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}, b"\0\0\0"),
    "a critical extension": with_header({"alg": "HS256", "crit": ["x"], "x": 1}),
    "another audience": jwt.encode({**CLAIMS, "aud": "somebody-else"}, KEY, "HS256"),
    "no type": jwt.encode(without("token_type"), KEY, "HS256"),
    "an unknown type": jwt.encode({**CLAIMS, "token_type": "root"}, KEY, "HS256"),
    "no expiry": jwt.encode(without("exp"), KEY, "HS256"),
    "no id": jwt.encode(without("jti"), KEY, "HS256"),
    "an expiry in words": jwt.encode({**CLAIMS, "exp": "never"}, KEY, "HS256"),
    "a user of another kind": jwt.encode({**CLAIMS, "user_id": 1}, KEY, "HS256"),
    "expired": jwt.encode({**CLAIMS, "exp": int(NOW.timestamp())}, KEY, "HS256"),
    "a charger's": jwt.encode({**without("exp"), "token_type": "charger"}, KEY, "HS256"),
    "cut": jwt.encode(CLAIMS, KEY, "HS256")[:-2],
    "nothing": "",
    "dots": "..",
    "no ASCII": "é.é.é",
    "a surrogate": "\ud800.a.b",
    "a megabyte": "x" * 1_000_000,
    "a deep payload": f"{part({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 2000).decode()}.x",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_a_forged_or_spent_token_is_refused(forged: str) -> None:
    with pytest.raises(TokenRefused):
        tokens().read(forged, NOW, "access")


def test_an_access_token_lives_for_its_minutes_by_the_sites_clock() -> None:
    token = tokens().issue("access", account(), NOW)
    assert tokens().read(token, NOW + timedelta(minutes=14, seconds=59), "access")
    with pytest.raises(TokenRefused, match="expired"):
        tokens().read(token, NOW + timedelta(minutes=15), "access")


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    token = tokens().issue("access", account(), NOW)
    assert tokens().read(token, NOW - timedelta(hours=5), "access")


def test_a_token_made_in_the_second_that_voided_others_is_none_of_them() -> None:
    changed = NOW + timedelta(microseconds=700_000)
    claims = tokens().read(tokens().issue("access", account(changed), changed), changed)
    assert claims.iat > int(changed.timestamp())


def test_a_clock_that_was_ahead_makes_no_token_live_longer() -> None:
    token = tokens().issue("access", account(NOW + timedelta(days=3650)), NOW)
    assert tokens().read(token, NOW).iat > int(NOW.timestamp())
    with pytest.raises(TokenRefused, match="expired"):
        tokens().read(token, NOW + timedelta(minutes=15))


def test_a_chargers_token_names_it_and_never_expires() -> None:
    token, token_id = tokens().issue_for_charger("CP 1", NOW)
    claims = tokens().read(token, NOW + timedelta(days=9999), "charger")
    assert (claims.charge_point_id, claims.jti, claims.exp) == ("CP 1", token_id, None)


@pytest.mark.parametrize("forged", ["alg none", "another key", "expired", "a charger's", "another audience"])
async def test_the_api_answers_401_to_forged_tokens(make_site: MakeSite, forged: str) -> None:
    site = await make_site(auth.ROUTES)
    assert (await site.ask("GET", "/api/auth/user/", token=FORGED[forged])).status == 401
    for path, member in (("token/verify", "token"), ("token/refresh", "refresh"), ("logout", "refresh")):
        assert (await site.ask("POST", f"/api/auth/{path}", {member: FORGED[forged]})).status == 401


@pytest.mark.parametrize("length", [1_000_000, 1 << 20])
async def test_a_token_of_a_megabyte_is_answered_401(make_site: MakeSite, length: int) -> None:
    site = await make_site(auth.ROUTES)
    for path, member in (("token/verify", "token"), ("token/refresh", "refresh"), ("logout", "refresh")):
        assert (await site.ask("POST", f"/api/auth/{path}", {member: "x" * length})).status == 401
    assert (await site.ask("GET", "/api/auth/user/", token="x" * 60_000)).status == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic dTpw", "bearer a b", "Token x", "\t"])
async def test_an_odd_authorization_header_is_401(make_site: MakeSite, header: str) -> None:
    site = await make_site(auth.ROUTES)
    assert (await site.ask("GET", "/api/auth/user/", headers={"Authorization": header})).status == 401
