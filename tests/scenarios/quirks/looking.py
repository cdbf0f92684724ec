"""What tests about quirks look at."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.running import RunningSite

SECONDS = 8.0  # within which everything that is waited for must come


async def charge_point(site: RunningSite, charge_point_id: str = "CP1") -> dict[str, Any]:
    """Give a charge point as the API shows it."""
    found: dict[str, Any] = await site.get(f"/api/v1/charge-points/{quote(charge_point_id, safe='')}")
    return found


async def connected(site: RunningSite) -> list[str]:
    """List the charge points that are connected."""
    return [one["charge_point_id"] for one in (await site.get("/api/v1/charge-points"))["items"] if one["online"]]


async def findings(site: RunningSite, charge_point_id: str = "CP1") -> dict[str, dict[str, Any]]:
    """Give the findings of a charge point by their codes."""
    return {one["code"]: one for one in (await charge_point(site, charge_point_id))["findings"]}


async def quirks(site: RunningSite, charge_point_id: str = "CP1") -> dict[str, Any]:
    """Give the switches that are on for a charge point, with their values."""
    return {one["switch"]: one["value"] for one in (await charge_point(site, charge_point_id))["quirks"]}


async def attempts(site: RunningSite) -> list[dict[str, Any]]:
    """List the connection attempts, the newest first."""
    found: list[dict[str, Any]] = (await site.get("/api/v1/connection-attempts"))["items"]
    return found


async def until(holds: Callable[[], Any]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def settled(site: RunningSite) -> None:
    """Let the jobs do what they want to do after what just happened: their questions to the database come in turn."""
    for _ in range(20):
        await site.app.database.run(int)


def session(site: RunningSite, charge_point_id: str = "CP1") -> Any:
    """Give the session of a connected charge point."""
    live = site.app.central.live(charge_point_id)
    assert live is not None
    assert live.session is not None
    return live.session
