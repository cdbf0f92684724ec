"""Roll-outs from end to end: one simulated charger after the other, until the first that fails."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import image_id, listening
from tests.running import RunningSite

IDENTITIES = ["FW-1", "FW-2", "FW-3"]


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server that commands chargers as soon as they have booted."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0)


async def boot_all(site: RunningSite, stack: AsyncExitStack) -> list[ChargePoint]:
    found = []
    for identity in IDENTITIES:
        found.append(await stack.enter_async_context(ChargePoint(site.ocpp_url, identity, reconnect_seconds=0.1)))
        await found[-1].boot()
    return found


async def begin(site: RunningSite, **more: Any) -> int:
    body = {"image_id": await image_id(site), "charge_point_ids": IDENTITIES, **more}
    answer = await site.ask("POST", "/api/v1/firmware-rollouts", body)
    assert answer.status == 201, answer.body
    return int(answer.json["rollout_id"])


async def test_each_charger_has_its_turn_when_the_one_before_is_done(site: RunningSite) -> None:
    async with AsyncExitStack() as stack:
        await boot_all(site, stack)
        with listening(site) as news:
            rollout_id = await begin(site)
            await news.until(news.rollouts, rollout_id, "done")
        for earlier, later in ((1, 2), (2, 3)):
            assert news.jobs.index((earlier, "installed")) < news.jobs.index((later, "requested"))
    shown = await site.get(f"/api/v1/firmware-rollouts/{rollout_id}")
    assert [(step["charge_point_id"], step["state"]) for step in shown["steps"]] == [
        ("FW-1", "installed"),
        ("FW-2", "installed"),
        ("FW-3", "installed"),
    ]


async def test_the_first_failure_stops_it(site: RunningSite) -> None:
    async with AsyncExitStack() as stack:
        chargers = await boot_all(site, stack)
        chargers[1].behaviour.accepts_image = lambda image: False
        with listening(site) as news:
            rollout_id = await begin(site)
            await news.until(news.rollouts, rollout_id, "stopped")
        assert chargers[2].received.of("UpdateFirmware") == []
    shown = await site.get(f"/api/v1/firmware-rollouts/{rollout_id}")
    assert [step["state"] for step in shown["steps"]] == ["installed", "failed", None]
    assert shown["reason"] == "FW-2: the charge point could not install the firmware"


async def test_a_charger_that_is_offline_stops_it(site: RunningSite) -> None:
    async with AsyncExitStack() as stack:
        chargers = await boot_all(site, stack)
        await chargers[0].close()
        with listening(site) as news:
            rollout_id = await begin(site)
            await news.until(news.rollouts, rollout_id, "stopped")
    shown = await site.get(f"/api/v1/firmware-rollouts/{rollout_id}")
    assert shown["reason"] == "FW-1: FW-1 is not connected"


async def test_it_waits_for_the_end_of_a_transaction(site: RunningSite) -> None:
    async with AsyncExitStack() as stack:
        chargers = await boot_all(site, stack)
        await chargers[1].start(1, "CARD")
        with listening(site) as news:
            rollout_id = await begin(site)
            await news.until(news.jobs, 1, "installed")
            assert chargers[1].received.of("UpdateFirmware") == []
            await chargers[1].stop(1)
            await news.until(news.rollouts, rollout_id, "done")


async def test_a_cancelled_one_leaves_the_rest_alone(site: RunningSite) -> None:
    async with AsyncExitStack() as stack:
        chargers = await boot_all(site, stack)
        await chargers[0].start(1, "CARD")
        with listening(site) as news:
            rollout_id = await begin(site)
            answer = await site.ask("POST", f"/api/v1/firmware-rollouts/{rollout_id}/cancel")
            assert (answer.status, answer.json["state"]) == (200, "cancelled")
            again = await site.ask("POST", f"/api/v1/firmware-rollouts/{rollout_id}/cancel")
            assert again.status == 409
            await chargers[0].stop(1)
        assert news.jobs == []
