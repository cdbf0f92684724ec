"""What all answers to people and programs share: security headers, who may call, and errors as statuses.

This is the one place where a refusal becomes an HTTP status. What is no refusal is a bug: logged with its traceback,
and 500 without detail.
"""

import http
import logging
import math
from collections.abc import Awaitable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal

import msgspec
from tornado.web import HTTPError, RequestHandler

from edge_csms.domain.errors import (
    CallRefused,
    Conflict,
    Declined,
    FilesUnavailable,
    Forbidden,
    Gone,
    Invalid,
    NoAnswer,
    NoRoom,
    NotFound,
    Offline,
    Refusal,
    StorageUnavailable,
    TokenRefused,
    TooLarge,
    TooManyAttempts,
)
from edge_csms.web.hosts import Hosts
from edge_csms.web.parts import Parts

log = logging.getLogger(__name__)

Style = Literal["v1", "seed"]

STATUS_BY_REFUSAL: dict[type[Refusal], int] = {
    Invalid: 400,
    TokenRefused: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Declined: 409,
    Offline: 409,
    Gone: 410,
    TooLarge: 413,
    TooManyAttempts: 429,
    CallRefused: 502,
    StorageUnavailable: 503,
    FilesUnavailable: 503,
    NoAnswer: 504,
    NoRoom: 507,
}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api"'}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


class Problem(Exception):
    """An answer that is an error; `fields` say what is wrong in the request, `members` are more of the answer's."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: str = "about:blank",
        fields: Mapping[str, Sequence[str]] | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.kind = kind
        self.fields = fields or {}
        self.members = members or {}
        self.headers = headers or {}

    def render(self, style: Style) -> tuple[str, bytes]:
        """Give content type and body: problem+json (RFC 9457), or the shapes of the Django REST framework."""
        if style == "seed":
            return "application/json", msgspec.json.encode(self.fields or {"detail": self.detail, **self.members})
        title = http.HTTPStatus(self.status).phrase
        body = {"type": self.kind, "title": title, "status": self.status, "detail": self.detail}
        if self.fields:
            body["errors"] = self.fields
        return "application/problem+json", msgspec.json.encode(body | dict(self.members))


def problem_of(error: BaseException | None, status: int = 500) -> Problem:
    """Turn whatever was raised into what the caller is told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return _problem_of_refusal(error)
    if isinstance(error, HTTPError):
        status = error.status_code
    return Problem(status, "Not found." if status == 404 else http.HTTPStatus(status).phrase)


def _problem_of_refusal(refusal: Refusal) -> Problem:
    status = next((STATUS_BY_REFUSAL[kind] for kind in type(refusal).__mro__ if kind in STATUS_BY_REFUSAL), 400)
    problem = Problem(status, refusal.detail, kind=f"urn:edge-csms:{_kebab(type(refusal).__name__)}")
    if isinstance(refusal, Invalid):
        problem.fields = refusal.fields
    elif isinstance(refusal, Declined):
        problem.members = {"charge_point_status": refusal.status}
    elif isinstance(refusal, CallRefused):
        problem.members = {"code": refusal.code, "description": refusal.description}
    elif isinstance(refusal, TokenRefused):
        problem.members, problem.headers = {"code": "token_not_valid"}, CHALLENGE
    elif isinstance(refusal, TooManyAttempts):
        problem.headers = {"Retry-After": str(max(1, math.ceil(refusal.retry_after_seconds)))}
    return problem


def on_probation() -> Problem:
    """Give the answer to whoever wants to change something that a way back from an update would lose."""
    text = "This version is on probation after an update, and records nothing until it is kept. Try again in a minute."
    return Problem(503, text, headers={"Retry-After": "10"})


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


class SiteHandler(RequestHandler):
    """Base of all handlers for people and programs; not for chargers, which may call us by any name."""

    style: Style = "v1"
    allowed_methods: Sequence[str] = ("GET", "HEAD")

    @property
    def parts(self) -> Parts:
        """The parts of the site."""
        parts: Parts = self.settings["parts"]
        return parts

    def set_default_headers(self) -> None:
        """Say on every answer, errors too, what a browser may do with it; and not what made it."""
        self.clear_header("Server")
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> Awaitable[None] | None:
        """Refuse what was not meant for us."""
        self.check_caller()
        return None

    def check_caller(self) -> None:
        """Refuse foreign names of ours (421), and changes that a foreign page asks for (403)."""
        hosts: Hosts = self.settings["hosts"]
        if not hosts.answers_to(self.request.host):
            raise Problem(421, "this server does not answer to that host name; add it to allowed_hosts")
        if self.request.method in SAFE_METHODS:
            return
        if self.parts.probation.is_on:
            raise on_probation()
        origin = self.request.headers.get("Origin")
        if origin is None:
            return
        if not hosts.trusts_origin(origin, self.request.host):
            raise Problem(403, "a page of another origin may not change anything here")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with what problem_of makes of the error."""
        if status_code == 405:
            allow = {"Allow": ", ".join(self.allowed_methods)}
            problem = Problem(405, f'Method "{self.request.method}" not allowed.', headers=allow)
        else:
            problem = problem_of(kwargs["exc_info"][1] if "exc_info" in kwargs else None, status_code)
        content_type, body = problem.render(self.style)
        self.set_status(problem.status)
        for name, value in problem.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", content_type)
        self.finish(body)

    def log_exception(self, typ: Any, value: BaseException | None, tb: TracebackType | None) -> None:
        """Log bugs with their traceback; a refusal is no bug."""
        if isinstance(value, StorageUnavailable):
            log.warning("%s %s: %s", self.request.method, self.request.path, value)
        elif not isinstance(value, (Problem, Refusal, HTTPError)):
            log.error("%s %s", self.request.method, self.request.path, exc_info=value)


class ApiHandler(SiteHandler):
    """Base of the handlers of the API, whose answers nobody may store."""

    def set_default_headers(self) -> None:
        """Add what forbids storing."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> str | None:
        """Make none: an answer that isn't stored is never asked for again."""
        return None


def log_request(handler: RequestHandler) -> None:
    """Log one answered request, for Tornado's log_function: without its query, which may hold a token."""
    request, status = handler.request, handler.get_status()
    level = logging.DEBUG if status < 400 else logging.INFO
    milliseconds = request.request_time() * 1000
    log.log(level, "%s %s %s from %s in %.1f ms", status, request.method, request.path, request.remote_ip, milliseconds)
