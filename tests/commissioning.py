"""A commissioning run on a simulated charge point, with somebody who plugs in and out when the run asks for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from edge_csms.central.bench import Patience
from edge_csms.domain.commissioning import RunState, StepName
from edge_csms.domain.events import CommissioningRunChanged, Event
from edge_csms.services import commissioning
from edge_csms.services.commissioning import Order
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

QUICK = Patience(
    boot=20.0,
    values=20.0,
    between_values=0.1,
    plug_in=30.0,
    start=20.0,
    power=20.0,
    limit=2.0,  # this and what follows is waited for to its end where a charge point is not sound
    stop=20.0,
    offline=0.4,
    come_back=20.0,
    late_stop=2.0,
)
Act = Callable[[ChargePoint], Awaitable[None]]


@asynccontextmanager
async def connected(site: RunningSite) -> AsyncIterator[ChargePoint]:
    """Give the charge point CP1, which has booted."""
    charge_point = ChargePoint(site.ocpp_url, "CP1", reconnect_seconds=0.05)
    await charge_point.connect()
    await charge_point.boot()
    yield charge_point
    await charge_point.close()


async def plug_in(charge_point: ChargePoint) -> None:
    """Plug a car in."""
    await charge_point.plug_in(1)


async def replug(charge_point: ChargePoint) -> None:
    """Pull the plug and put it in again."""
    await charge_point.unplug(1)
    await charge_point.plug_in(1)


async def unplug(charge_point: ChargePoint) -> None:
    """Pull the plug."""
    await charge_point.unplug(1)


HANDS: dict[str, Act] = {"plug_in": plug_in, "replug": replug, "end_while_offline": unplug}


async def check(
    site: RunningSite, charge_point: ChargePoint, *names: StepName, hands: dict[str, Act] = HANDS
) -> dict[str, Any]:
    """Let a run come to its end, and give it as REST shows it, with its steps by name."""
    changed = asyncio.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, CommissioningRunChanged):
            changed.set()

    unsubscribe = site.app.bus.subscribe(on_event)
    order = Order(
        charge_point_id="CP1",
        connector_id=1,
        id_tag="TEST",
        technician="Anna Ampere",
        asked_by="anna",
        names=names or tuple(StepName),
    )
    run, done = await site.app.commissioning.begin(order), set[str]()
    async with asyncio.timeout(20):
        while run.state is RunState.RUNNING:
            for step in run.steps:
                if step.state == "running" and step.code in hands and step.code not in done:
                    done.add(step.code)
                    await hands[step.code](charge_point)
            await changed.wait()
            changed.clear()
            run = await site.app.database.read(commissioning.get, run.run_id)
    unsubscribe()
    shown = await site.get(f"/api/v1/commissioning-runs/{run.run_id}")
    shown["steps"] = {one["name"]: one for one in shown["steps"]}
    return shown


def codes(run: dict[str, Any]) -> dict[str, str]:
    """Give what came of each step."""
    return {name: f"{one['state']} {one['code']}" for name, one in run["steps"].items()}
