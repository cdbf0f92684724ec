"""What has served its time is thrown away by itself."""

import asyncio
from datetime import timedelta

from edge_csms.domain.accounts import Actor
from edge_csms.domain.model import SecurityEvent
from edge_csms.jobs.expiry import Expiry
from edge_csms.services import audit, charge_points, security_events
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.storage import file_jobs as rows
from tests.file_jobs import dumb, http, location, order
from tests.running import RunningSite

LONG = timedelta(days=3 * 365)


async def upload(site: RunningSite) -> None:
    """Have a charger deliver a log, and let that be long ago."""
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        dumb(charge_point, "GetLog")
        await charge_point.heartbeat()
        made = await order(site, "CP1", "logs")
        await http(await location(charge_point, "GetLog"), "PUT", b"log")
    await site.app.database.run(rows.update, made["job_id"], {"finished_at": site.app.clock.now() - LONG})


async def test_old_files_jobs_events_and_audit_entries_go(site: RunningSite) -> None:
    await upload(site)
    now = site.app.clock.now()
    key = (await site.app.database.run(charge_points.get, "CP1")).key
    old, new = (SecurityEvent(kind, at, at, None) for kind, at in (("old", now - LONG), ("new", now)))
    for event in (old, new):
        await site.app.database.run(security_events.note, key, event)
    await site.app.database.run(audit.record, now - LONG, Actor("anna", ""), "old", "CP1")
    running = asyncio.create_task(Expiry(site.app.database, site.app.clock, site.app.transfers).run())
    async with asyncio.timeout(10):
        while list((site.data_dir / "files").iterdir()) or (await site.get("/api/v1/jobs"))["items"]:
            await asyncio.sleep(0.01)
    running.cancel()
    assert (await site.get("/api/v1/audit?action=old"))["items"] == []
    events = (await site.get("/api/v1/charge-points/CP1/security-events"))["items"]
    assert [one["kind"] for one in events] == ["new"]
