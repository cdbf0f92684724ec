"""Leads commissioning runs: one step after the other, for as long as it takes, whoever looks on."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from edge_csms.central import commissioning_steps
from edge_csms.central.bench import Bench, Patience
from edge_csms.central.system import CentralSystem
from edge_csms.domain.commissioning import Facts, Outcome, Run, RunState, Step, StepName, StepState, verdict
from edge_csms.domain.errors import Conflict, Refusal, StorageUnavailable
from edge_csms.domain.events import CommissioningRunChanged
from edge_csms.services import commissioning
from edge_csms.services.commissioning import Order
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)

TIDY_SECONDS = 20.0  # that a charge point has to let go of what a run made that was cancelled


class Commissioning:
    """All runs that go on. A run outlives the page that began it, but not the process."""

    def __init__(self, central: CentralSystem, database: Database) -> None:
        self.patience = Patience()
        self._central = central
        self._database = database
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._cancelled: set[int] = set()

    async def prepare(self) -> None:
        """Note that what was running when the process ended came to no end."""
        with contextlib.suppress(StorageUnavailable):  # then they are noted at a later start
            await self._database.run(commissioning.interrupt_all, self._central.now())

    async def begin(self, order: Order) -> Run:
        """Begin a run. Raises NotFound, Offline, and Conflict while another one or a driver needs the place."""
        await self._central.dialect(order.charge_point_id)
        run = await self._database.run(commissioning.begin, order, self._central.now())
        task = asyncio.get_running_loop().create_task(self._lead(run))
        self._tasks[run.run_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(run.run_id))
        self._tell(run)
        return run

    async def cancel(self, run_id: int) -> Run:
        """End a run before its time; what it started is stopped. Raises NotFound, and Conflict where it has ended."""
        run = await self._database.run(commissioning.get, run_id)
        if run.state is not RunState.RUNNING:
            raise Conflict(f"the run has ended: {run.state}")
        task = self._tasks.get(run_id)
        if task is None:  # it came to grief
            return await self._finish(run_id, RunState.INTERRUPTED)
        self._cancelled.add(run_id)
        task.cancel()
        await asyncio.wait([task])
        self._cancelled.discard(run_id)
        return await self._database.run(commissioning.get, run_id)

    async def stop(self) -> None:
        """Leave all runs as they are: the process ends, and the next one notes it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _lead(self, run: Run) -> None:
        steps = Steps(run, self._note)
        place = (run.charge_point_id, run.connector_id, run.id_tag)
        bench = Bench(self._central, self._database, *place, self.patience, steps.tell)
        try:
            state = await self._take_all(run, steps, bench)
            await self._tidy_up(bench)
        finally:
            bench.close()
        with contextlib.suppress(StorageUnavailable):  # then it is noted as interrupted, when somebody cancels it
            await self._finish(run.run_id, state)

    async def _take_all(self, run: Run, steps: "Steps", bench: Bench) -> RunState:
        """Take one step after the other, and say how that ended."""
        try:
            while (step := steps.next()) is not None:
                await steps.begin(step)
                await steps.end(await _outcome(step, bench), self._central.now())
        except asyncio.CancelledError:
            if run.run_id not in self._cancelled:
                raise
            return RunState.CANCELLED
        except Exception:
            log.exception("%s: commissioning run %s failed", run.charge_point_id, run.run_id)
            return RunState.INTERRUPTED
        return verdict(steps.all)

    async def _tidy_up(self, bench: Bench) -> None:
        """Let go of what a run has made and not taken back itself."""
        self._central.keep_off(bench.charge_point_id, 0.0)
        for take_back in (commissioning_steps.lift_limit, commissioning_steps.stop):
            with contextlib.suppress(Refusal, TimeoutError):
                async with asyncio.timeout(TIDY_SECONDS):
                    await take_back(bench)

    async def _note(self, run_id: int, steps: Sequence[Step]) -> None:
        self._tell(await self._database.run(commissioning.note, run_id, steps))

    async def _finish(self, run_id: int, state: RunState) -> Run:
        await self._central.flush()  # so that the report has all that was found
        run = await self._database.run(commissioning.finish, run_id, state, self._central.now())
        log.info("%s: commissioning run %s is %s", run.charge_point_id, run_id, run.state)
        self._tell(run)
        return run

    def _tell(self, run: Run) -> None:
        self._central.bus.publish(CommissioningRunChanged(run.charge_point_id, run.run_id, run.state.value))


class Steps:
    """The steps of one run, told with each change."""

    def __init__(self, run: Run, note: Callable[[int, Sequence[Step]], Awaitable[None]]) -> None:
        self.all = list(run.steps)
        self._run_id = run.run_id
        self._note = note
        self._index = 0

    def next(self) -> StepName | None:
        """Give the step whose turn it is; None after the last."""
        waiting = (index for index, step in enumerate(self.all) if step.state is StepState.WAITING)
        if (index := next(waiting, None)) is None:
            return None
        self._index = index
        return self.all[index].name

    async def begin(self, name: StepName) -> None:
        """Note that the step goes on."""
        await self._change(Step(name, StepState.RUNNING))

    async def tell(self, code: str, facts: Facts) -> None:
        """Note what the step waits for."""
        await self._change(replace(self.all[self._index], code=code, facts=facts))

    async def end(self, outcome: Outcome, now: datetime) -> None:
        """Note what came of the step."""
        name = self.all[self._index].name
        await self._change(Step(name, outcome.state, outcome.code, outcome.facts, now))

    async def _change(self, step: Step) -> None:
        self.all[self._index] = step
        await self._note(self._run_id, self.all)


async def _outcome(name: StepName, bench: Bench) -> Outcome:
    try:
        return await commissioning_steps.STEPS[name](bench)
    except StorageUnavailable:
        raise
    except Refusal as refusal:
        return Outcome(StepState.FAILED, "refused", {"detail": refusal.detail})
