"""What a page of somebody else can reach in the browser of somebody who is logged in: nothing (S-05 to S-08)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from edge_csms.web.application import ROUTES
from tests.raw_charger import RawCharger, Refused
from tests.running import RunningSite

EVENTS = "/api/v1/events"
PAGE = ("/", "/main.js", "/no-such-file")
OTHERS = ("/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/nowhere", "/api/auth/nowhere", "/files/no/x")
CSP = "default-src 'self'; img-src 'self' data:"


def routes() -> Iterator[tuple[str, str]]:
    """Give method and path of every route."""
    for route in ROUTES:
        yield route.method, re.sub(r"\{\w+(?::int)?\}", "1", route.path)


async def send(site: RunningSite, method: str, path: str, **headers: str) -> HTTPResponse:
    """Send a request as an administrator, with a body where one is usual."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers |= {"Authorization": f"Bearer {await site.token()}", "Content-Type": "application/json"}
    body = None if method in ("GET", "HEAD", "OPTIONS") else b"{}"
    request = HTTPRequest(site.url + path, method, headers, body, allow_nonstandard_methods=True)
    request.follow_redirects = False
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def everything(site: RunningSite) -> Any:
    """Give what a change would change."""
    paths = ("/api/v1/charge-points", "/api/v1/id-tags", "/api/v1/users", "/api/v1/audit", "/api/v1/transactions")
    return json.dumps([await site.get(path) for path in paths])


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://", "http://localhost:1"])
async def test_a_page_of_another_origin_changes_nothing(site: RunningSite, origin: str) -> None:
    await site.token()
    before = await everything(site)
    for method, path in routes():
        if method != "GET":
            answer = await send(site, method, path, Origin=origin)
            assert answer.code == 403, (method, path, answer.code)
    assert await everything(site) == before


async def test_no_page_of_another_origin_may_read_an_answer(site: RunningSite) -> None:
    for method, path in routes():
        for asked in {method, "OPTIONS"} - {"POST", "PUT", "PATCH", "DELETE"}:
            answer = await send(site, asked, path, Origin="https://evil.example", Access_Control_Request_Method=method)
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")], path


async def test_a_form_of_another_site_is_no_json(site: RunningSite) -> None:
    """A browser sends a form without asking, but never as JSON, and never with a token in a header."""
    for route, (method, path) in zip(ROUTES, routes(), strict=True):
        if method == "POST" and path.startswith("/api/v1/"):
            request = HTTPRequest(
                site.url + path, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=1"
            )
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
            assert answer.code == (415 if route.role is None else 401), (path, answer.code)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
async def test_the_websocket_of_the_page_opens_for_the_page_alone(site: RunningSite, origin: str) -> None:
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, path=EVENTS, headers={"Origin": origin}, subprotocols=None).connect()
    assert refused.value.status == 403


async def test_a_page_that_plays_charger_is_refused(site: RunningSite) -> None:
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)", "Origin": "https://evil.example"}
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, headers=browser).connect()
    assert refused.value.status == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.org"])
async def test_under_a_foreign_name_nothing_is_answered(site: RunningSite, host: str) -> None:
    await site.token()
    before = await everything(site)
    for method, path in [*routes(), *(("GET", path) for path in (*PAGE, "/api/nowhere"))]:
        answer = await send(site, method, path, Host=host)
        assert answer.code == 421, (method, path, answer.code)
    for origin in (None, f"http://{host}"):  # the latter after DNS rebinding
        headers = {"Host": host, "Origin": origin}
        with pytest.raises(Refused) as refused:
            await RawCharger(site.port, path=EVENTS, headers=headers, subprotocols=None).connect()
        assert refused.value.status == 421
    assert await everything(site) == before


async def test_every_answer_says_what_a_browser_may_do_with_it(site: RunningSite) -> None:
    asked = [*routes(), *(("GET", path) for path in (*PAGE, *OTHERS)), ("BREW", "/api/v1/charge-points")]
    for method, path in asked:
        answer = await send(site, method, path)
        headers = answer.headers
        assert headers.get("Content-Security-Policy", CSP if answer.code == 101 else "") == CSP, (method, path)
        assert headers["X-Content-Type-Options"] == "nosniff", (method, path)
        assert headers["X-Frame-Options"] == "DENY", (method, path)
        assert "Server" not in headers, (method, path)
        if path.startswith("/api/"):
            assert headers["Cache-Control"] == "no-store", (method, path)
