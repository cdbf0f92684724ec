"""The job that ends file jobs of which nothing is heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from edge_csms.jobs.file_jobs import FileJobs
from edge_csms.services import file_jobs
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.storage import file_jobs as rows
from tests.file_jobs import dumb, listening, order
from tests.running import RunningSite


@asynccontextmanager
async def silent(site: RunningSite) -> AsyncIterator[ChargePoint]:
    """Connect a charger that takes an order for a log and never says a word of it."""
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        dumb(charge_point, "GetLog")
        await charge_point.heartbeat()
        yield charge_point


async def test_a_silent_job_fails_and_that_is_told(site: RunningSite) -> None:
    async with silent(site):
        made = await order(site, "CP1", "logs")
    job = FileJobs(site.app.central, site.app.database)
    with listening(site) as news:
        await job.settle()
        assert news.jobs == []
        await site.app.database.run(rows.update, made["job_id"], {"deadline": site.app.clock.now()})
        await job.settle()
        assert news.jobs == [(made["job_id"], "failed")]


async def test_it_looks_at_its_start_and_after_each_boot(site: RunningSite) -> None:
    async with silent(site) as charge_point:
        first = await order(site, "CP1", "logs")
        await site.app.database.run(rows.update, first["job_id"], {"deadline": site.app.clock.now()})
        with listening(site) as news:
            running = asyncio.create_task(FileJobs(site.app.central, site.app.database).run())
            await news.until(news.jobs, first["job_id"], "failed")
            second = await order(site, "CP1", "logs")
            await site.app.database.run(rows.update, second["job_id"], {"deadline": site.app.clock.now()})
            await charge_point.boot()
            await news.until(news.jobs, second["job_id"], "failed")
            running.cancel()
    assert (await site.app.database.read(file_jobs.get, second["job_id"])).reason is not None
