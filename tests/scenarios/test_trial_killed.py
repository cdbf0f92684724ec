"""A server that is killed while its network is on trial starts with the settings of before, and says what happened."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient
from tornado.testing import bind_unused_port

from edge_csms.config import load
from edge_csms.control import administer, prepare_data_dir

PASSWORD = "Volt-Ampere-9"


def free_port() -> int:
    listener, number = bind_unused_port()
    listener.close()
    return number


async def start(environment: dict[str, str]) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "edge_csms", "serve")
    server = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    assert server.stderr is not None
    async with asyncio.timeout(30):
        while b"serving on" not in await server.stderr.readline():
            assert server.returncode is None
    return server


async def kill(server: asyncio.subprocess.Process) -> None:
    server.send_signal(signal.SIGKILL)
    await server.wait()


async def ask(url: str, method: str = "GET", body: Any = None, token: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    client = AsyncHTTPClient(force_instance=True)
    data = None if body is None else json.dumps(body)
    answer = await client.fetch(url, method=method, headers=headers, body=data, request_timeout=20)
    client.close()
    return json.loads(answer.body)


async def log_in(url: str) -> str:
    answer = await ask(f"{url}/api/auth/login/", "POST", {"username": "anna", "password": PASSWORD})
    return str(answer["access"])


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def test_it_starts_as_before(tmp_path: Path) -> None:
    plain, encrypted = free_port(), free_port()
    own = {
        "EDGE_CSMS_STORAGE_DATA_DIR": str(tmp_path / "data"),
        "EDGE_CSMS_SERVER_HOST": "127.0.0.1",
        "EDGE_CSMS_SERVER_PORT": str(plain),
        "EDGE_CSMS_TLS_PORT": str(encrypted),
    }
    environment, url = os.environ | own, f"http://127.0.0.1:{plain}"
    prepare_data_dir(tmp_path / "data")
    loop = asyncio.get_running_loop()
    account = {"username": "anna", "role": "admin", "password": PASSWORD}
    await loop.run_in_executor(None, administer, load(None, own).data_dir, "add_user", account)
    server = await start(environment)
    answer = await ask(f"{url}/api/v1/settings", "PATCH", {"values": {"tls.enabled": True}}, await log_in(url))
    assert (answer["trial"]["state"], is_open(encrypted)) == ("running", True)
    await kill(server)
    server = await start(environment)
    token = await log_in(url)
    trial = (await ask(f"{url}/api/v1/settings/trial", token=token))["trial"]
    assert (trial["state"], trial["values"]) == ("stopped", {"tls.enabled": True})
    items = (await ask(f"{url}/api/v1/settings", token=token))["items"]
    assert next(one for one in items if one["key"] == "tls.enabled")["value"] is False
    assert not is_open(encrypted)
    await kill(server)
