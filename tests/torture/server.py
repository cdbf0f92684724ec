"""`edge-csms serve` as a process of its own, which may be killed, starved and lied to."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAM = ("-m", "edge_csms")
START_SECONDS = 25.0  # five times the five seconds within which it must listen again
OWN = ("EDGE_CSMS_", "LD_PRELOAD", "SHIM_")  # what the server inherits from nobody
PORTS = range(20_000, 30_000)  # the system gives none of these to whoever asks for any


def free_port() -> int:
    """Find a port that nobody takes while the server is down: chargers would take his answers for ours."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Ended(Exception):
    """The server ended instead of serving; its last words."""


class Server:
    """One site over a data directory that outlives the process, always on the same port."""

    def __init__(self, data_dir: Path, *, program: Sequence[str] = PROGRAM, **settings: str) -> None:
        self.data_dir = data_dir  # at its next start it may be elsewhere
        self.port = free_port()
        self.log = data_dir.with_name(data_dir.name + ".log")
        self.start_seconds: list[float] = []  # that each start took until it answered
        self.environment: dict[str, str] = {}
        self._program = program
        self._settings = {
            "EDGE_CSMS_SERVER_HOST": "127.0.0.1",
            "EDGE_CSMS_SERVER_PORT": str(self.port),
            "EDGE_CSMS_OCPP_NEW_CHARGE_POINTS": "accept",
            "EDGE_CSMS_OCPP_UNKNOWN_ID_TAGS": "accept",
            **{f"EDGE_CSMS_{name.upper()}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The place of the database file."""
        return self.data_dir / "edge-csms.db"

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    async def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start, and wait until it answers; raises Ended. `environment` stays until another one is given."""
        if environment is not None:
            self.environment = dict(environment)
        begun = time.monotonic()
        self._process = self.launch("serve")
        while not await self._answers():
            if self._process.poll() is not None:
                raise Ended(self.last_words())
            assert time.monotonic() - begun < START_SECONDS, self.last_words()
            await asyncio.sleep(0.02)
        self.start_seconds.append(time.monotonic() - begun)

    def launch(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Begin a command of the program on this site."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
        data_dir = {"EDGE_CSMS_STORAGE_DATA_DIR": str(self.data_dir)}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *self._program, *arguments],
                cwd=ROOT,
                env={**inherited, **self._settings, **data_dir, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def run(self, *arguments: str) -> int:
        """Run a command to its end, and give its exit code."""
        return self.launch(*arguments).wait(60)

    def kill(self) -> None:
        """End it without a warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop, and give its exit code."""
        return self._end(signal.SIGTERM)

    def close(self) -> None:
        """End it if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def has_ended(self) -> bool:
        """Say whether the process is gone."""
        return self._process is None or self._process.poll() is not None

    async def get(self, path: str, token: str = "") -> tuple[int, Any]:
        """GET and give the status and the JSON that came; status 0 where nobody answers."""
        return await self.ask("GET", path, token=token)

    async def ask(self, method: str, path: str, body: Any = None, *, token: str = "") -> tuple[int, Any]:
        """Send a request and give the status and the JSON that came; status 0 where nobody answers."""
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(data)}"]
        lines += ["Content-Type: application/json"] if data else []
        lines += [f"Authorization: Bearer {token}"] if token else []
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, IndexError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write("\r\n".join([*lines, "", ""]).encode() + data)
            head, _, content = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
            return int(head.split(b" ", 2)[1]), json.loads(content) if content else None
        return 0, None

    async def parts(self) -> tuple[int, dict[str, str]]:
        """Give the status of /readyz, and how each part is."""
        status, answer = await self.get("/readyz")
        return status, {part["name"]: part["state"] for part in answer["parts"]}

    def last_words(self) -> str:
        """Give the end of the log."""
        return self.log.read_text(errors="replace")[-3000:]

    async def _answers(self) -> bool:
        return (await self.get("/healthz"))[0] == 200

    def _end(self, signal_number: int) -> int:
        assert self._process is not None
        self._process.send_signal(signal_number)
        return self._process.wait(30)
