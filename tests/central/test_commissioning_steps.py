"""The steps of a commissioning run, on a charge point that is sound and on some that are not."""

import pytest

from edge_csms.central.bench import Patience
from edge_csms.domain.commissioning import StepName
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.connector import Car
from tests.commissioning import check, codes, connected, plug_in
from tests.running import RunningSite


async def test_a_sound_charge_point_passes_every_step(bench_site: RunningSite) -> None:
    async with connected(bench_site) as charge_point:
        run = await check(bench_site, charge_point)
    assert codes(run) == {
        "boot": "passed booted",
        "configuration": "passed settings_read",
        "meter": "passed plausible",
        "start": "passed started",
        "power": "passed power_seen",
        "limit": "passed limit_seen",
        "stop": "passed stopped",
        "unlock": "passed unlocked",
        "lost_link": "passed late_stop",
    }
    assert (run["state"], run["technician"], run["plate"]["model"]) == ("passed", "Anna Ampere", "Wallbox 22")
    limit = run["steps"]["limit"]["facts"]
    assert limit["before_amps"] == pytest.approx(16, abs=0.5)
    assert limit["amps"] == pytest.approx(6, abs=0.5)
    assert run["finished_at"] > run["started_at"]
    late = run["steps"]["lost_link"]["facts"]
    assert late["stopped_at"] < late["came_back_at"]
    assert {one["state"] for one in await bench_site.transactions()} <= {"closed", "closed_late"}
    profiles = await bench_site.get("/api/v1/charge-points/CP1/charging-profiles")
    assert profiles["items"] == []  # the limit is taken away again


async def test_only_what_was_wanted_is_checked(bench_site: RunningSite) -> None:
    async with connected(bench_site) as charge_point:
        run = await check(bench_site, charge_point, StepName.BOOT, StepName.UNLOCK)
    assert {one for name, one in codes(run).items() if name not in ("boot", "unlock")} == {"skipped not_wanted"}
    assert run["state"] == "passed"


async def test_a_charge_point_that_ignores_the_limit_fails(bench_site: RunningSite) -> None:
    async with connected(bench_site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = {"status": "Accepted"}
        charge_point.behaviour.answers["ClearChargingProfile"] = {"status": "Accepted"}
        run = await check(bench_site, charge_point, StepName.START, StepName.POWER, StepName.LIMIT, StepName.STOP)
    assert codes(run)["limit"] == "failed limit_ignored"
    assert (codes(run)["stop"], run["state"]) == ("passed stopped", "failed")


async def test_a_car_that_draws_little_anyway_proves_no_limit(bench_site: RunningSite) -> None:
    async def plug_in_a_small_car(charge_point: ChargePoint) -> None:
        await charge_point.plug_in(1, Car(max_amps=6.0, phases=1))

    hands = {"plug_in": plug_in_a_small_car}
    async with connected(bench_site) as charge_point:
        names = (StepName.START, StepName.POWER, StepName.LIMIT, StepName.STOP)
        run = await check(bench_site, charge_point, *names, hands=hands)
    assert codes(run)["limit"] == "noted drew_less_already"


async def test_nobody_who_plugs_in_leaves_out_what_needs_a_car(bench_site: RunningSite) -> None:
    bench_site.app.commissioning.patience = Patience(plug_in=0.2)
    async with connected(bench_site) as charge_point:
        names = (StepName.START, StepName.POWER, StepName.LIMIT, StepName.STOP)
        run = await check(bench_site, charge_point, *names, hands={})
    assert list(codes(run).values())[3:7] == ["failed not_plugged_in", *["skipped no_transaction"] * 3]


async def test_a_refusal_is_a_failed_step_and_the_run_goes_on(bench_site: RunningSite) -> None:
    async with connected(bench_site) as charge_point:
        await charge_point.plug_in(1)
        charge_point.behaviour.answers["RemoteStartTransaction"] = {"status": "Rejected"}
        charge_point.behaviour.answers["UnlockConnector"] = {"status": "UnlockFailed"}
        run = await check(bench_site, charge_point, StepName.START, StepName.UNLOCK)
        assert codes(run)["start"] == "failed start_refused"
        assert codes(run)["unlock"] == "failed unlock_failed"
        charge_point.behaviour.answers["UnlockConnector"] = {"status": "NotSupported"}
        assert codes(await check(bench_site, charge_point, StepName.UNLOCK))["unlock"] == "noted no_lock"


async def test_a_charge_that_is_not_ended_while_offline_is_stopped_and_noted(bench_site: RunningSite) -> None:
    hands = {"plug_in": plug_in, "replug": plug_in}
    async with connected(bench_site) as charge_point:
        run = await check(bench_site, charge_point, StepName.LOST_LINK, hands=hands)
    assert codes(run)["lost_link"] == "noted went_on"
    [transaction] = await bench_site.transactions()
    assert transaction["state"] == "closed"
