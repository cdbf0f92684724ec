"""The states from which the test cases begin, and looks at what the central system made of it all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.running import RunningSite
from tests.scenarios.charger import Charger

CONNECTORS = (0, 1, 2)


@asynccontextmanager
async def booted(csms: RunningSite, **options: Any) -> AsyncIterator[Charger]:
    """Give a charge point with two connectors that has booted and is free."""
    async with Charger(options.pop("url", csms.ocpp_url), **options) as charger:
        assert (await charger.boot())["status"] == "Accepted"
        await all_available(charger)
        yield charger


async def all_available(charger: Charger) -> None:
    """Tell that the charge point and its connectors are free."""
    for connector_id in CONNECTORS:
        await charger.status(connector_id, "Available")


async def restarted(charger: Charger) -> None:
    """Let the charge point come back as after a restart."""
    await charger.disconnect()
    await charger.connect()
    assert (await charger.boot())["status"] == "Accepted"
    await all_available(charger)


async def connector(csms: RunningSite, connector_id: int = 1) -> dict[str, Any]:
    """Show a connector."""
    shown = (await csms.get("/api/v1/charge-points/CP1"))["connectors"]
    return next(one for one in shown if one["connector_id"] == connector_id)


async def transaction(csms: RunningSite, transaction_id: int) -> dict[str, Any]:
    """Show a transaction."""
    item: dict[str, Any] = await csms.get(f"/api/v1/transactions/{transaction_id}")
    return item
