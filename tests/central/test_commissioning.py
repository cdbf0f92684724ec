"""Commissioning runs: one at a time, cancelled, and cut off."""

import asyncio

import pytest

from edge_csms.central.bench import Patience
from edge_csms.domain.errors import Conflict, Offline
from edge_csms.services.commissioning import Order
from edge_csms.simulator.connector import Car
from tests.commissioning import connected
from tests.running import RunningSite


async def test_a_cancelled_run_stops_the_charge_that_it_began(bench_site: RunningSite) -> None:
    bench_site.app.commissioning.patience = Patience(between_values=0.1)
    async with connected(bench_site) as charge_point:
        await charge_point.plug_in(1, Car(is_paused=True))
        order = {"connector_id": 1, "id_tag": "TEST", "steps": ["start", "power", "stop"]}
        begun = await bench_site.ask("POST", "/api/v1/charge-points/CP1/commissioning-runs", order)
        path = f"/api/v1/commissioning-runs/{begun.json['run_id']}"
        async with asyncio.timeout(5):
            while (await bench_site.get(path))["steps"][4]["state"] != "running":
                await asyncio.sleep(0.01)
        cancelled = await bench_site.ask("POST", f"{path}/cancel")
        assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
        assert (await bench_site.ask("POST", f"{path}/cancel")).status == 409
    [transaction] = await bench_site.transactions()
    assert transaction["state"] == "closed"


async def test_a_run_that_the_stop_of_the_server_cuts_off_is_interrupted(bench_site: RunningSite) -> None:
    async with connected(bench_site) as charge_point:
        charge_point.behaviour.reconnects = False
        order = Order(charge_point_id="CP1", connector_id=1, id_tag="T", technician="A", asked_by="a")
        run = await bench_site.app.commissioning.begin(order)
        await bench_site.stop()
        await bench_site.start()
        shown = await bench_site.get(f"/api/v1/commissioning-runs/{run.run_id}")
        assert shown["state"] == "interrupted"


async def test_one_run_at_a_time_and_none_where_somebody_charges(bench_site: RunningSite) -> None:
    order = Order(charge_point_id="CP1", connector_id=1, id_tag="T", technician="A", asked_by="a")
    begin = bench_site.app.commissioning.begin
    async with connected(bench_site) as charge_point:
        await charge_point.start(1, "DRIVER")
        with pytest.raises(Conflict, match="somebody charges"):
            await begin(order)
        await charge_point.stop(1)
        run = await begin(order)
        with pytest.raises(Conflict, match="checked already"):
            await begin(order)
        await bench_site.app.commissioning.cancel(run.run_id)
    with pytest.raises(Offline):
        await begin(order)
