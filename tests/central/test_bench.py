"""The test bench: it waits for what happens, asks for meter values until some are good, and gives up in time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from edge_csms.central.bench import Bench, Patience
from edge_csms.domain.commissioning import Facts, Reading, figure
from edge_csms.simulator.charge_point import ChargePoint
from tests.commissioning import connected
from tests.running import RunningSite

ENERGY = "Energy.Active.Import.Register"


@asynccontextmanager
async def bench_of(site: RunningSite) -> AsyncIterator[tuple[Bench, ChargePoint]]:
    async def tell(code: str, facts: Facts) -> None:
        raise AssertionError("nobody listens")

    async with connected(site) as charge_point:
        place = ("cp1", 1, "TEST")
        bench = Bench(site.app.central, site.app.database, *place, Patience(between_values=0.05), tell)
        yield bench, charge_point
        bench.close()


async def test_it_waits_until_something_is_so_and_no_longer_than_it_may(bench_site: RunningSite) -> None:
    async with bench_of(bench_site) as (bench, charge_point):

        async def preparing() -> bool | None:
            connector = await bench.connector()
            return True if connector is not None and connector.status == "Preparing" else None

        assert await bench.until(preparing, 0.05) is None
        charge_point.tasks.spawn(charge_point.plug_in(1))
        assert await bench.until(preparing, 5.0)


async def test_it_asks_for_meter_values_until_they_are_good(bench_site: RunningSite) -> None:
    async with bench_of(bench_site) as (bench, charge_point):
        seen: list[float | None] = []

        def grown(readings: list[Reading]) -> bool:
            seen.append(figure(readings, ENERGY))
            charge_point.connectors[1].add_energy(1000)
            return len(seen) == 3

        readings = await bench.metered(grown, 5.0)
        assert readings is not None
        assert seen == [1000, 2000, 3000]
        assert await bench.metered(lambda _: False, 0.2) is None


async def test_a_charge_point_that_takes_no_orders_may_send_by_itself(bench_site: RunningSite) -> None:
    async with bench_of(bench_site) as (bench, charge_point):
        charge_point.behaviour.answers["TriggerMessage"] = {"status": "NotImplemented"}
        assert await bench.metered(lambda _: True, 0.2) is None
        values = [
            {"value": "1.5", "unit": "kWh"},
            {"value": "n/a", "measurand": "Voltage", "phase": "L1"},
            {"value": "16", "measurand": "Current.Import", "phase": "L1"},
        ]
        sent = [{"timestamp": "2026-11-24T12:00:00Z", "sampledValue": values}]
        charge_point.tasks.spawn(charge_point.call_raw("MeterValues", {"connectorId": 1, "meterValue": sent}))
        readings = await bench.metered(lambda _: True, 5.0)
        assert readings == [Reading(ENERGY, 1500.0), Reading("Current.Import", 16.0, "L1")]
