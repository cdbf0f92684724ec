"""Gives charge points the settings that they shall have, as soon as they are connected and idle."""

import asyncio
import logging

from edge_csms.central import configuration_changes
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import Refusal
from edge_csms.domain.events import (
    ChargePointBooted,
    ChargePointConnected,
    ConfigurationChangeAsked,
    Event,
    TransactionEnded,
)
from edge_csms.domain.model import fold
from edge_csms.services import configuration_changes as changes
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)


class ConfigurationChanges:
    """The job. Automatic templates are looked at after each boot, changes that wait at every occasion."""

    name = "configuration"
    per_fleet = False

    def __init__(self, central: CentralSystem, database: Database) -> None:
        self._central = central
        self._database = database
        self._occasions: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()  # charge point, whether it has booted
        self._busy: dict[str, asyncio.Lock] = {}
        self._waiting: set[str] = set()  # folded: those for which a change waits; most occasions concern none

    async def run(self) -> None:
        """Wait for occasions; a slow charge point doesn't keep the others waiting."""
        unsubscribe = self._central.bus.subscribe(self._on_event)
        try:
            for charge_point_id in await self._database.read(changes.list_waiting):
                self._waiting.add(fold(charge_point_id))
                self._occasions.put_nowait((charge_point_id, False))
            async with asyncio.TaskGroup() as tasks:
                while True:
                    charge_point_id, booted = await self._occasions.get()
                    tasks.create_task(self._look_after(charge_point_id, booted))
        finally:
            unsubscribe()

    def _on_event(self, event: Event) -> None:
        match event:
            case ChargePointBooted(charge_point_id, True):
                self._occasions.put_nowait((charge_point_id, True))
            case ConfigurationChangeAsked(charge_point_id):
                self._waiting.add(fold(charge_point_id))
                self._occasions.put_nowait((charge_point_id, False))
            case ChargePointConnected(charge_point_id) | TransactionEnded(charge_point_id=charge_point_id) if (
                fold(charge_point_id) in self._waiting
            ):
                self._occasions.put_nowait((charge_point_id, False))

    async def _look_after(self, charge_point_id: str, booted: bool) -> None:
        async with self._busy.setdefault(charge_point_id, asyncio.Lock()):
            try:
                done = await self._carry_out(charge_point_id)
                if booted and not done:
                    await self._apply_automatic(charge_point_id)
            except Refusal as refusal:
                log.info("%s: its settings have to wait: %s", charge_point_id, refusal.detail)

    async def _carry_out(self, charge_point_id: str) -> bool:
        if fold(charge_point_id) not in self._waiting:
            return False
        done = await configuration_changes.carry_out(self._central, self._database, charge_point_id)
        if not await self._database.read(changes.is_any_waiting, charge_point_id):
            self._waiting.discard(fold(charge_point_id))
        return done

    async def _apply_automatic(self, charge_point_id: str) -> None:
        names = await self._database.run(changes.any_automatic, charge_point_id)
        if not names:
            return
        self._waiting.add(fold(charge_point_id))  # until the charge point has it, which may take several occasions
        await configuration_changes.ask_by_itself(self._central, self._database, charge_point_id, names)
        await self._carry_out(charge_point_id)
