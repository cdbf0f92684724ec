"""What every route does before and after its function."""

import asyncio
from typing import Annotated, Any

import msgspec
import pytest
from tornado.ioloop import IOLoop
from tornado.tcpclient import TCPClient

from edge_csms.domain.errors import CallRefused, Conflict, NoAnswer, NotFound, Offline, StorageUnavailable
from edge_csms.domain.roles import Role
from edge_csms.services import audit
from edge_csms.web.paging import Page, PageQuery, page
from edge_csms.web.request import Content, Request
from edge_csms.web.route import Route
from tests.web.conftest import MakeSite, Site


class Thing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1)]
    size: int = 0


class ThingQuery(PageQuery):
    size: int | None = None


REFUSALS = {
    "missing": NotFound("no such thing"),
    "taken": Conflict("taken"),
    "offline": Offline("not connected"),
    "refused": CallRefused("NotSupported", "never heard of it"),
    "silent": NoAnswer("no answer in 30 s"),
    "full": StorageUnavailable("disk full"),
    "bug": ZeroDivisionError("a secret detail"),
}


async def list_things(request: Request, query: ThingQuery) -> Page[Thing]:
    """List things."""
    found = [Thing(name=f"thing {number}") for number in range(5)]
    after = int(query.cursor or -1)
    return page(found[after + 1 :][: query.limit + 1], query.limit, lambda thing: thing.name.removeprefix("thing "))


async def add_thing(request: Request, body: Thing) -> Thing:
    """Make a thing."""
    request.headers["Location"] = f"/things/{body.name}"
    return body


async def get_thing(request: Request, name: str) -> Thing:
    """Show a thing, or refuse."""
    if name in REFUSALS:
        raise REFUSALS[name]
    return Thing(name=name)


async def command_thing(request: Request, number: int) -> Thing:
    """Do something with a thing."""
    if number == 0:
        raise Offline("not connected")
    if number == 13:
        raise ZeroDivisionError
    request.audit.result = "Accepted"
    return Thing(name=request.account.username, size=number)


async def delete_thing(request: Request, name: str) -> None:
    """Remove a thing."""


async def export(request: Request) -> Content:
    """Give all things in pieces."""

    async def pieces() -> Any:
        yield b"one,"
        yield b"two"

    return Content("text/csv", pieces(), "things.csv")


ended = asyncio.Event()


async def endless(request: Request) -> Content:
    """Give more than anybody reads."""

    async def pieces() -> Any:
        try:
            while True:
                yield b"x" * 100_000
        finally:
            ended.set()

    return Content("text/plain", pieces())


def route(method: Any, path: str, function: Any, role: Role | None = None, **more: Any) -> Route:
    return Route(method=method, path=path, function=function, role=role, summary=function.__doc__, **more)


ROUTES = [
    route("GET", "/api/v1/things", list_things, query=ThingQuery, returns=Page[Thing]),
    route("POST", "/api/v1/things", add_thing, Role.TECHNICIAN, body=Thing, returns=Thing, status=201),
    route("GET", "/api/v1/things/{name}", get_thing, returns=Thing),
    route("DELETE", "/api/v1/things/{name}", delete_thing, Role.TECHNICIAN, status=204),
    route("GET", "/api/v1/things/everything", export, content_type="text/csv"),
    route("GET", "/api/v1/endless", endless, content_type="text/plain"),
    route("POST", "/api/v1/numbers/{number:int}", command_thing, Role.VIEWER, audit="command thing"),
    route("POST", "/api/remote-transactions/start", add_thing, None, body=Thing, style="seed"),
    route("GET", "/api/remote-transactions/{name}", get_thing, style="seed"),
]


@pytest.fixture
def site(io_loop: IOLoop, make_site: MakeSite) -> Site:
    return io_loop.run_sync(lambda: make_site(ROUTES))


async def test_a_route_answers_with_or_without_a_final_slash(site: Site) -> None:
    for path in ("/api/v1/things", "/api/v1/things/"):
        answer = await site.ask("GET", path)
        assert answer.status == 200
        assert len(answer.json["items"]) == 5
        assert answer.json["next"] is None


async def test_a_list_goes_on_where_the_page_before_ended(site: Site) -> None:
    first = await site.ask("GET", "/api/v1/things?limit=2")
    assert [item["name"] for item in first.json["items"]] == ["thing 0", "thing 1"]
    second = await site.ask("GET", f"/api/v1/things?limit=3&cursor={first.json['next']}")
    assert [item["name"] for item in second.json["items"]] == ["thing 2", "thing 3", "thing 4"]
    assert second.json["next"] is None


async def test_a_limit_above_1000_is_clamped_and_one_below_1_refused(site: Site) -> None:
    assert (await site.ask("GET", "/api/v1/things?limit=5000")).status == 200
    assert (await site.ask("GET", "/api/v1/things?limit=0")).json["errors"].keys() == {"limit"}
    assert ThingQuery(limit=5000).limit == 1000


async def test_every_fault_of_a_query_is_named(site: Site) -> None:
    answer = await site.ask("GET", "/api/v1/things?limit=x&size=y&colour=red")
    assert answer.status == 400
    assert answer.json["errors"].keys() == {"limit", "size", "colour"}


async def test_every_fault_of_a_body_is_named(site: Site) -> None:
    token = await site.token(Role.TECHNICIAN)
    answer = await site.ask("POST", "/api/v1/things", {"size": "big", "colour": 1}, token=token)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["errors"].keys() == {"name", "size", "colour"}
    assert answer.json["status"] == 400
    assert answer.json["title"] == "Bad Request"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"name": "x"', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "x", "size": 9223372036854775808}', "application/json", 400),
        (b'{"name": "x", "size": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"name": ' + b"[" * 100_000, "application/json", 400),
        (b"", "application/json", 400),
        (b'{"name": "x"}', "text/plain", 415),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b'{"name": "x"}', "application/json; charset=utf-8", 201),
    ],
)
async def test_a_body_that_is_no_good_json_is_refused(site: Site, body: bytes, content_type: str, status: int) -> None:
    token = await site.token(Role.TECHNICIAN)
    answer = await site.ask("POST", "/api/v1/things", body, token=token, headers={"Content-Type": content_type})
    assert answer.status == status


@pytest.mark.parametrize("length", [2 << 20, 40 << 20])
async def test_a_body_over_a_mebibyte_is_answered_413(site: Site, length: int) -> None:
    token = await site.token(Role.TECHNICIAN)
    answer = await site.ask("POST", "/api/v1/things", b"x" * length, token=token)
    assert answer.status == 413
    assert (await site.ask("GET", "/api/v1/things")).status == 200


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("missing", 404, "urn:edge-csms:not-found"),
        ("taken", 409, "urn:edge-csms:conflict"),
        ("offline", 409, "urn:edge-csms:offline"),
        ("refused", 502, "urn:edge-csms:call-refused"),
        ("silent", 504, "urn:edge-csms:no-answer"),
        ("full", 503, "urn:edge-csms:storage-unavailable"),
    ],
)
async def test_a_refusal_becomes_a_status_in_both_styles(site: Site, name: str, status: int, kind: str) -> None:
    problem = await site.ask("GET", f"/api/v1/things/{name}")
    assert (problem.status, problem.json["type"], problem.json["status"]) == (status, kind, status)
    seed = await site.ask("GET", f"/api/remote-transactions/{name}/")
    assert seed.status == status
    assert seed.headers["Content-Type"] == "application/json"
    assert seed.json["detail"] == problem.json["detail"]


async def test_what_a_charger_refused_is_told_with_its_code(site: Site) -> None:
    for path in ("/api/v1/things/refused", "/api/remote-transactions/refused"):
        answer = (await site.ask("GET", path)).json
        assert (answer["code"], answer["description"]) == ("NotSupported", "never heard of it")


async def test_a_bug_is_500_without_detail_and_logged_with_its_traceback(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await site.ask("GET", "/api/v1/things/bug")
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert "ZeroDivisionError: a secret detail" in caplog.text


async def test_seed_paths_name_wrong_fields_as_the_seed_does(site: Site) -> None:
    answer = await site.ask("POST", "/api/remote-transactions/start/", {})
    assert (answer.status, answer.json) == (400, {"name": ["This field is required."]})


async def test_an_unknown_method_is_405_and_says_what_is_allowed(site: Site) -> None:
    for method in ("PUT", "OPTIONS", "PROPFIND"):
        answer = await site.ask(method, "/api/v1/things")
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD, POST"
        assert not any(name.startswith("Access-Control") for name in answer.headers)


async def test_unknown_paths_are_404_in_the_style_of_their_part(site: Site) -> None:
    assert (await site.ask("POST", "/api/v1/nothing", {})).json["title"] == "Not Found"
    assert (await site.ask("POST", "/api/auth/nothing", {})).json == {"detail": "Not found."}
    assert (await site.ask("GET", "/api/v1/numbers/x")).status == 404


async def test_head_answers_like_get_without_a_body(site: Site) -> None:
    get, head = await site.ask("GET", "/api/v1/things"), await site.ask("HEAD", "/api/v1/things")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert (await site.ask("HEAD", "/api/v1/things/everything")).body == b""


async def test_names_in_paths_are_decoded_once(site: Site) -> None:
    assert (await site.ask("GET", "/api/v1/things/a%20b%2541%3F")).json["name"] == "a b%41?"
    assert (await site.ask("GET", "/api/v1/things/%FF")).status == 400


async def test_a_path_without_placeholders_comes_before_one_with(site: Site) -> None:
    answer = await site.ask("GET", "/api/v1/things/everything")
    assert answer.body == b"one,two"
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="things.csv"'


async def test_a_reader_that_hangs_up_ends_the_answer_without_a_complaint(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    ended.clear()
    stream = await TCPClient().connect("127.0.0.1", site.port)
    await stream.write(b"GET /api/v1/endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await stream.read_bytes(1_000_000)
    stream.close()
    await asyncio.wait_for(ended.wait(), 10)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_success_may_have_another_status_and_headers(site: Site) -> None:
    token = await site.token(Role.TECHNICIAN)
    made = await site.ask("POST", "/api/v1/things", {"name": "x"}, token=token)
    assert (made.status, made.headers["Location"]) == (201, "/things/x")
    assert (await site.ask("DELETE", "/api/v1/things/x", token=token)).status == 204


async def test_roles_open_what_they_allow(site: Site) -> None:
    assert (await site.ask("POST", "/api/v1/things", {"name": "x"})).status == 401
    statuses = [
        (await site.ask("POST", "/api/v1/things", {"name": "x"}, token=await site.token(role))).status for role in Role
    ]
    assert statuses == [403, 201, 201]


async def test_who_may_not_call_learns_nothing_about_the_body(site: Site) -> None:
    assert (await site.ask("POST", "/api/v1/things", b"no json")).status == 401


async def test_commands_are_recorded_with_who_what_and_result(site: Site) -> None:
    token = await site.token(Role.TECHNICIAN)
    await site.ask("POST", "/api/v1/numbers/7", {}, token=token)
    await site.ask("POST", "/api/v1/numbers/0", {}, token=token)
    await site.ask("POST", "/api/v1/numbers/13", {}, token=token)
    failed, refused, done = (await site.parts.database.read(audit.list_, 10))[:3]
    assert (done.username, done.address, done.action, done.subject, done.result) == (
        "a-technician",
        "127.0.0.1",
        "command thing",
        "7",
        "Accepted",
    )
    assert refused.result == "refused: not connected"
    assert failed.result == "failed"


async def test_every_answer_carries_the_security_headers(site: Site) -> None:
    for path in ("/api/v1/things", "/api/v1/things/bug", "/api/v1/nothing", "/api/v1/things/missing"):
        headers = (await site.ask("GET", path)).headers
        assert headers["Content-Security-Policy"] == "default-src 'self'; img-src 'self' data:"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        ("127.0.0.1.evil.example:80", 421),
        ("", 421),
        ("localhost:8001", 200),
        ("edge-box", 200),
        ("EDGE-BOX.local:8001", 200),
        ("[::1]:8001", 200),
        ("192.168.7.8:99", 200),
    ],
)
async def test_only_our_own_names_are_answered(site: Site, host: str, status: int) -> None:
    assert (await site.ask("GET", "/api/v1/things", headers={"Host": host})).status == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 201),
        ("http://127.0.0.1:{port}", 201),
        ("http://127.0.0.1:1", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
async def test_a_page_of_another_origin_changes_nothing(site: Site, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin.format(port=site.port)}
    answer = await site.ask(
        "POST", "/api/v1/things", {"name": "x"}, token=await site.token(Role.ADMIN), headers=headers
    )
    assert answer.status == status
