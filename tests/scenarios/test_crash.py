"""SIGKILL in the middle of 50 transactions: what was answered is there, what is resent gets the same answer."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.testing import bind_unused_port

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.errors import SimulatorError
from tests.program import COMMAND
from tests.running import PASSWORD, Answer

ROOT = Path(__file__).parents[2]
CHARGE_POINTS = 50
BEGAN = datetime(2026, 11, 20, 12, tzinfo=UTC)

Said = tuple[str, dict[str, Any], dict[str, Any]]  # Action, payload, answer


class Server:
    """`edge-csms serve` as a process of its own, over a directory that outlives it."""

    def __init__(self, data_dir: Path) -> None:
        listener, self.port = bind_unused_port()
        listener.close()
        settings = {
            "EDGE_CSMS_STORAGE_DATA_DIR": str(data_dir),
            "EDGE_CSMS_SERVER_HOST": "127.0.0.1",
            "EDGE_CSMS_SERVER_PORT": str(self.port),
            "EDGE_CSMS_OCPP_NEW_CHARGE_POINTS": "accept",
            "EDGE_CSMS_OCPP_UNKNOWN_ID_TAGS": "accept",
        }
        self._environment = {**os.environ, **settings}
        self._client = AsyncHTTPClient(force_instance=True)
        self._process: asyncio.subprocess.Process
        self._token = ""

    @property
    def ocpp_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    async def run(self, *arguments: str, said: str = "") -> None:
        """Run a command to its end."""
        command = (*COMMAND, *arguments)
        pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=self._environment, **pipes)
        await process.communicate(said.encode())
        assert process.returncode == 0, arguments

    async def start(self) -> None:
        """Start and wait until it answers."""
        command, silent = (*COMMAND, "serve"), asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=self._environment, stdout=silent, stderr=silent
        )
        async with asyncio.timeout(15):
            while (await self.ask("GET", "/healthz")).status != 200:
                await asyncio.sleep(0.05)  # between two attempts

    async def kill(self) -> None:
        """End it without a warning."""
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = HTTPRequest(f"http://127.0.0.1:{self.port}{path}", method, headers if self._token else None, body)
        if body is not None:
            request.headers["Content-Type"] = "application/json"
        try:
            response = await self._client.fetch(request, raise_error=False)
        except OSError:
            return Answer(0, {}, b"")
        return Answer(response.code, response.headers, response.body)

    async def log_in(self) -> None:
        answer = await self.ask("POST", "/api/auth/login", f'{{"username":"admin","password":"{PASSWORD}"}}'.encode())
        self._token = answer.json["access"]

    async def close(self) -> None:
        self._client.close()
        if self._process.returncode is None:
            await self.kill()


@dataclass
class Life:
    """One simulated charge point that charges again and again, and remembers what was answered."""

    server: Server
    identity: str
    answered: list[Said] = field(default_factory=list)
    unanswered: tuple[str, dict[str, Any]] | None = None
    clock: datetime = BEGAN

    def now(self) -> str:
        self.clock += timedelta(minutes=1)
        return self.clock.strftime("%Y-%m-%dT%H:%M:%SZ")

    async def say(self, charge_point: ChargePoint, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        self.unanswered = (action, payload)
        answer: dict[str, Any] = await charge_point.call_raw(action, payload)
        self.answered.append((action, payload, answer))
        self.unanswered = None
        return answer

    async def charge(self, charge_point: ChargePoint) -> None:
        """Charge once."""
        start = {"connectorId": 1, "idTag": self.identity, "meterStart": 0, "timestamp": self.now()}
        transaction_id = (await self.say(charge_point, "StartTransaction", start))["transactionId"]
        for wh in (500, 1000):
            values = [{"timestamp": self.now(), "sampledValue": [{"value": str(wh)}]}]
            sent = {"connectorId": 1, "transactionId": transaction_id, "meterValue": values}
            await self.say(charge_point, "MeterValues", sent)
        stop = {"transactionId": transaction_id, "meterStop": 1500, "timestamp": self.now()}
        await self.say(charge_point, "StopTransaction", stop)

    async def live(self) -> None:
        """Boot, and charge until the connection ends."""
        charge_point = ChargePoint(self.server.ocpp_url, self.identity)
        charge_point.behaviour.reconnects = False
        try:
            async with charge_point:
                await charge_point.boot()
                while True:
                    await self.charge(charge_point)
        except SimulatorError:
            return

    async def come_back(self) -> None:
        """Connect anew without a boot, send again all that was sent, twice what was not answered, and go on."""
        async with ChargePoint(self.server.ocpp_url, self.identity) as charge_point:
            assert (await charge_point.heartbeat()).current_time
            for action, payload, answer in self.answered:
                assert await charge_point.call_raw(action, payload) == answer, (self.identity, action, payload)
            if self.unanswered is not None:
                action, payload = self.unanswered
                first = await charge_point.call_raw(action, payload)
                assert await charge_point.call_raw(action, payload) == first
                self.answered.append((action, payload, first))
            highest = max(self.starts().values())
            await self.charge(charge_point)
            assert max(self.starts().values()) > highest
            command = f"/api/v1/charge-points/{self.identity}/calls/ClearCache"
            answer = await self.server.ask("POST", command, b"{}")
            assert (answer.status, answer.json) == (200, {"status": "Accepted"})

    def starts(self) -> dict[str, int]:
        """Give the id of each transaction by the time of its start."""
        return {sent["timestamp"]: said["transactionId"] for action, sent, said in self.answered if "Start" in action}


async def list_all(server: Server, path: str) -> list[dict[str, Any]]:
    answer = await server.ask("GET", f"{path}?limit=1000")
    assert answer.json["next"] is None
    items: list[dict[str, Any]] = answer.json["items"]
    return items


@pytest.mark.timeout(seconds=120)
async def test_a_killed_server_has_all_that_it_answered_and_goes_on(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    await server.run("user", "add", "admin", "--role", "admin", "--password-stdin", said=f"{PASSWORD}\n")
    await server.start()
    try:
        lives = [Life(server, f"CP{number}") for number in range(CHARGE_POINTS)]
        running = [asyncio.create_task(life.live()) for life in lives]
        async with asyncio.timeout(60):
            while sum(len(life.answered) for life in lives) < 10 * CHARGE_POINTS:
                await asyncio.sleep(0.01)  # a moment like any other
        await server.kill()
        await asyncio.gather(*running)
        assert all(life.answered for life in lives)
        assert any(life.unanswered for life in lives)  # else it was no crash in the middle

        await server.start()
        await server.log_in()
        await asyncio.gather(*(life.come_back() for life in lives))

        stored = {one["transaction_id"]: one for one in await list_all(server, "/api/v1/transactions")}
        ids = [transaction_id for life in lives for transaction_id in life.starts().values()]
        assert sorted(stored) == sorted(ids)  # none lost, none doubled
        for life in lives:
            for action, payload, _ in life.answered:
                if action == "StopTransaction":
                    assert stored[payload["transactionId"]]["meter_stop_wh"] == 1500
        sample = lives[0].answered[0][2]["transactionId"]
        values = await list_all(server, f"/api/v1/transactions/{sample}/meter-values")
        assert [one["values"][0]["value"] for one in values] == ["500", "1000"]
    finally:
        await server.close()
