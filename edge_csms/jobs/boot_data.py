"""Asks charge points that never told what they are: after our restart they send no BootNotification by themselves."""

import asyncio
import logging

from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import Refusal
from edge_csms.domain.events import ChargePointConnected, Event

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0  # in which one that has just started boots by itself


class BootData:
    """The job. It asks each charge point once, and only if no boot data is held."""

    name = "boot data"
    per_fleet = False

    def __init__(self, central: CentralSystem) -> None:
        self._central = central
        self._asked: set[str] = set()
        self._connected: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Wait for charge points that connect."""
        unsubscribe = self._central.bus.subscribe(self._on_event)
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    tasks.create_task(self._ask_later(await self._connected.get()))
        finally:
            unsubscribe()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ChargePointConnected) and self._is_unknown(event.charge_point_id):
            self._connected.put_nowait(event.charge_point_id)

    def _is_unknown(self, charge_point_id: str) -> bool:
        live = self._central.live(charge_point_id)
        return live is not None and live.online and not live.charge_point.booted and charge_point_id not in self._asked

    async def _ask_later(self, charge_point_id: str) -> None:
        await asyncio.sleep(PATIENCE_SECONDS)
        live = self._central.live(charge_point_id)
        if live is None or live.leave_alone or not self._is_unknown(charge_point_id):
            return
        self._asked.add(charge_point_id)
        try:
            await self._central.trigger(charge_point_id, "boot")
        except Refusal as refusal:
            log.info("%s would not say what it is: %s", charge_point_id, refusal.detail)
