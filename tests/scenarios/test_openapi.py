"""Schemathesis over the whole API with an administrator's token: no 5xx, and no status that is not documented."""

import asyncio
import sys
from pathlib import Path

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

SCHEMATHESIS = Path(sys.executable).with_name("st")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What would take the token away with which everything else is tried.
NOT_TRIED = "/api/auth/(password/change|logout)|/api/v1/users/"


async def run_schemathesis(site: RunningSite, token: str, directory: Path) -> tuple[int | None, str]:
    """Run it with a fixed seed and few examples; give its exit code and what it said."""
    arguments = {
        "--header": f"Authorization: Bearer {token}",
        "--checks": CHECKS,
        "--phases": "examples,coverage,fuzzing",
        "--max-examples": "5",
        "--seed": "1",
        "--exclude-path-regex": NOT_TRIED,
        "--request-timeout": "10",
    }
    process = await asyncio.create_subprocess_exec(
        str(SCHEMATHESIS),
        "run",
        f"{site.url}/api/openapi.json",
        *(word for pair in arguments.items() for word in pair),
        "--continue-on-failure",
        "--no-color",
        cwd=directory,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.timeout(seconds=170)
async def test_no_request_is_answered_with_5xx_or_an_undocumented_status(site: RunningSite, tmp_path: Path) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.boot()
        await charge_point.start(1, "CARD1")
        await charge_point.stop(1)
    token = await site.token()
    code, said = await run_schemathesis(site, token, tmp_path)
    assert code == 0, said[-20_000:]
    assert (await site.ask("GET", "/api/v1/account", token=token)).status == 200  # it held to the end
