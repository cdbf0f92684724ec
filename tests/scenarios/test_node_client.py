"""The npm package `ocpp-rpc` in strict mode, which nobody here wrote, through a whole session with remote commands."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.running import RunningSite

PACKAGE = "ocpp-rpc@2.2.1"
SCRIPT = Path(__file__).with_name("node_client.js")
SECONDS = 20.0  # within which everything that is waited for must come


@pytest.fixture(scope="session")
def packages(request: pytest.FixtureRequest) -> Path:
    """Give a directory with the installed package; it is kept from one run to the next."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    directory: Path = request.config.cache.mkdir("node")
    if not (directory / "node_modules" / "ocpp-rpc").exists():
        install = ["npm", "install", "--prefix", str(directory), "--no-audit", "--no-fund", "--no-save", PACKAGE]
        done = subprocess.run(install, capture_output=True, text=True, timeout=120)
        if done.returncode:
            pytest.skip(f"npm can't install {PACKAGE}: {done.stderr.strip()[-200:]}")
    return directory


class Wallbox:
    """The process, and what it tells."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def tells(self) -> dict[str, Any]:
        """Wait for what it tells next."""
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), SECONDS)
        told: dict[str, Any] = json.loads(line)
        return told

    async def exit_code(self) -> int:
        """Wait for its end."""
        return await asyncio.wait_for(self._process.wait(), SECONDS)


@asynccontextmanager
async def wallbox(site: RunningSite, packages: Path, identity: str) -> AsyncIterator[Wallbox]:
    process = await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), site.ocpp_url, identity, cwd=packages, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Wallbox(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_whole_session_with_remote_start_and_stop(site: RunningSite, packages: Path) -> None:
    async with wallbox(site, packages, "NODE-1") as box:
        ready = {"event": "ready", "boot": "Accepted", "interval": 600, "authorized": "Accepted"}
        assert await box.tells() == ready
        await site.token()
        start = {"charger_id": "NODE-1", "id_tag": "CARD1", "connector_id": 1}
        answer = await site.ask("POST", "/api/remote-transactions/start/", start)
        assert (answer.status, answer.json["status"]) == (200, "Accepted")

        charging = await box.tells()
        transaction_id = charging["transactionId"]
        assert charging == {"event": "charging", "transactionId": transaction_id, "status": "Accepted"}
        shown = await site.get(f"/api/v1/transactions/{transaction_id}")
        assert (shown["state"], shown["energy_wh"]) == ("open", 1500)
        answer = await site.ask("POST", "/api/v1/charge-points/NODE-1/calls/GetConfiguration", {"key": ["A"]})
        assert (answer.status, answer.json) == (200, {"configurationKey": [], "unknownKey": []})

        answer = await site.ask("POST", "/api/remote-transactions/stop/", {"transaction_id": transaction_id})
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        assert await box.tells() == {"event": "stopped", "status": "Accepted"}
        assert await box.exit_code() == 0

    shown = await site.get(f"/api/v1/transactions/{transaction_id}")
    assert (shown["state"], shown["energy_wh"], shown["stop_reason"]) == ("closed", 2000, "Remote")
    values = await site.get(f"/api/v1/transactions/{transaction_id}/meter-values")
    assert [item["values"][0]["value"] for item in values["items"]] == ["1500", "2500", "3000"]
