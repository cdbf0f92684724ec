"""Runs the jobs: what the site does by itself, each for as long as the process lives."""

import asyncio
import logging
from typing import Protocol

from edge_csms.domain.errors import Refusal

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
ASK_AGAIN_SECONDS = 0.5


class Job(Protocol):
    """Something that goes on by itself. `run` returns only when there is nothing more to do."""

    name: str
    per_fleet: bool  # once for all processes of a fleet, else once in each

    async def run(self) -> None:
        """Go on until cancelled."""


class Runner:
    """Starts jobs and starts those anew that fail, a little later each time."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._states: dict[str, str] = {}

    def start(self, job: Job) -> None:
        """Let a job run."""
        self._states[job.name] = "ok"
        self._tasks.append(asyncio.get_running_loop().create_task(self._keep_running(job), name=job.name))

    def states(self) -> dict[str, str]:
        """Say how each job is, by name."""
        return dict(self._states)

    async def stop(self) -> None:
        """End all jobs, asking again those that missed it: asyncio.wait_for of Python 3.11 may swallow it."""
        left = set(self._tasks)
        while left:
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=ASK_AGAIN_SECONDS)

    async def _keep_running(self, job: Job) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await job.run()
                self._states[job.name] = "done"
                return
            except Refusal as refusal:
                log.error("job %s can't go on: %s; it starts again in %.0f s", job.name, refusal.detail, pause)
                self._states[job.name] = f"failed: {refusal.detail}"
            except Exception as error:
                log.exception("job %s failed; it starts again in %.0f s", job.name, pause)
                self._states[job.name] = f"failed: {error}"
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            self._states[job.name] = "ok"
