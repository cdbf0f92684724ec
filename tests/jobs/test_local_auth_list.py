"""The job that keeps local lists in step: whom it leaves alone. What it does is in the scenarios."""

import asyncio
from contextlib import asynccontextmanager

from edge_csms.jobs.local_auth_list import LocalAuthLists
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


@asynccontextmanager
async def running(site: RunningSite):
    job = asyncio.create_task(LocalAuthLists(site.app.central, site.app.database, gather_seconds=0.02).run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        job.cancel()


async def enable(site: RunningSite, charge_point_id: str) -> None:
    answer = await site.ask("PUT", f"/api/v1/charge-points/{charge_point_id}/local-list", {"enabled": True})
    assert answer.status == 200, answer.body


async def test_one_that_names_its_profiles_without_lists_is_left_alone(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as without, ChargePoint(site.ocpp_url, "CP2") as other, running(site):
        without.configuration.set("SupportedFeatureProfiles", "Core,RemoteTrigger")
        for charge_point in (without, other):
            await charge_point.heartbeat()
        await site.ask("GET", "/api/v1/charge-points/CP1/configuration?refresh=true")
        await enable(site, "CP1")
        await enable(site, "CP2")
        await add_tag(site)
        await other.next_call("SendLocalList")
        assert without.received.of("GetLocalListVersion") == []


async def add_tag(site: RunningSite) -> None:
    assert (await site.ask("POST", "/api/v1/id-tags", {"id_tag": "A"})).status == 201


async def test_one_that_waits_for_acceptance_is_left_alone(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as pending, ChargePoint(site.ocpp_url, "CP2") as other, running(site):
        for charge_point in (pending, other):
            await charge_point.heartbeat()
        await site.ask("PATCH", "/api/v1/charge-points/CP1", {"registration": "pending"})
        await enable(site, "CP1")
        await enable(site, "CP2")
        await add_tag(site)
        await other.next_call("SendLocalList")
        assert pending.received == []


async def test_a_refusal_ends_neither_the_job_nor_the_others(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as failing, ChargePoint(site.ocpp_url, "CP2") as other, running(site):
        failing.behaviour.answers["SendLocalList"] = {"status": "Failed"}
        for charge_point in (failing, other):
            await charge_point.heartbeat()
        await enable(site, "CP1")
        await enable(site, "CP2")
        await add_tag(site)
        await other.next_call("SendLocalList")
        await failing.next_call("SendLocalList")
        await site.ask("PATCH", "/api/v1/id-tags/A", {"blocked": True})
        await other.next_call("SendLocalList")
        await failing.next_call("SendLocalList")
