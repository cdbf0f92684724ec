"""A web server with the routes that a test wants, on an ephemeral port, over a real database file."""

import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from tornado.web import Application

from edge_csms.domain.accounts import Account, Actor
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.services.passwords import hash_password
from edge_csms.services.secret_file import SecretFile
from edge_csms.services.setup_code import SetupCode
from edge_csms.storage.database import Database
from edge_csms.web.base import log_request
from edge_csms.web.hashing import HashingThreads
from edge_csms.web.hosts import Hosts
from edge_csms.web.parts import Parts, WebSettings
from edge_csms.web.route import Route, url_specs
from edge_csms.web.tokens import Tokens

PASSWORD = "Volt-Ampere-9"


class Clock:
    """The site's clock, which a test may move."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """A running server."""

    def __init__(self, parts: Parts, clock: Clock, data_dir: Path, port: int) -> None:
        self.parts = parts
        self.clock = clock
        self.data_dir = data_dir
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._client = AsyncHTTPClient(force_instance=True)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request; a body that is not bytes goes as JSON."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        request = HTTPRequest(
            self.url + path,
            method,
            headers=sent,
            body=data,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            request_timeout=20,
        )
        response: HTTPResponse = await self._client.fetch(request, raise_error=False)
        return Answer(response.code, response.headers, response.body)

    async def add_user(self, username: str, role: Role, password: str = PASSWORD) -> Account:
        """Make an account as the command line does."""
        who = Actor("", "console")
        return await self.parts.database.run(
            accounts.add, self.parts.now(), who, username, hash_password(password), role
        )

    async def token(self, role: Role) -> str:
        """Give an access token of an account with this role, which is made if need be."""
        account = await self.parts.database.read(accounts.find, f"a-{role}")
        account = account or await self.add_user(f"a-{role}", role)
        return self.parts.tokens.issue("access", account, self.parts.now())

    def close(self) -> None:
        self._client.close()


MakeSite = Callable[..., Coroutine[Any, Any, Site]]


@pytest.fixture
def make_site(io_loop: IOLoop, tmp_path: Path) -> Iterator[MakeSite]:
    """Give a function that starts a server: await make_site(routes, settings=WebSettings(...), central=...)."""
    closing: list[Callable[[], Coroutine[Any, Any, None]]] = []

    async def make(routes: Sequence[Route], settings: WebSettings | None = None, central: Any = None) -> Site:
        settings = settings or WebSettings()
        database, clock = Database(tmp_path / "edge-csms.db"), Clock()
        absent: Any = None  # what only chargers need
        await database.open()
        parts = Parts(
            database=database,
            central=central,
            attempts=absent,
            captures=absent,
            commissioning=absent,
            backup=absent,
            authority=absent,
            certificates=absent,
            file_commands=absent,
            transfers=absent,
            updates=absent,
            restores=absent,
            tokens=Tokens(SecretFile(tmp_path).key("token_key")),
            setup_code=SetupCode(tmp_path),
            hashing=HashingThreads(),
            site_settings=absent,
            log_levels=absent,
            settings=settings,
            now=clock,
        )
        hosts = Hosts((), "edge-box")
        application = Application(url_specs(routes), parts=parts, hosts=hosts, log_function=log_request)
        server = HTTPServer(application)
        socket, port = bind_unused_port()
        site = Site(parts, clock, tmp_path, port)

        async def close() -> None:
            site.close()
            server.stop()
            await server.close_all_connections()
            parts.hashing.close()
            await database.close()

        server.add_socket(socket)
        closing.append(close)
        return site

    yield make
    for close in closing:
        io_loop.run_sync(close)
