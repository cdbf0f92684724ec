"""Routes as data: one declaration gives the handler, its checks and its entry in the OpenAPI document.

A handler function is `async def f(request, ...)`. It gets what its route declares, by name: the placeholders of the
path, `body` and `query`. It returns a struct, or None with status 204, and refuses by raising a Refusal of
domain/errors.py.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from tornado.iostream import StreamClosedError
from tornado.routing import URLSpec
from tornado.web import HTTPError, RequestHandler, stream_request_body

from edge_csms.domain.errors import Refusal, StorageUnavailable, TokenRefused
from edge_csms.domain.roles import Role
from edge_csms.services import audit
from edge_csms.web.base import CHALLENGE, ApiHandler, Problem, Style
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.reading import read_body, read_query
from edge_csms.web.request import AuditNote, Content, Request
from edge_csms.web.strangers import connection_of, local_port
from edge_csms.web.tokens import Session, authenticate

__all__ = ["AuditNote", "Content", "Page", "PageQuery", "Request", "Route", "cursor_number", "page", "url_specs"]

log = logging.getLogger(__name__)

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

MAX_BODY_BYTES = 1 << 20
DRAINED_BYTES = 16 << 20  # a body over its limit is read up to here, so that its sender gets to see the 413
BODY_SECONDS = 20
PLACEHOLDER = re.compile(r"\{(\w+)(:int)?\}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path, with everything that the server and the OpenAPI document must know about it."""

    method: Method
    path: str  # with placeholders: {name} for text without /, {name:int} for a number
    function: Callable[..., Awaitable[Any]]
    role: Role | None  # the least that may call it; None = everybody
    summary: str
    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | None = None
    returns: Any = None  # type of what the function returns, for the document
    status: int = 200  # of success
    errors: Sequence[int] = ()  # beyond those that follow from the declaration, e.g. 409
    style: Style = "v1"
    audit: str | None = None  # name of the act, where the function's services don't record it themselves
    name: str = ""  # operationId; the function's name where empty
    raw_body: bool = False  # `body` only documents: the function gets the bytes
    content_type: str = "application/json"  # of success; the function returns Content where it is another
    max_body_bytes: int = MAX_BODY_BYTES
    receiver: type[RequestHandler] | None = None  # takes a body that is a file, or a form of `body` with a file

    @property
    def operation_id(self) -> str:
        """The name of this route in the OpenAPI document."""
        return self.name or self.function.__name__


def url_specs(routes: Sequence[Route], *, with_unknown_paths: bool = True) -> list[URLSpec]:
    """Make Tornado's URL table, and a 404 in the fitting style for every other path below /api/."""
    by_path: dict[str, dict[str, Route]] = {}
    for route in routes:
        methods = by_path.setdefault(PLACEHOLDER.sub(r"{\1}", route.path), {})
        if route.method in methods:
            raise ValueError(f"{route.method} {route.path} is declared twice")
        methods[route.method] = route
    specs = []
    for path in sorted(by_path, key=_placeholders_last):
        methods = by_path[path]
        handler = next((route.receiver for route in methods.values() if route.receiver is not None), RouteHandler)
        specs.append(URLSpec(path_pattern(next(iter(methods.values())).path), handler, {"routes": methods}))
    if not with_unknown_paths:
        return specs
    specs.append(URLSpec(r"/api/(?:auth|remote-transactions)/.*", UnknownPath, {"style": "seed"}))
    specs.append(URLSpec(r"/api/.*", UnknownPath))
    return specs


def path_pattern(path: str) -> str:
    """Turn a route's path into a regular expression with a named group for each placeholder; a final slash may come."""
    pattern, end = "", 0
    for match in PLACEHOLDER.finditer(path):
        name, is_number = match.groups()
        pattern += re.escape(path[end : match.start()]) + f"(?P<{name}>" + (r"\d{1,18}" if is_number else "[^/]+") + ")"
        end = match.end()
    return pattern + re.escape(path[end:]).rstrip("/") + "/?"


def _placeholders_last(path: str) -> list[tuple[bool, str]]:
    return [("{" in segment, segment) for segment in path.split("/")]


class UnknownPath(ApiHandler):
    """404 where the API has nothing."""

    def initialize(self, style: Style = "v1") -> None:
        """Take over the style that callers of this part of the API expect."""
        self.style = style

    def prepare(self) -> None:
        """Refuse every method."""
        self.check_caller()
        raise HTTPError(404)


@stream_request_body
class RouteHandler(ApiHandler):
    """Serves all routes of one path.

    The body is taken as a stream to answer 413 instead of closing the connection. Everything else is judged after the
    body came: who answers while the caller still writes must close, and the caller may never see the answer.
    """

    def initialize(self, routes: Mapping[str, Route]) -> None:
        """Take over the routes of this path, by method."""
        self._routes = routes
        self.allowed_methods = sorted([*routes, *(["HEAD"] if "GET" in routes else [])])
        first = next(iter(routes.values()))
        self.style = first.style
        self._max_body_bytes = max(route.max_body_bytes for route in routes.values())
        self._body = bytearray()
        self._body_length = 0
        self._is_body_lost = False

    def prepare(self) -> Awaitable[None] | None:
        """Say how much of a body is read, and for how long."""
        connection: Any = self.request.connection
        connection.set_max_body_size(DRAINED_BYTES)
        connection.set_body_timeout(BODY_SECONDS)
        length = self.request.headers.get("Content-Length", "0")
        if length.isdecimal() and int(length) > DRAINED_BYTES:
            raise self._too_large()
        return None

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Keep the body, up to its limit."""
        self._body_length += len(chunk)
        if self._body_length > self._max_body_bytes or self._is_body_lost:
            return None
        if self.parts.bodies.take(self.request.remote_ip or "", len(chunk)):
            self._body += chunk
        else:
            self._is_body_lost = True
        return None

    def on_finish(self) -> None:
        """Let go of the body."""
        self.parts.bodies.give_back(self.request.remote_ip or "", len(self._body))
        self._body.clear()

    on_connection_close = on_finish

    async def _serve(self, **path: str) -> None:
        self.check_caller()
        route = self._routes.get("GET" if self.request.method == "HEAD" else self.request.method or "")
        if route is None:
            raise HTTPError(405)
        request = await self._request(route, "/".join(path.values()))
        arguments: dict[str, Any] = dict(path)
        arguments.update((name, int(path[name])) for name, is_number in PLACEHOLDER.findall(route.path) if is_number)
        if route.query is not None:
            arguments["query"] = read_query(route.query, self.request.query_arguments)
        if route.body is not None:
            arguments["body"] = self._read_body(route, route.body)
        await self._answer(route, request, await self._perform(route, request, arguments))

    get = head = post = put = patch = delete = options = _serve

    async def _request(self, route: Route, subject: str) -> Request:
        bearer = bearer_token(self.request.headers.get("Authorization", ""))
        session = None if route.role is None else await self._authenticate(bearer)
        if session is not None and route.role is not None and not session.account.role.allows(route.role):
            raise Problem(403, f"You do not have permission to perform this action: it needs the role {route.role}.")
        return Request(
            parts=self.parts,
            address=self.request.remote_ip or "",
            scheme=self.request.protocol,
            port=local_port(self.request),
            charger_url=f"ws{'s' if self.request.protocol == 'https' else ''}://{self.request.host}",
            session=session,
            bearer=bearer,
            audit=AuditNote(subject),
        )

    async def _authenticate(self, bearer: str | None) -> Session:
        if bearer is None:
            raise Problem(401, "Authentication credentials were not provided.", headers=CHALLENGE)
        try:
            session = await authenticate(self.parts, bearer)
        except TokenRefused as refused:
            message = {"token_class": "AccessToken", "token_type": "access", "message": refused.detail}
            members = {"code": "token_not_valid", "messages": [message]}
            text = "Given token not valid for any token type"
            raise Problem(401, text, members=members, headers=CHALLENGE) from None
        self.parts.strangers.release(connection_of(self.request))
        return session

    def _read_body(self, route: Route, kind: type[msgspec.Struct]) -> Any:
        if self._body_length > route.max_body_bytes:
            raise self._too_large()
        if self._is_body_lost:
            raise Problem(503, "Too many large requests are on their way just now.", headers={"Retry-After": "20"})
        content_type = self.request.headers.get("Content-Type", "")
        if self._body and content_type.partition(";")[0].strip().lower() != "application/json":
            raise Problem(415, f'Unsupported media type "{content_type}" in request.')
        return bytes(self._body) if route.raw_body else read_body(kind, bytes(self._body))

    def _too_large(self) -> Problem:
        return Problem(413, f"The body may have at most {self._max_body_bytes} bytes.")

    async def _perform(self, route: Route, request: Request, arguments: dict[str, Any]) -> Any:
        try:
            result = await route.function(request, **arguments)
        except Exception as error:
            request.audit.result = f"refused: {error.detail}" if isinstance(error, Refusal) else "failed"
            await self._record(route, request)
            raise
        await self._record(route, request)
        return result

    async def _record(self, route: Route, request: Request) -> None:
        """Record an act that left no database transaction of its own to record it in, a command to a charger mostly."""
        if route.audit is None:
            return
        note = request.audit
        try:
            await self.parts.database.run(
                audit.record, request.now, request.actor, route.audit, note.subject, note.details, note.result
            )
        except StorageUnavailable as unavailable:  # the act is done; saying that it failed would be worse
            log.error("no audit entry, %s: %s %s %s", unavailable, request.actor.username, route.audit, note.result)

    async def _answer(self, route: Route, request: Request, result: Any) -> None:
        self.set_status(route.status)
        for name, value in request.headers.items():
            self.set_header(name, value)
        if isinstance(result, Content):
            await self._send(result)
        elif result is not None:
            self.set_header("Content-Type", "application/json")
            self.finish(msgspec.json.encode(result))

    async def _send(self, content: Content) -> None:
        self.set_status(content.status or self.get_status())
        self.set_header("Content-Type", content.content_type)
        if content.filename is not None:
            self.set_header("Content-Disposition", f'attachment; filename="{content.filename}"')
        if isinstance(content.body, bytes):
            self.finish(content.body)
            return
        with suppress(StreamClosedError):  # the reader hung up
            async with aclosing(content.body) as pieces:
                async for piece in pieces:
                    self.write(piece)
                    await self.flush()  # waits while the reader is slower than we are


def bearer_token(authorization: str) -> str | None:
    """Give the token of an Authorization header; None where it holds none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
