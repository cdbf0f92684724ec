"""A box with versions of the program side by side, a service that runs the current one, and chargers that come back."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
import sysconfig
from pathlib import Path
from typing import Any

import websockets
from release import make_key, make_release
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.testing import bind_unused_port

import edge_csms
from edge_csms import control
from edge_csms.domain.errors import Refusal
from edge_csms.services.installation import KEY, UPDATER, Installation
from edge_csms.services.update_spool import RESULT, Result, Spool
from edge_csms.updates.journal import State
from edge_csms.updates.service import Service
from edge_csms.updates.site import Site
from tests.running import PASSWORD, Answer

OLD, NEW = "1.0.0", "1.0.1"
SECONDS = 30.0
SYSTEM_PYTHON = "/usr/bin/python3"

PROGRAM = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH="$here:{packages}" exec {python} -P -m edge_csms "$@"
"""
# A version is this project's code under another number: its package takes over the modules of ours.
PACKAGE = '''\
"""Version {version}."""
VERSION = "{version}"
__path__.append({home!r})
'''
CONFIG = """\
[server]
host = "127.0.0.1"
port = {port}
[storage]
data_dir = "{data_dir}"
[ocpp]
new_charge_points = "accept"
unknown_id_tags = "accept"
"""


class Box:
    """The box in one directory."""

    def __init__(self, directory: Path, user: int | None = None) -> None:
        listener, self.port = bind_unused_port()
        listener.close()
        self.directory = directory
        self.data_dir = directory / "data"
        self.data_dir.mkdir(mode=0o700)
        self.user = user  # as whom the server runs, where it is not ours
        if user is not None:
            os.chown(self.data_dir, user, user)
        self.config = directory / "config.toml"
        self.config.write_text(CONFIG.format(port=self.port, data_dir=self.data_dir))
        self.installation = Installation(directory / "trees")
        self.installation.trees.mkdir()
        self.state = State(directory / "state")
        self.spool = Spool(self.data_dir)
        self.site = Site(self.data_dir)
        self.key, pinned = make_key(directory / "keys")
        pinned.rename(self.installation.key_file)
        assert self.installation.key_file.name == KEY
        self.log = directory / "server.log"
        self.service_program = directory / "service"
        self.service_program.write_text(
            SERVICE.format(box=self, python=sys.executable, program=self.installation.program())
        )
        self.service_program.chmod(0o755)
        self.service = Service(self.service_program)
        self._client = AsyncHTTPClient(force_instance=True)
        self._token = ""

    # Versions

    def lay_down(self, directory: Path, version: str, code: str = "") -> Path:
        """Write the tree of a version; `code` makes it differ from ours in more than its number."""
        (directory / "edge_csms").mkdir(parents=True)
        home = str(Path(edge_csms.__file__).parent)
        package = PACKAGE.format(version=version, home=home)
        (directory / "edge_csms" / "__init__.py").write_text(package + code)
        program = directory / "edge-csms"
        python = sys.executable if self.user is None else SYSTEM_PYTHON  # ours may lie where only we can enter
        packages = sysconfig.get_path("purelib")
        program.write_text(PROGRAM.format(python=python, packages=packages))
        program.chmod(0o755)
        return directory

    def install(self, version: str = OLD) -> None:
        """Let a version be the one that is installed."""
        self.lay_down(self.installation.tree(version), version)
        self.installation.switch(version)

    def release(self, version: str = NEW, code: str = "") -> bytes:
        """Make the release file of a version."""
        return self.release_of(self.lay_down(self.directory / f"built-{version}", version, code), version)

    def release_of(self, tree: Path, version: str) -> bytes:
        """Make the release file of a program's directory."""
        return make_release(self.key, tree, self.directory, version, minimum_version="0.0.1").read_bytes()

    # The server

    async def start(self) -> None:
        """Start the server of the current version, with an administrator that is logged in."""
        await self.run("user", "add", "anna", "--role", "admin", "--password-stdin", said=PASSWORD)
        await asyncio.to_thread(self.service.start)
        answer = await self.ask("POST", "/api/auth/login/", {"username": "anna", "password": PASSWORD})
        self._token = answer.json["access"]

    async def run(self, *arguments: str, said: str = "") -> tuple[int, str]:
        """Run a command of the current version to its end; gives its exit code and what it said."""
        pipe = asyncio.subprocess.PIPE
        command = (self.installation.program(), *arguments, "--config", str(self.config))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT, env=bare_environment()
        )
        output, _ = await process.communicate((said + "\n").encode())
        return process.returncode or 0, output.decode()

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Send a request as the administrator."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        is_file = isinstance(body, bytes)
        headers["Content-Type"] = "application/octet-stream" if is_file else "application/json"
        data = None if body is None else body if is_file else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        request = HTTPRequest(url, method, headers, data, allow_nonstandard_methods=True, request_timeout=SECONDS)
        answer = await self._client.fetch(request, raise_error=False)
        return Answer(answer.code, answer.headers, answer.body)

    async def bring(self, release: bytes) -> Answer:
        """Upload a release file."""
        return await self.ask("POST", "/api/v1/update", release)

    async def wish(self) -> Answer:
        """Ask for the update."""
        return await self.ask("POST", "/api/v1/update/apply", {})

    async def transactions(self) -> list[dict[str, Any]]:
        """List what is stored."""
        items: list[dict[str, Any]] = (await self.ask("GET", "/api/v1/transactions?limit=1000")).json["items"]
        return items

    # The updater

    def updater(self) -> list[str]:
        """Give the command that systemd would run."""
        name = UPDATER if (self.installation.trees / UPDATER).exists() else "current"
        own = {"--config": self.config, "--trees": self.installation.trees, "--state": self.state.directory}
        options = [str(part) for option in own.items() for part in option]
        return [str(self.installation.program(name)), "apply-update", *options, "--service", str(self.service_program)]

    async def update(self) -> Result:
        """Let the updater do what was asked for, and give what it told."""
        process = await asyncio.create_subprocess_exec(*self.updater(), env=bare_environment())
        await process.wait()
        return self.result()

    async def update_in_haste(self, deadly_step: str = "", seconds: float = 15.0) -> list[str]:
        """Let an updater do it that waits less, and that is killed at a step; gives the steps that it told."""
        command = (sys.executable, "-m", "tests.updates.updater", str(self.directory), deadly_step, str(seconds))
        root = Path(__file__).parents[2]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=root, stdout=asyncio.subprocess.PIPE, env=bare_environment()
        )
        output, _ = await process.communicate()
        return output.decode().split()

    def result(self) -> Result:
        """Give what came of the last update."""
        result = self.spool.read(RESULT, Result)
        assert result is not None
        return result

    def cut_power(self) -> None:
        """End the server as a power cut does."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.killpg(int((self.directory / "pid").read_text()), signal.SIGKILL)

    def close(self) -> None:
        """Stop everything."""
        self._client.close()
        with contextlib.suppress(Refusal):
            self.service.stop(kill_after=10)

    def version(self) -> str | None:
        """Say which version answers."""
        status = self.site.status()
        return None if status is None else status.version

    @property
    def database(self) -> Path:
        return self.data_dir / control.DATABASE


SERVICE = """\
#!{python}
import os, pathlib, signal, subprocess, sys, time, urllib.request

PID = pathlib.Path("{box.directory}/pid")


def running():
    try:
        state = pathlib.Path(f"/proc/{{PID.read_text()}}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def start():
    if running():
        return
    log = open("{box.log}", "ab")
    server = subprocess.Popen(
        ["{program}", "serve", "--config", "{box.config}"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True, user={box.user}, group={box.user}, extra_groups=[] if {box.user} else None,
    )
    PID.write_text(str(server.pid))
    while True:
        if server.poll() is not None:
            sys.exit(f"it ended with code {{server.returncode}}")
        try:
            urllib.request.urlopen("http://127.0.0.1:{box.port}/healthz", timeout=1)
            return
        except OSError:
            time.sleep(0.05)


def stop():
    end(signal.SIGTERM)


def kill():
    end(signal.SIGKILL)


def end(number):
    if running():
        os.killpg(int(PID.read_text()), number)
    while running():
        time.sleep(0.05)


{{"start": start, "stop": stop, "kill": kill}}[sys.argv[1]]()
"""


def bare_environment() -> dict[str, str]:
    """Give the environment without settings of whoever runs the tests, and with no proxy."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EDGE_CSMS_")}


class Charger:
    """A charge point that connects again and again, and says a thing again until it is answered."""

    def __init__(self, box: Box, identity: str) -> None:
        self.identity = identity
        self.answered: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.connected = asyncio.Event()
        self.charges = False  # it goes on charging, transaction after transaction
        self._url = f"ws://127.0.0.1:{box.port}/ocpp/{identity}"
        self._ids = itertools.count(1)
        self._life: asyncio.Task[None] | None = None

    def plug_in(self) -> None:
        """Let it live."""
        self._life = asyncio.create_task(self._live())

    async def unplug(self) -> None:
        """End it."""
        if self._life is not None:
            self._life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._life

    async def _live(self) -> None:
        messages = self._messages()
        said = next(messages)
        while True:
            try:
                async with websockets.connect(self._url, subprotocols=["ocpp1.6"], proxy=None) as socket:
                    self.connected.set()
                    while True:
                        await self._say(socket, *said)
                        said = next(messages)
                        await asyncio.sleep(0.02)  # between two things that it says
            except (OSError, websockets.WebSocketException):
                self.connected.clear()
                await asyncio.sleep(0.1)  # until it tries again

    def _messages(self) -> Any:
        yield "BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "Box"}
        for number in itertools.count(1):
            if not self.charges:
                yield "Heartbeat", {}
                continue
            at = f"2026-11-24T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            yield "StartTransaction", {"connectorId": 1, "idTag": self.identity, "meterStart": number, "timestamp": at}
            started = self.answered[-1][2]["transactionId"]
            yield "StopTransaction", {"transactionId": started, "meterStop": number + 1, "timestamp": at}

    async def _say(self, socket: Any, action: str, payload: dict[str, Any]) -> None:
        message_id = str(next(self._ids))
        await socket.send(json.dumps([2, message_id, action, payload]))
        while True:
            heard = json.loads(await socket.recv())
            if heard[0] == 2:
                await socket.send(json.dumps([4, heard[1], "NotSupported", "", {}]))
            elif heard[1] == message_id:
                assert heard[0] == 3, heard
                self.answered.append((action, payload, heard[2]))
                return
