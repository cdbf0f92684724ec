"""The job that finds out chargers which take a limit and ignore it."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from edge_csms.jobs.limit_check import LimitCheck
from edge_csms.ocpp import times
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

CP = "/api/v1/charge-points/CP1"


@asynccontextmanager
async def running(site: RunningSite):
    job = asyncio.create_task(LimitCheck(site.app.central, site.app.database, every_seconds=0.02).run())
    try:
        yield
    finally:
        job.cancel()


async def meter(charge_point: ChargePoint, watts: int) -> None:
    sample = {"value": str(watts), "measurand": "Power.Active.Import", "unit": "W"}
    value = [{"timestamp": times.format(datetime.now(UTC)), "sampledValue": [sample]}]
    await charge_point.call_raw("MeterValues", {"connectorId": 1, "meterValue": value})


async def findings(site: RunningSite) -> list[dict[str, Any]]:
    found = (await site.get(CP))["findings"]
    return [one for one in found if one["code"] == "limit_ignored"]


async def test_a_meter_that_shows_more_than_the_limit_is_a_finding(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point, running(site):
        charge_point.behaviour.answers["SetChargingProfile"] = {"status": "Accepted"}  # and does not care
        await charge_point.start(1, "GUEST")
        await meter(charge_point, 11000)
        await site.ask("PUT", f"{CP}/limit", {"limit_amps": 6})
        async with asyncio.timeout(10):
            while not (found := await findings(site)):
                await asyncio.sleep(0.02)
        assert (found[0]["field"], found[0]["example"]) == ("connector 1", "11000 W")


async def test_one_that_keeps_to_its_limit_has_no_finding(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.start(1, "GUEST")
        await site.ask("PUT", f"{CP}/limit", {"limit_amps": 6})
        await meter(charge_point, 4200)  # 3 x 6 A are 4140 W
        async with running(site):
            await asyncio.sleep(0.2)  # some ten rounds
        assert await findings(site) == []
