"""A whole server in this process, on an ephemeral port over a real database file, as the scenario tests use it."""

import asyncio
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from edge_csms.app import App
from edge_csms.config import Config
from edge_csms.config.settings import Ocpp, Server, Storage
from edge_csms.control import prepare_data_dir
from edge_csms.domain.accounts import Account, Actor
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.services.passwords import hash_password

PASSWORD = "Volt-Ampere-9"

# argon2 is slow by design: one hash serves all accounts of a test run.
PASSWORD_HASH = hash_password(PASSWORD)


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class RunningSite:
    """A running server and the ways to reach it."""

    def __init__(self, data_dir: Path, *, hold_after_boot_seconds: float = 2.0, **settings: Any) -> None:
        sections = {name: settings.pop(name) for name in ("site", "tls", "auth", "files") if name in settings}
        storage = Storage(data_dir=str(data_dir))
        server = Server(host="127.0.0.1", port=0)
        self.config = Config(server=server, storage=storage, ocpp=Ocpp(**settings), **sections)
        self.data_dir = data_dir
        self._hold_after_boot_seconds = hold_after_boot_seconds
        self.app: App
        self._client: AsyncHTTPClient

    async def start(self) -> None:
        """Start the server; after `stop` it starts anew on the same data and, as far as possible, the same port."""
        prepare_data_dir(self.data_dir)
        self.app = App(self.config)
        self.app.central.settings.hold_after_boot_seconds = self._hold_after_boot_seconds
        await self.app.start()
        self.config = msgspec.structs.replace(self.config, server=Server(host="127.0.0.1", port=self.app.port))
        self._client = AsyncHTTPClient(force_instance=True)

    async def stop(self) -> None:
        """Stop the server in good order."""
        self._client.close()
        await self.app.stop()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self.app.port

    @property
    def tls_port(self) -> int:
        """The encrypted port, of a server that has one."""
        return self.app.tls_port

    @property
    def url(self) -> str:
        """The address for people and programs."""
        return f"https://localhost:{self.tls_port}" if self.config.tls.enabled else f"http://127.0.0.1:{self.port}"

    @property
    def ocpp_url(self) -> str:
        """The address for chargers, to which the identity is added."""
        return f"ws://127.0.0.1:{self.port}/ocpp"

    @property
    def secure_ocpp_url(self) -> str:
        """The same on the encrypted port, of a server that has one."""
        return f"wss://localhost:{self.tls_port}/ocpp"

    def trust(self) -> ssl.SSLContext:
        """Give the TLS settings of somebody who trusts the site's own authority."""
        return ssl.create_default_context(cadata=self.root_pem())

    def root_pem(self) -> str:
        """Give the roots of the site's own authority."""
        return self.app.authority.root_pem()

    async def token(self, role: Role = Role.ADMIN) -> str:
        """Give an access token of an account with this role, which is made if need be."""
        database, now, name = self.app.database, self.app.clock.now(), f"the-{role}"
        account = await database.run(_find_or_add, name, role, now)
        return self.app.tokens.issue("access", account, now)

    async def ask(
        self, method: str, path: str, body: Any = None, *, role: Role | None = Role.ADMIN, token: str | None = None
    ) -> Answer:
        """Send a request as somebody of this role, or with this token; a body that is not bytes goes as JSON."""
        if token is None and role is not None:
            token = await self.token(role)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = HTTPRequest(
            self.url + path,
            method,
            headers,
            data,
            allow_nonstandard_methods=True,
            request_timeout=20,
            ssl_options=self.trust() if self.config.tls.enabled else None,
        )
        response: HTTPResponse = await self._client.fetch(request, raise_error=False)
        return Answer(response.code, response.headers, response.body)

    async def get(self, path: str) -> Any:
        """Give the JSON of a GET that succeeds."""
        answer = await self.ask("GET", path)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json

    async def charger_is_gone(self, charge_point_id: str) -> None:
        """Wait until the server has noticed that a charger hung up."""
        async with asyncio.timeout(5):
            while (live := self.app.central.live(charge_point_id)) is not None and live.online:
                await asyncio.sleep(0.005)

    async def transactions(self, **filters: str) -> list[dict[str, Any]]:
        """List transactions over REST, the oldest first."""
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        items: list[dict[str, Any]] = (await self.get(f"/api/v1/transactions?limit=1000&{query}"))["items"]
        return items[::-1]


def _find_or_add(username: str, role: Role, now: datetime) -> Account:
    return accounts.find(username) or accounts.add(now, Actor("", "console"), username, PASSWORD_HASH, role)
