"""What tests of jobs share: a site whose jobs a test runs by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from edge_csms.jobs.runner import Job

SECONDS = 5.0  # within which everything that is waited for must come


@asynccontextmanager
async def running(job: Job) -> AsyncIterator[None]:
    """Run a job for as long as the block lasts."""
    task = asyncio.create_task(job.run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], object]) -> None:
    """Let things happen until something holds."""
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.005)
