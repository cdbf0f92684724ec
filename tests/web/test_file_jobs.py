"""File jobs over REST."""

import json

import pytest
from tornado.websocket import websocket_connect

from edge_csms.domain.roles import Role
from edge_csms.ocpp.errors import NotSupported
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import dumb, order
from tests.running import RunningSite

COMMANDS = ("firmware-update", "diagnostics", "logs")


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0)


async def test_jobs_are_listed_by_page_and_by_what_they_are(site: RunningSite) -> None:
    for identity in ("CP1", "CP2"):
        async with ChargePoint(site.ocpp_url, identity) as charge_point:
            dumb(charge_point, "GetDiagnostics", "GetLog")
            await charge_point.boot()
            await order(site, identity, "diagnostics")
            await order(site, identity, "logs")
    await site.ask("POST", "/api/v1/jobs/1/cancel")

    async def ids(path: str) -> list[int]:
        return [item["job_id"] for item in (await site.get(path))["items"]]

    assert await ids("/api/v1/jobs") == [4, 3, 2, 1]
    first = await site.get("/api/v1/jobs?limit=3")
    assert [item["job_id"] for item in first["items"]] == [4, 3, 2]
    assert await ids(f"/api/v1/jobs?limit=3&cursor={first['next']}") == [1]
    assert await ids("/api/v1/jobs?charge_point_id=CP1") == [2, 1]
    assert await ids("/api/v1/jobs?kind=log&open=true") == [4, 2]
    assert await ids("/api/v1/jobs?state=cancelled") == [1]
    assert await ids("/api/v1/charge-points/CP1/jobs") == [2, 1]
    assert await ids("/api/v1/charge-points/CP1/jobs?open=true") == [2]
    assert (await site.ask("GET", "/api/v1/charge-points/CP9/jobs")).status == 404
    assert (await site.ask("GET", "/api/v1/jobs?state=lost")).status == 400


async def test_viewers_look_and_technicians_order(site: RunningSite) -> None:
    for command in COMMANDS:
        path = f"/api/v1/charge-points/CP1/{command}"
        assert (await site.ask("POST", path, {}, role=Role.VIEWER)).status == 403
        assert (await site.ask("POST", path, {}, role=None)).status == 401
    assert (await site.ask("POST", "/api/v1/jobs/1/cancel", role=Role.VIEWER)).status == 403
    assert (await site.ask("GET", "/api/v1/jobs", role=Role.VIEWER)).status == 200


async def test_a_job_is_cancelled_once_and_by_name(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        dumb(charge_point, "GetLog")
        await charge_point.boot()
        made = await order(site, "CP1", "logs")
    path = f"/api/v1/jobs/{made['job_id']}/cancel"
    cancelled = await site.ask("POST", path, role=Role.TECHNICIAN)
    assert (cancelled.status, cancelled.json["reason"]) == (200, "cancelled by the-technician")
    assert (await site.ask("POST", path)).status == 409
    assert (await site.ask("POST", "/api/v1/jobs/99/cancel")).status == 404
    results = [item["result"] for item in (await site.get("/api/v1/audit?action=file_job.cancel"))["items"]]
    assert results[-1] == "done"
    assert results[0].startswith("refused: ")


async def test_what_the_charger_answers_instead_is_passed_on_and_kept(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        charge_point.behaviour.answers["GetLog"] = NotSupported("no logs here")
        await charge_point.boot()
        refused = await site.ask("POST", "/api/v1/charge-points/CP1/logs", {})
    assert (refused.status, refused.json["code"]) == (502, "NotSupported")
    (kept,) = (await site.get("/api/v1/jobs"))["items"]
    assert (kept["state"], "NotSupported" in kept["reason"]) == ("failed", True)


async def test_the_page_hears_of_every_step(site: RunningSite) -> None:
    page = await websocket_connect(f"{site.url.replace('http', 'ws')}/api/v1/events")
    await page.write_message(json.dumps({"token": await site.token()}))
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.boot()
        await order(site, "CP1", "diagnostics")
        states = []
        while "uploaded" not in states:
            message = json.loads(await page.read_message() or "")
            if message["type"] == "file_job":
                states.append(message["item"]["state"])
    assert states[0] == "requested"
    page.close()
