"""Charging profiles and composite schedules through a running server, with a charger that follows them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.ocpp import times
from edge_csms.ocpp.errors import NotImplemented_, PropertyConstraintViolation
from edge_csms.simulator.behaviour import SILENCE
from tests.conftest import StartSite
from tests.running import Answer, RunningSite
from tests.scenarios.smart_charging import CP, charger, composite, install, installed, limit, sent


@pytest.fixture
def impatient_site(start_site: StartSite) -> RunningSite:
    """Give a server that waits half a second for an answer."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", call_timeout_seconds=0.5)


async def test_a_profile_goes_out_by_the_letter_and_is_remembered(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        answer = await install(
            site,
            1,
            stack_level=2,
            kind="Recurring",
            recurrency="Daily",
            starts_at="2026-01-01T22:00:00+01:00",
            duration_seconds=28800,
            periods=[{"start_seconds": 0, "limit": 32}, {"start_seconds": 3600, "limit": 6.5, "phases": 1}],
            valid_to="2030-01-01T00:00:00Z",
        )
        assert answer.status == 201, answer.body
        [payload] = sent(charge_point)
        profile_id = answer.json["charging_profile_id"]
        assert payload == {
            "connectorId": 1,
            "csChargingProfiles": {
                "chargingProfileId": profile_id,
                "stackLevel": 2,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Recurring",
                "recurrencyKind": "Daily",
                "validTo": "2030-01-01T00:00:00Z",
                "chargingSchedule": {
                    "duration": 28800,
                    "startSchedule": "2026-01-01T21:00:00Z",
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [
                        {"startPeriod": 0, "limit": 32},
                        {"startPeriod": 3600, "limit": 6.5, "numberPhases": 1},
                    ],
                },
            },
        }
        [item] = await installed(site)
        assert item == answer.json
        assert (item["connector_id"], item["confirmed"], item["origin"]) == (1, True, "")


async def test_a_profile_of_the_site_is_installed_by_its_name_and_replaced_in_its_place(site: RunningSite) -> None:
    named = {"name": "Night", "purpose": "TxDefaultProfile", "periods": [{"start_seconds": 0, "limit": 10}]}
    assert (await site.ask("POST", "/api/v1/charging-profiles", named)).status == 201
    async with charger(site):
        body = {"connector_id": 1, "name": "night"}
        first = (await site.ask("POST", f"{CP}/charging-profiles", body)).json
        again = (await site.ask("POST", f"{CP}/charging-profiles", body)).json
        other = (await site.ask("POST", f"{CP}/charging-profiles", body | {"connector_id": 2})).json
        assert first["charging_profile_id"] == again["charging_profile_id"] != other["charging_profile_id"]
        assert [(one["connector_id"], one["origin"]) for one in await installed(site)] == [(1, "Night"), (2, "Night")]


@pytest.mark.parametrize(
    ("connector_id", "profile", "field"),
    [
        (1, {"periods": [{"start_seconds": 0, "limit": -1}]}, "periods"),
        (1, {"periods": [{"start_seconds": 5, "limit": 1}]}, "periods"),
        (1, {"periods": []}, "periods"),
        (1, {"periods": [{"start_seconds": 0, "limit": 1}, {"start_seconds": 0, "limit": 2}]}, "periods"),
        (1, {"stack_level": -1}, "stack_level"),
        (1, {"stack_level": 11}, "stack_level"),
        (1, {"kind": "Recurring", "starts_at": "2026-01-01T00:00:00Z"}, "recurrency"),
        (1, {"purpose": "TxProfile"}, "connector_id"),
        (0, {"purpose": "TxProfile"}, "connector_id"),
        (1, {"purpose": "ChargePointMaxProfile"}, "connector_id"),
    ],
)
async def test_what_a_charger_could_not_take_is_refused_before_anything_is_sent(
    site: RunningSite, connector_id: int, profile: Any, field: str
) -> None:
    async with charger(site) as charge_point:
        answer = await install(site, connector_id, **profile)
        assert (answer.status, list(answer.json["errors"])) == (400, [field])
        assert sent(charge_point) == []


@pytest.mark.parametrize(
    ("stack_level", "periods"),
    [
        (0, [{"startPeriod": 0, "limit": -6.0}]),
        (0, [{"startPeriod": 60, "limit": 6.0}]),
        (0, []),
        (0, [{"startPeriod": 0, "limit": 6.25}]),
        (-1, [{"startPeriod": 0, "limit": 6.0}]),
        (99, [{"startPeriod": 0, "limit": 6.0}]),
    ],
)
async def test_a_raw_call_is_judged_too(site: RunningSite, stack_level: int, periods: Any) -> None:
    async with charger(site) as charge_point:
        await site.ask("GET", f"{CP}/configuration?refresh=true")
        answer = await raw_profile(site, stackLevel=stack_level, periods=periods)
        assert answer.status == 400, answer.body
        assert sent(charge_point) == []


async def raw_profile(site: RunningSite, connector_id: int = 1, **changes: Any) -> Answer:
    periods = changes.pop("periods", [{"startPeriod": 0, "limit": 6.0}])
    profile = {
        "chargingProfileId": 77,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": periods},
    } | changes
    body = {"connectorId": connector_id, "csChargingProfiles": profile}
    return await site.ask("POST", f"{CP}/calls/SetChargingProfile", body)


async def test_a_raw_call_is_remembered_like_ours(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        assert (await raw_profile(site)).json == {"status": "Accepted"}
        assert [one["charging_profile_id"] for one in await installed(site)] == [77]
        assert sent(charge_point, "GetConfiguration") == []  # before any question of our own
        await site.ask("POST", f"{CP}/calls/ClearChargingProfile", {"id": 77})
        assert await installed(site) == []


async def test_a_raw_call_that_is_merely_odd_goes_out_as_it_is(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        schedule = {
            "startSchedule": "2026-01-01T00:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
        }
        assert (await raw_profile(site, chargingSchedule=schedule)).status == 200
        [payload] = sent(charge_point)
        assert payload["csChargingProfiles"]["chargingSchedule"] == schedule


async def test_what_is_refused_is_told_and_changes_nothing(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await install(site, 1)
        before = await installed(site)
        for word in ("Rejected", "NotSupported"):
            charge_point.behaviour.answers["SetChargingProfile"] = {"status": word}
            refused = await install(site, 1, periods=[{"start_seconds": 0, "limit": 8}])
            assert (refused.status, refused.json["charge_point_status"]) == (409, word)
        charge_point.behaviour.answers["SetChargingProfile"] = PropertyConstraintViolation("no")
        assert (await install(site, 1)).status == 502
        assert await installed(site) == before


async def test_after_silence_it_is_not_known_whether_it_holds(impatient_site: RunningSite) -> None:
    async with charger(impatient_site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = SILENCE
        assert (await install(impatient_site, 1)).status == 504
        [item] = await installed(impatient_site)
        assert item["confirmed"] is False


async def test_profiles_are_cleared_by_id_and_by_what_they_are(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        for level in (0, 1):
            await install(site, 1, stack_level=level)
        await install(site, 0, purpose="ChargePointMaxProfile")
        one = (await installed(site))[-1]
        path = f"{CP}/charging-profiles"
        assert (await site.ask("DELETE", f"{path}/{one['charging_profile_id']}")).json["status"] == "Accepted"
        assert len(await installed(site)) == 2
        assert (await site.ask("DELETE", f"{path}?purpose=TxDefaultProfile&connector_id=1")).status == 200
        assert [left["purpose"] for left in await installed(site)] == ["ChargePointMaxProfile"]
        assert (await site.ask("DELETE", path)).json["status"] == "Accepted"
        assert await installed(site) == []
        assert (await site.ask("DELETE", path)).json["status"] == "Unknown"
        assert sent(charge_point, "ClearChargingProfile")[-1] == {}


async def test_a_profile_of_a_transaction_dies_with_it(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        transaction = await charge_point.start(1, "GUEST")
        answer = await install(site, 1, purpose="TxProfile")
        assert answer.status == 201, answer.body
        [payload] = sent(charge_point)
        assert payload["csChargingProfiles"]["transactionId"] == transaction.transaction_id
        assert answer.json["transaction_id"] == transaction.transaction_id
        await charge_point.stop(1)
        await charge_point.heartbeat()  # behind the Stop
        assert await installed(site) == []


async def test_units_follow_what_the_charger_takes(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.configuration.set("ChargingScheduleAllowedChargingRateUnit", "Power")
        answer = await install(site, 1, periods=[{"start_seconds": 0, "limit": 16, "phases": 1}])
        assert answer.status == 201, answer.body
        [payload] = sent(charge_point)
        assert payload["csChargingProfiles"]["chargingSchedule"]["chargingRateUnit"] == "W"
        assert payload["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 3680


async def test_the_composite_schedule_of_the_charger_agrees_with_ours(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await charge_point.start(1, "GUEST")
        begin = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
        periods = [{"start_seconds": 0, "limit": 10.1}, {"start_seconds": 1800, "limit": 6}]
        await install(site, 1, starts_at=begin, periods=periods)
        await install(site, 0, purpose="ChargePointMaxProfile", periods=[{"start_seconds": 0, "limit": 8}])
        found = await composite(site, duration_seconds=3600)
        limits = [one["limit"] for one in found["meant"]["periods"]]
        assert limits == [8, 6]
        assert [one["limit"] for one in found["reported"]["periods"]] == [8, 6]
        assert (found["differences"], found["detail"]) == ([], "")
        watts = await composite(site, duration_seconds=3600, unit="W")
        assert [one["limit"] for one in watts["meant"]["periods"]] == [5520, 4140]
        assert watts["differences"] == []


async def test_a_charger_that_sees_it_otherwise_is_found_out(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await install(site, 1, periods=[{"start_seconds": 0, "limit": 10}])
        charge_point.behaviour.answers["GetCompositeSchedule"] = {
            "status": "Accepted",
            "connectorId": 1,
            "scheduleStart": times.format(datetime.now(UTC)),
            "chargingSchedule": {
                "duration": 600,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": 10.000000000000005},
                    {"startPeriod": 300, "limit": 32},
                ],
            },
        }
        found = await composite(site, duration_seconds=600)
        [difference] = found["differences"]
        assert 298 <= difference["start_seconds"] <= 302
        assert (difference["meant"], difference["reported"], difference["allows_more"]) == (10, 32, True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"status": "Rejected"}, "answered Rejected"), (NotImplemented_("no"), "NotImplemented"), ({}, "does not report")],
)
async def test_a_charger_that_does_not_report_leaves_ours(site: RunningSite, answer: Any, words: str) -> None:
    async with charger(site) as charge_point:
        await install(site, 1)
        charge_point.behaviour.answers["GetCompositeSchedule"] = answer
        found = await composite(site)
        assert (found["reported"], found["differences"], words in found["detail"]) == (None, [], True)
        assert [one["limit"] for one in found["meant"]["periods"]] == [16]
    assert "not connected" in (await composite(site))["detail"]


async def test_the_meter_shows_whether_a_limit_is_kept(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = {"status": "Accepted"}  # and ignores it
        await charge_point.start(1, "GUEST")
        await limit(site, 6, connector_id=1)
        assert (await composite(site))["meter_agrees"] is None
        for watts, agrees in ((11000, False), (4100, True)):
            sample = {"value": str(watts), "measurand": "Power.Active.Import", "unit": "W"}
            value = [{"timestamp": times.format(datetime.now(UTC)), "sampledValue": [sample]}]
            await charge_point.call_raw("MeterValues", {"connectorId": 1, "meterValue": value})
            found = await composite(site)
            assert (found["metered_power_w"], found["meter_agrees"]) == (watts, agrees)
