"""Forged tokens at every door, tokens that were taken back, and a site that nobody has set up yet (S-15, S-17)."""

import base64
import itertools
import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from edge_csms.services import accounts
from edge_csms.services.secret_file import SecretFile
from edge_csms.web.application import ROUTES
from tests.raw_charger import RawCharger, Refused
from tests.running import RunningSite

USUAL = ("admin", "root", "edge-csms", "technician", "user", "password")


def doors() -> Iterator[tuple[str, str]]:
    """List every route that asks who one is."""
    for route in ROUTES:
        if route.role is not None:
            yield route.method, re.sub(r"\{\w+(?::int)?\}", "1", route.path)


async def forged(site: RunningSite) -> dict[str, str]:
    """Make tokens of an administrator that must not hold, from one that holds."""
    key, token = SecretFile(site.data_dir).key("token_key"), await site.token()
    claims: dict[str, Any] = jwt.decode(token, key, ["HS256"])
    account = await site.app.database.read(accounts.find, "the-admin")
    assert account is not None
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    day_ago = site.app.clock.now() - timedelta(days=1)
    return {
        "alg none": f"{header}.{token.split('.')[1]}.",
        "another key": jwt.encode(claims, bytes(32), "HS256"),
        "another audience": jwt.encode(claims | {"aud": "another-site"}, key, "HS256"),
        "expired": site.app.tokens.issue("access", account, day_ago),
        "a refresh token": site.app.tokens.issue("refresh", account, site.app.clock.now()),
        "another user": jwt.encode(claims | {"user_id": "4711"}, key, "HS256"),
        "a long one": "x" * 60_000,  # a longer head of a request is not read; in a body see tests/web/test_tokens.py
    }


async def test_no_forged_token_opens_any_door(site: RunningSite) -> None:
    tokens = await forged(site)
    for name, token in tokens.items():
        assert (await site.ask("GET", "/api/v1/users", token=token)).status == 401, name
        with pytest.raises(Refused) as refused:
            await RawCharger(site.port, path=f"/ocpp/CP1?token={token}").connect()
        assert refused.value.status == 401, name
    for (name, token), (method, path) in zip(itertools.cycle(tokens.items()), doors(), strict=False):
        answer = await site.ask(method, path, None if method == "GET" else {}, token=token)
        assert answer.status == 401, (name, method, path, answer.status)
    assert (await site.ask("GET", "/api/v1/users")).status == 200


async def test_without_a_token_no_door_opens(site: RunningSite) -> None:
    for method, path in doors():
        answer = await site.ask(method, path, None if method == "GET" else {}, role=None)
        assert answer.status == 401, (method, path)


@pytest.mark.parametrize("way", ["logout", "password", "deactivated", "deleted"])
async def test_what_is_taken_back_opens_no_door_a_second_later(site: RunningSite, way: str) -> None:
    body = {"username": "bert", "password": "Kilo-Watt-7", "role": "technician"}
    assert (await site.ask("POST", "/api/v1/users", body)).status == 201
    login = {"username": "bert", "password": "Kilo-Watt-7"}
    tokens = (await site.ask("POST", "/api/auth/login/", login, role=None)).json
    access, refresh = tokens["access"], tokens["refresh"]
    assert (await site.ask("GET", "/api/v1/charge-points", token=access)).status == 200
    new = {"new_password1": "Mega-Volt-8", "new_password2": "Mega-Volt-8"}
    match way:
        case "logout":
            taken = await site.ask("POST", "/api/auth/logout/", {"refresh": refresh}, token=access)
        case "password":
            taken = await site.ask("POST", "/api/auth/password/change/", new, token=access)
        case "deactivated":
            taken = await site.ask("PATCH", "/api/v1/users/bert", {"active": False})
        case _:
            taken = await site.ask("DELETE", "/api/v1/users/bert")
    begun = time.monotonic()
    assert taken.status in (200, 204), taken.body
    assert (await site.ask("GET", "/api/v1/charge-points", token=access)).status == 401
    assert (await site.ask("POST", "/api/auth/token/refresh/", {"refresh": refresh}, role=None)).status == 401
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, path=f"/ocpp/CP1?token={access}").connect()
    assert refused.value.status == 401
    assert time.monotonic() - begun < 5  # the word is one second; the machine of the tests may be busy


async def test_a_new_site_knows_no_login_and_takes_its_code_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = RunningSite(tmp_path / "data")
    await site.start()
    (code,) = re.findall(r"^set-up code: (\S+)$", capsys.readouterr().out, re.MULTILINE)
    kept = site.data_dir / "setup-code"
    assert (kept.read_text().strip(), kept.stat().st_mode & 0o777) == (code, 0o600)
    for name in USUAL:
        login = {"username": name, "password": name}
        assert (await site.ask("POST", "/api/auth/login/", login, role=None)).status == 400, login
    anna = {"username": "anna", "password1": "Kilo-Watt-7", "password2": "Kilo-Watt-7"}
    for wrong in ({}, {"setup_code": ""}, {"setup_code": "AAAA-BBBB-CCCC"}, {"setup_code": code[:-1]}):
        assert (await site.ask("POST", "/api/auth/registration/", anna | wrong, role=None)).status == 403
    made = await site.ask("POST", "/api/auth/registration/", anna | {"setup_code": code}, role=None)
    assert made.status == 201
    assert not kept.exists()
    bert = anna | {"username": "bert", "setup_code": code}
    assert (await site.ask("POST", "/api/auth/registration/", bert, role=None)).status == 403
    users = (await site.ask("GET", "/api/v1/users", token=made.json["access"])).json["items"]
    assert [one["username"] for one in users] == ["anna"]
    await site.stop()
    await site.start()
    assert "set-up code" not in capsys.readouterr().out
    assert (await site.ask("POST", "/api/auth/registration/", bert, role=None)).status == 403
    await site.stop()
