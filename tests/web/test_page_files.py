"""The admin page's files over HTTP: their types, packed where the reader can unpack, and never anything else."""

import gzip
import json
import os
import re

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from edge_csms.web.page_files import ROOT, find
from edge_csms.web.page_linking import SCRIPTS
from tests.running import RunningSite

MOST_BYTES = 150 * 1024  # of the whole page in one language, packed
NEVER_FETCHED = {".md", ""}  # licences, and the list of libraries


async def fetch(site: RunningSite, path: str, **headers: str) -> HTTPResponse:
    request = HTTPRequest(f"{site.url}{path}", headers=headers, decompress_response=False)
    client = AsyncHTTPClient(force_instance=True)
    try:
        return await client.fetch(request, raise_error=False)
    finally:
        client.close()


async def test_the_page_is_html_and_its_modules_are_scripts(site: RunningSite) -> None:
    page, script = await fetch(site, "/"), await fetch(site, "/lib/api.js")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.body == (ROOT / "index.html").read_bytes()
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "default-src 'self'" in script.headers["Content-Security-Policy"]


async def test_the_languages_are_those_of_the_catalogues_that_are_there(site: RunningSite) -> None:
    answer = await fetch(site, "/lang/languages.json")
    assert (answer.headers["Content-Type"], json.loads(answer.body)) == (
        "application/json",
        {"de": "Deutsch", "en": "English"},
    )


async def test_who_can_unpack_gets_less(site: RunningSite) -> None:
    answer = await fetch(site, "/css/base.css", **{"Accept-Encoding": "gzip, deflate, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    plain = (await fetch(site, "/css/base.css")).body
    assert len(answer.body) < len(plain) / 2
    assert gzip.decompress(answer.body) == plain


async def test_catalogues_and_style_sheets_come_without_what_only_their_editors_read(site: RunningSite) -> None:
    path = ROOT / "lang/de.json"
    catalogue, style = (await fetch(site, "/lang/de.json")).body, (await fetch(site, "/css/base.css")).body
    assert json.loads(catalogue) == json.loads(path.read_text())
    assert len(catalogue) < path.stat().st_size
    rules = re.sub(r"/\*[^*]*\*/", "", (ROOT / "css/base.css").read_text())
    assert style.decode().split() == rules.split()
    library = "vendor/pico/pico.fluid.classless.min.css"
    assert (await fetch(site, f"/{library}")).body == (ROOT / library).read_bytes()  # its licence is in a comment


async def test_a_file_that_has_not_changed_is_not_sent_again(site: RunningSite) -> None:
    first = await fetch(site, "/main.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = await fetch(site, "/main.js", **{"If-None-Match": first.headers["Etag"]})
    assert (again.code, again.body) == (304, b"")


async def test_the_modules_are_sent_as_two_scripts(site: RunningSite) -> None:
    for name in SCRIPTS:
        answer = await fetch(site, f"/{name}")
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.body.startswith(b"export const $stamp" if name == "main.js" else b"import { $modules, ")


def test_the_scripts_are_made_anew_when_a_module_has_changed() -> None:
    before = find("main.js")
    assert find("main.js") is before
    module = ROOT / "app.js"
    times = module.stat()
    try:
        os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns + 1000))
        assert find("main.js") is not before
    finally:
        os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("language", [path.stem for path in sorted((ROOT / "lang").glob("*.json"))])
def test_the_whole_page_weighs_less_than_150_kb(language: str) -> None:
    names = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.suffix not in NEVER_FETCHED}
    plain = {name for name in names if not name.endswith(".js") and not name.startswith("lang/")}
    fetched = {*plain, *SCRIPTS, f"lang/{language}.json", "lang/languages.json", "vendor/uplot/uPlot.iife.min.js"}
    sizes = {name: len(file.packed) for name in fetched if (file := find(name))}
    assert sizes.keys() == fetched
    assert sum(sizes.values()) < MOST_BYTES, sizes


@pytest.mark.parametrize(
    "path", ["/lib", "/lib/", "/nothing.js", "/../route.py", "/%2e%2e/route.py", "/lib/%00", f"/{'x' * 3000}"]
)
async def test_nothing_else_is_served(site: RunningSite, path: str) -> None:
    assert (await fetch(site, path)).code == 404
