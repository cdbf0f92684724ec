"""A restore that is ordered over REST, carried out by the real program."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.ioloop import IOLoop

from edge_csms import restores
from tests.torture.server import Server

PASSWORD = "Kilowatt-Hour-3"


class Admin:
    """An administrator of a server that runs as a process."""

    def __init__(self, server: Server) -> None:
        self.url = f"http://127.0.0.1:{server.port}"
        self.token = ""

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and give its answer; an error status is raised."""
        request = HTTPRequest(
            self.url + path,
            method,
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            None if body is None else json.dumps(body),
        )
        return json.loads((await AsyncHTTPClient().fetch(request)).body)

    async def log_in(self) -> None:
        """Log in."""
        login = {"username": "anna", "password": PASSWORD}
        self.token = (await self.ask("POST", "/api/auth/login/", login))["access"]

    async def charge_point_ids(self) -> list[str]:
        """List the charge points."""
        return [one["charge_point_id"] for one in (await self.ask("GET", "/api/v1/charge-points"))["items"]]


@pytest.fixture
def server(io_loop: IOLoop, tmp_path: Path) -> Any:
    """Give a running server."""
    server = Server(tmp_path / "site")
    io_loop.run_sync(server.start)
    yield server
    server.kill()


async def test_the_site_of_the_backup_is_served_by_the_same_process(server: Server) -> None:
    code = (server.data_dir / "setup-code").read_text().strip()
    admin = Admin(server)
    account = {"username": "anna", "password1": PASSWORD, "password2": PASSWORD, "setup_code": code}
    await admin.ask("POST", "/api/auth/registration/", account)
    await admin.log_in()
    await admin.ask("POST", "/api/v1/charge-points", {"charge_point_id": "BEFORE"})
    name = (await admin.ask("POST", "/api/v1/backups", {}))["name"]
    await admin.ask("POST", "/api/v1/charge-points", {"charge_point_id": "AFTER"})
    pid = server.pid
    await admin.ask("POST", f"/api/v1/backups/{name}/restore", {"password": PASSWORD})
    shown: list[str] = []
    async with asyncio.timeout(30):
        while shown != ["BEFORE"]:
            with contextlib.suppress(OSError, HTTPClientError):  # it is away at this moment
                shown = await admin.charge_point_ids()
    assert server.pid == pid
    assert list(server.data_dir.glob("edge-csms.db.replaced-*"))


async def test_a_restore_that_fails_leaves_the_data_and_says_why(tmp_path: Path) -> None:
    orders = restores.Restores(tmp_path)
    assert await orders.carry_out(lambda: None) == ""
    (tmp_path / "bad").write_text("no database")
    orders.order(tmp_path / "bad", None)
    await orders.wait_for_order(asyncio.Event())
    lived: list[bool] = []
    assert "no backup" in await orders.carry_out(lambda: lived.append(True))
    assert lived
