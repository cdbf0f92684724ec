"""Keeps local authorization lists in step: changes of idTags are gathered, and sent to charge points that are idle."""

import asyncio
import logging

from edge_csms.central import local_auth_list as commands
from edge_csms.central.system import CentralSystem
from edge_csms.domain import events
from edge_csms.domain.errors import Refusal
from edge_csms.domain.model import fold
from edge_csms.services import local_auth_list
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

GATHER_SECONDS = 5.0  # changes of idTags within it go out together


class LocalAuthLists:
    """The job. A charge point gets its list where that was enabled for it, once for each change."""

    name = "local authorization lists"
    per_fleet = False

    def __init__(self, central: CentralSystem, database: Database, gather_seconds: float = GATHER_SECONDS) -> None:
        self._central = central
        self._database = database
        self._gather_seconds = gather_seconds
        self._wake = asyncio.Event()
        self._due: set[str] = set()  # folded
        self._all_due = False
        self._busy: set[str] = set()  # those that were due and charged just then

    async def run(self) -> None:
        """Wait for something that may put a list out of step."""
        unsubscribe = self._central.bus.subscribe(self._on_event)
        try:
            while True:
                await self._wake.wait()
                await asyncio.sleep(self._gather_seconds)
                self._wake.clear()
                await self._bring_in_step()
        finally:
            unsubscribe()

    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.IdTagChanged():
                self._all_due = True
            case events.ChargePointConnected(charge_point_id) | events.LocalAuthListWanted(charge_point_id):
                self._due.add(fold(charge_point_id))
            case events.TransactionEnded(charge_point_id) if fold(charge_point_id) in self._busy:
                self._due.add(fold(charge_point_id))
            case _:
                return
        self._wake.set()

    async def _bring_in_step(self) -> None:
        due, self._due = self._due, set()
        all_due, self._all_due = self._all_due, False
        enabled = await self._database.read(local_auth_list.list_enabled)
        wanted = [charge_point_id for charge_point_id in enabled if all_due or fold(charge_point_id) in due]
        await asyncio.gather(*(self._send(charge_point_id) for charge_point_id in wanted))

    async def _send(self, charge_point_id: str) -> None:
        live = self._central.live(charge_point_id)
        if live is None or not live.online or not live.charge_point.accepted or live.boots_in_a_loop:
            return  # it is looked at again when it connects
        try:
            if not await self._database.run(local_auth_list.is_idle, charge_point_id):
                self._busy.add(fold(charge_point_id))
                return
            self._busy.discard(fold(charge_point_id))
            if await self._database.run(local_auth_list.may_be_sent, charge_point_id, self._central.now()):
                await commands.send(self._central, self._database, charge_point_id)
        except Refusal as refusal:
            log.warning("%s: its local authorization list is not in step: %s", charge_point_id, refusal.detail)
