"""What the scenarios about smart charging share: a charger that follows profiles, and the ways to give it some."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import Answer, RunningSite

CP = "/api/v1/charge-points/CP1"


@asynccontextmanager
async def charger(site: RunningSite, connectors: int = 2) -> AsyncIterator[ChargePoint]:
    """Give a charger that is ready for commands at once: after a boot they would wait for two seconds."""
    async with ChargePoint(site.ocpp_url, "CP1", connectors=connectors) as charge_point:
        await charge_point.report_all()
        yield charge_point


async def install(site: RunningSite, connector_id: int, **profile: Any) -> Answer:
    profile = {"purpose": "TxDefaultProfile", "periods": [{"start_seconds": 0, "limit": 16}]} | profile
    body = {"connector_id": connector_id, "profile": profile}
    return await site.ask("POST", f"{CP}/charging-profiles", body, role=Role.TECHNICIAN)


async def installed(site: RunningSite) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await site.get(f"{CP}/charging-profiles"))["items"]
    return items


async def limit(site: RunningSite, limit_amps: float | None, **body: Any) -> Answer:
    return await site.ask("PUT", f"{CP}/limit", {"limit_amps": limit_amps, **body}, role=Role.TECHNICIAN)


async def composite(site: RunningSite, connector_id: int = 1, **query: Any) -> dict[str, Any]:
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    found: dict[str, Any] = await site.get(f"{CP}/composite-schedule?connector_id={connector_id}{asked}")
    return found


def sent(charge_point: ChargePoint, action: str = "SetChargingProfile") -> list[dict[str, Any]]:
    return [call.payload for call in charge_point.received.of(action)]
