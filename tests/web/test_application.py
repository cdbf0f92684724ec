"""The URL table of the whole server: chargers first, then the API, then the page; with headers that protect people."""

import json

import pytest
from tornado.httpclient import AsyncHTTPClient

from tests.running import RunningSite


async def raw(site: RunningSite, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    client = AsyncHTTPClient(force_instance=True)
    response = await client.fetch(site.url + path, headers=headers, raise_error=False, follow_redirects=False)
    client.close()
    return response.code, {name.lower(): value for name, value in response.headers.get_all()}, response.body


async def test_the_page_is_served_with_headers_that_protect_it(site: RunningSite) -> None:
    status, headers, body = await raw(site, "/")
    assert status == 200
    assert b"<html" in body
    assert headers["content-security-policy"] == "default-src 'self'; img-src 'self' data:"
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


async def test_the_api_forbids_storing_and_an_unknown_path_is_404_in_the_fitting_shape(site: RunningSite) -> None:
    status, headers, body = await raw(site, "/api/v1/nothing")
    assert (status, headers["content-type"], headers["cache-control"]) == (404, "application/problem+json", "no-store")
    assert json.loads(body)["status"] == 404
    status, headers, body = await raw(site, "/api/auth/nothing")
    assert (status, headers["content-type"], json.loads(body)) == (404, "application/json", {"detail": "Not found."})


@pytest.mark.parametrize("path", ["/../secrets", "/..%2fsecrets", "/static/../../app.py", "/%00", "/lib/../../base.py"])
async def test_nothing_but_the_pages_files_is_served(site: RunningSite, path: str) -> None:
    status, _, _ = await raw(site, path)
    assert status in (400, 403, 404)


@pytest.mark.parametrize("path", ["/", "/api/v1/charge-points", "/api/openapi.json"])
async def test_a_foreign_host_name_is_421(site: RunningSite, path: str) -> None:
    assert (await raw(site, path, Host="elsewhere.example"))[0] == 421
    assert (await raw(site, path, Host="localhost"))[0] in (200, 401)


async def test_the_document_is_complete_and_needs_no_login(site: RunningSite) -> None:
    status, _, body = await raw(site, "/api/openapi.json")
    document = json.loads(body)
    assert (status, document["openapi"]) == (200, "3.1.0")
    assert {"/api/auth/login", "/api/remote-transactions/start/", "/api/v1/charge-points", "/healthz"} <= set(
        document["paths"]
    )
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
