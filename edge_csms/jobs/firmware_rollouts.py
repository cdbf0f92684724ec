"""Leads roll-outs: an update begins when the one before it is installed, and the first failure ends them."""

import asyncio
import contextlib
import logging

from edge_csms.central.file_commands import FileCommands, UpdateOrder
from edge_csms.central.system import CentralSystem
from edge_csms.domain import events
from edge_csms.domain.errors import Conflict, Refusal, StorageUnavailable
from edge_csms.domain.firmware_rollouts import Finish, FirmwareRollout, RolloutState, RolloutStep, Start, decide
from edge_csms.services import file_jobs, firmware_rollouts
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0  # for what no event tells


class FirmwareRollouts:
    """The job. What it knows is stored, so that it goes on after a restart."""

    name = "firmware roll-outs"
    per_fleet = True

    def __init__(self, central: CentralSystem, commands: FileCommands, database: Database) -> None:
        self._central = central
        self._commands = commands
        self._database = database
        self._wake = asyncio.Event()
        self._any_running = False

    async def run(self) -> None:
        """Look at every running roll-out whenever something happened that may concern one."""
        unsubscribe = self._central.bus.subscribe(self._on_event)
        try:
            while True:
                self._wake.clear()
                with contextlib.suppress(StorageUnavailable):  # said elsewhere
                    running = await self._database.read(firmware_rollouts.list_running)
                    self._any_running = bool(running)
                    for rollout in running:
                        await self._lead(rollout)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), EVERY_SECONDS)
        finally:
            unsubscribe()

    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.FileJobChanged() | events.FirmwareRolloutChanged():
                self._wake.set()
            case events.TransactionEnded() if self._any_running:  # a look for each was a twelfth of a busy site's time
                self._wake.set()

    async def _lead(self, rollout: FirmwareRollout) -> None:
        match decide(rollout.steps):
            case Start(step):
                await self._start(rollout, step)
            case Finish(state, reason):
                await self._finish(rollout, state, reason)

    async def _start(self, rollout: FirmwareRollout, step: RolloutStep) -> None:
        if not rollout.force:
            try:
                await self._database.run(file_jobs.check_idle, step.charge_point_id)
            except Conflict:
                return  # it charges: the end of the transaction brings us here again
            except Refusal as refusal:  # it was retired
                await self._finish(rollout, RolloutState.STOPPED, f"{step.charge_point_id}: {refusal.detail}")
                return
        order = UpdateOrder(
            asked_by=rollout.asked_by,
            image_id=rollout.image_id,
            signed=rollout.signed,
            protocol=rollout.protocol,
            force=rollout.force,
            rollout_id=rollout.rollout_id,
        )
        try:
            await self._commands.update_firmware(step.charge_point_id, order)
        except StorageUnavailable:
            raise
        except Refusal as refusal:
            await self._finish(rollout, RolloutState.STOPPED, f"{step.charge_point_id}: {refusal.detail}")
        else:
            self._central.bus.publish(events.FirmwareRolloutChanged(rollout.rollout_id, rollout.state.value))

    async def _finish(self, rollout: FirmwareRollout, state: RolloutState, reason: str | None) -> None:
        now = self._central.now()
        ended = await self._database.run(firmware_rollouts.finish, rollout.rollout_id, state, reason, now)
        log.info("roll-out %s is %s%s", ended.rollout_id, ended.state, f": {ended.reason}" if ended.reason else "")
        self._central.bus.publish(events.FirmwareRolloutChanged(ended.rollout_id, ended.state.value))
