"""Errors become answers, and requests become log lines."""

import json
import logging

import pytest
from tornado.web import HTTPError

from edge_csms.domain import errors
from edge_csms.domain.errors import Invalid, Refusal, TokenRefused, TooManyAttempts
from edge_csms.web.base import STATUS_BY_REFUSAL, Problem, problem_of
from tests.web.conftest import MakeSite

REFUSALS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refusal)]


def test_every_refusal_of_the_domain_has_its_status() -> None:
    assert set(REFUSALS) - set(STATUS_BY_REFUSAL) == {Refusal}


def test_a_refusal_that_nobody_thought_of_is_a_bad_request() -> None:
    class Odd(Refusal):
        pass

    class OddConflict(errors.Conflict):
        pass

    assert problem_of(Odd("odd")).status == 400
    assert problem_of(OddConflict("odd")).status == 409


def test_a_problem_is_rendered_in_both_styles() -> None:
    problem = Problem(502, "refused", kind="urn:x", members={"code": "GenericError"})
    assert problem.render("seed") == ("application/json", b'{"detail":"refused","code":"GenericError"}')
    content_type, body = problem.render("v1")
    assert content_type == "application/problem+json"
    assert json.loads(body) == {
        "type": "urn:x",
        "title": "Bad Gateway",
        "status": 502,
        "detail": "refused",
        "code": "GenericError",
    }


def test_wrong_fields_are_all_that_the_seed_says_and_a_member_in_v1() -> None:
    problem = problem_of(Invalid("two faults", {"a": ["x"], "b": ["y", "z"]}))
    assert json.loads(problem.render("seed")[1]) == {"a": ["x"], "b": ["y", "z"]}
    assert json.loads(problem.render("v1")[1])["errors"] == {"a": ["x"], "b": ["y", "z"]}


def test_headers_go_with_the_statuses_that_need_them() -> None:
    assert problem_of(TokenRefused("void")).headers == {"WWW-Authenticate": 'Bearer realm="api"'}
    assert problem_of(TooManyAttempts(0.2)).headers == {"Retry-After": "1"}
    assert problem_of(TooManyAttempts(30.5)).headers == {"Retry-After": "31"}


def test_a_bug_tells_nothing_about_itself() -> None:
    assert problem_of(KeyError("password")).detail == "Internal Server Error"
    assert problem_of(HTTPError(400, "a path with a secret")).detail == "Bad Request"


async def test_a_log_line_shows_no_query(make_site: MakeSite, caplog: pytest.LogCaptureFixture) -> None:
    site = await make_site([])
    with caplog.at_level(logging.DEBUG):
        await site.ask("GET", "/api/v1/a%0Ab?token=eyJsecret")
    lines = [record.getMessage() for record in caplog.records if record.name == "edge_csms.web.base"]
    assert len(lines) == 1
    assert lines[0].startswith("404 GET /api/v1/a%0Ab from 127.0.0.1 in ")
    assert "secret" not in caplog.text
