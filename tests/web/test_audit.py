"""The audit trail over the API."""

from datetime import UTC, datetime, timedelta

import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.accounts import Actor
from edge_csms.domain.roles import Role
from edge_csms.services.audit import record
from edge_csms.web import audit
from tests.web.conftest import MakeSite, Site

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def site(io_loop: IOLoop, make_site: MakeSite) -> Site:
    return io_loop.run_sync(lambda: make_site(audit.ROUTES))


async def fill(site: Site) -> str:
    token = await site.token(Role.VIEWER)
    for hour in range(6):
        who = Actor("kim" if hour % 2 else "zoe", "192.0.2.7")
        action = "remote start" if hour < 3 else "unlock"
        at = START + timedelta(hours=hour)
        await site.parts.database.run(record, at, who, action, f"CP{hour}", "", "Accepted")
    return token


async def test_entries_come_newest_first_with_who_what_and_result(site: Site) -> None:
    token = await fill(site)
    newest = (await site.ask("GET", "/api/v1/audit?limit=1", token=token)).json["items"]
    assert newest == [
        {
            "at": "2026-01-01T05:00:00Z",
            "username": "kim",
            "address": "192.0.2.7",
            "action": "unlock",
            "subject": "CP5",
            "details": "",
            "result": "Accepted",
        }
    ]


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("username=kim", ["CP5", "CP3", "CP1"]),
        ("action=unlock", ["CP5", "CP4", "CP3"]),
        ("subject=CP4", ["CP4"]),
        ("from=2026-01-01T02:00:00Z&to=2026-01-01T04:00:00Z", ["CP3", "CP2"]),
        ("from=2026-01-01T03:00:00%2B01:00&to=2026-01-01T03:00:00Z", ["CP2"]),
        ("username=kim&action=unlock", ["CP5", "CP3"]),
        ("username=nobody", []),
    ],
)
async def test_filters_narrow_the_list(site: Site, query: str, subjects: list[str]) -> None:
    token = await fill(site)
    answer = await site.ask("GET", f"/api/v1/audit?{query}", token=token)
    assert [item["subject"] for item in answer.json["items"]] == subjects


async def test_the_cursor_leads_through_all_entries(site: Site) -> None:
    token = await fill(site)
    first = (await site.ask("GET", "/api/v1/audit?limit=4", token=token)).json
    second = (await site.ask("GET", f"/api/v1/audit?limit=4&cursor={first['next']}", token=token)).json
    subjects = [item["subject"] for item in first["items"] + second["items"]]
    assert subjects == ["CP5", "CP4", "CP3", "CP2", "CP1", "CP0", "a-viewer"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=-1", "cursor=" + "9" * 30, "from=2026-01-01", "from=2026-01-01T00:00:00", "to=now", "who=kim"],
)
async def test_a_question_that_makes_no_sense_is_400(site: Site, query: str) -> None:
    token = await site.token(Role.VIEWER)
    answer = await site.ask("GET", f"/api/v1/audit?{query}", token=token)
    assert (answer.status, list(answer.json["errors"])) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_lies_outside_the_calendar_in_utc_is_400(site: Site, time: str) -> None:
    token = await site.token(Role.VIEWER)
    answer = await site.ask("GET", f"/api/v1/audit?from={time}&to={time}", token=token)
    assert (answer.status, set(answer.json["errors"])) == (400, {"from", "to"})


async def test_who_is_not_logged_in_reads_nothing(site: Site) -> None:
    assert (await site.ask("GET", "/api/v1/audit")).status == 401
