"""Our own server under test: its settings, its accounts, and its REST API."""

import contextlib
import http.client
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.load import Target
from bench.server import Process, free_port, running

SETTINGS = """\
[server]
host = "127.0.0.1"
port = {port}

[storage]
data_dir = {data_dir}
anonymous_after_days = {anonymous_after_days}

[ocpp]
new_charge_points = "accept"
unknown_id_tags = "accept"

[tls]
enabled = {encrypted}
port = {tls_port}

[files]
ftp_enabled = {encrypted}
ftp_port = {ftp_port}
"""
PATH = "/ocpp/{identity}"


class Site:
    """One site in a fresh directory; with `encrypted` everything is on that can be: TLS, FTP and anonymity too."""

    def __init__(
        self, directory: Path, *, encrypted: bool = False, fresh: bool = True, executable: Path | None = None
    ) -> None:
        if fresh:
            shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True, exist_ok=True)
        self.log = directory / "server.log"
        self._encrypted = encrypted
        self._executable = executable or Path(sys.executable).with_name("edge-csms")
        self._port, self._tls_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._settings = directory / "config.toml"
        self._settings.write_text(
            SETTINGS.format(
                port=self._port,
                data_dir=json.dumps(str(directory / "data")),
                anonymous_after_days=30 if encrypted else 0,
                encrypted=str(encrypted).lower(),
                tls_port=self._tls_port,
                ftp_port=free_port(),
            )
        )

    @contextlib.contextmanager
    def running(self, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
        """Serve the site until the end of the block; once more on the same data, if it is asked again."""
        command = [str(self._executable), "serve", "--config", str(self._settings)]
        with running(command, self._port, self.log, environment=environment, answers_http=True) as process:
            yield process

    def target(self, process: Process) -> Target:
        """Give what the load needs to know of the server that runs."""
        port = self._tls_port if self._encrypted else self._port
        return Target(process.pid, port, PATH, self._encrypted)

    @contextlib.contextmanager
    def administered(self) -> Iterator["Api"]:
        """Give the API of the server that runs, as an administrator."""
        username, password = f"benchmark-{secrets.token_hex(4)}", secrets.token_urlsafe(12)
        arguments = ("user", "add", username, "--role", "admin", "--password-stdin")
        command = [str(self._executable), *arguments, "--config", str(self._settings)]
        subprocess.run(command, input=password + "\n", text=True, check=True, capture_output=True)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            yield Api(connection, username, password)
        finally:
            connection.close()


class Api:
    """The REST API over one connection."""

    def __init__(self, connection: http.client.HTTPConnection, username: str, password: str) -> None:
        self.username, self.password = username, password
        self._connection = connection
        self._headers = {"Content-Type": "application/json"}
        login = self.ask("POST", "/api/auth/login/", {"username": username, "password": password})
        self._headers["Authorization"] = f"Bearer {login['access']}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed, and give its answer."""
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300].decode(errors='replace')}")
        return json.loads(text)

    def fetch(self, path: str) -> int:
        """Read a long answer bit by bit, and say how many bytes it has."""
        self._connection.request("GET", path, headers=self._headers)
        answer, size = self._connection.getresponse(), 0
        while part := answer.read(65_536):
            size += len(part)
        return size

    def add_chargers(self, identities: Iterable[str]) -> dict[str, bytes]:
        """Announce chargers, and give the key that is made up for each."""
        return {
            identity: bytes.fromhex(
                self.ask("POST", "/api/v1/charge-points", {"charge_point_id": identity})["password"]
            )
            for identity in identities
        }
