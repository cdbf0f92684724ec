"""Quirks of configuration, commands and smart charging: Q97 to Q111."""

from datetime import UTC, datetime
from typing import Any

import pytest

from edge_csms.ocpp import times
from edge_csms.simulator.behaviour import SILENCE
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.nameplate import Nameplate
from tests.running import Answer, RunningSite
from tests.scenarios.quirks.looking import until

CP1 = "/api/v1/charge-points/CP1"


async def limit(site: RunningSite, amps: float | None, connector_id: int = 1) -> Answer:
    """Ask for a limit over REST."""
    return await site.ask("PUT", f"{CP1}/limit", {"connector_id": connector_id, "limit_amps": amps})


def profiles(charger: ChargePoint) -> list[dict[str, Any]]:
    """Give the charging profiles that the charger was sent."""
    return [one.payload["csChargingProfiles"] for one in charger.received.of("SetChargingProfile")]


def takes_only(**wanted: Any) -> Any:
    """Answer SetChargingProfile with yes where the profile has these members, else with no."""

    def answer(asked: dict[str, Any]) -> dict[str, str]:
        profile = asked["csChargingProfiles"]
        said = {**profile["chargingSchedule"], **profile}
        return {"status": "Accepted" if all(said[name] == value for name, value in wanted.items()) else "Rejected"}

    return answer


async def test_q97_one_that_is_silent_on_all_and_takes_four_keys_is_read_in_pieces(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.configuration.set("GetConfigurationMaxKeys", "4", readonly=True)
        charger.behaviour.answers["GetConfiguration"] = lambda asked: (
            None if 1 <= len(asked.get("key", ())) <= 4 else SILENCE
        )
        answer = await site.ask("GET", f"{CP1}/configuration?refresh=true")
        read = {one["key"]: one["value"] for one in answer.json["items"]}
        assert charger.link.connections == 1
    assert (answer.status, read["ResetRetries"], read["GetConfigurationMaxKeys"]) == (200, "3", "4")


async def test_q98_a_no_to_settings_and_availability_is_recorded_and_that_is_all(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.behaviour.answers["ChangeConfiguration"] = {"status": "NotSupported"}
        charger.behaviour.answers["ChangeAvailability"] = {"status": "Rejected"}
        answer = await site.ask("PUT", f"{CP1}/configuration/HeartbeatInterval", {"value": "60"})
        assert (answer.status, answer.json["status"]) == (200, "NotSupported")
        assert "doesn't know this setting" in answer.json["detail"]
        for connector_id in (0, 1):
            payload = {"connectorId": connector_id, "type": "Inoperative"}
            answer = await site.ask("POST", f"{CP1}/calls/ChangeAvailability", payload)
            assert (answer.status, answer.json) == (200, {"status": "Rejected"})
        await charger.heartbeat()


async def test_q99_scheduled_is_no_failure(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        await charger.start(1, "TAG1")
        answer = await site.ask("POST", f"{CP1}/calls/ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
        assert (answer.status, answer.json) == (200, {"status": "Scheduled"})


async def test_q100_one_that_takes_no_stack_level_but_0_gets_its_limit(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.behaviour.answers["SetChargingProfile"] = takes_only(stackLevel=0)
        assert (await limit(site, 16)).status == 200
        assert profiles(charger)[0]["stackLevel"] == 10  # as its ChargeProfileMaxStackLevel says
        assert profiles(charger)[-1]["stackLevel"] == 0


async def test_q100_an_abb_terra_ac_of_firmware_1_8_gets_level_0_at_once(site: RunningSite) -> None:
    nameplate = Nameplate(vendor="ABB", model="CDT_TACW22::NET_WIFI", firmware_version="TAC3Z91::V1.8.32")
    async with ChargePoint(site.ocpp_url, "CP1", nameplate=nameplate) as charger:
        await charger.boot()
        assert (await limit(site, 16)).status == 200
        assert {one["stackLevel"] for one in profiles(charger)} == {0}


@pytest.mark.parametrize(("vendor", "kind"), [("Wall Box Chargers", "Relative"), ("Acme", "Absolute")])
async def test_q101_a_wallbox_gets_relative_profiles(site: RunningSite, vendor: str, kind: str) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", nameplate=Nameplate(vendor=vendor)) as charger:
        await charger.boot()
        charger.behaviour.answers["SetChargingProfile"] = takes_only(chargingProfileKind=kind)
        assert (await limit(site, 16)).status == 200
        assert {one["chargingProfileKind"] for one in profiles(charger)} == {kind}


async def test_q102_one_that_takes_no_charge_point_max_profile_gets_a_default_for_transactions(
    site: RunningSite,
) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", connectors=2) as charger:
        await charger.boot()
        charger.behaviour.answers["SetChargingProfile"] = takes_only(chargingProfilePurpose="TxDefaultProfile")
        answer = await limit(site, 16, connector_id=0)
        assert (answer.status, answer.json["profiles"][0]["purpose"]) == (200, "TxDefaultProfile")
        purposes = list(dict.fromkeys(one["chargingProfilePurpose"] for one in profiles(charger)))
        assert purposes == ["ChargePointMaxProfile", "TxDefaultProfile"]


async def test_q103_a_huawei_gets_limits_of_power(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1", nameplate=Nameplate(vendor="", model="ACChargePoint")) as charger:
        await charger.boot()
        charger.behaviour.answers["SetChargingProfile"] = takes_only(chargingRateUnit="W")
        assert (await limit(site, 16)).status == 200
        schedules = [one["chargingSchedule"] for one in profiles(charger)]
        assert [one["chargingRateUnit"] for one in schedules] == ["W"]
        assert schedules[0]["chargingSchedulePeriod"][0]["limit"] == 16 * 230 * 3


@pytest.mark.parametrize("told", ["Power", "W", "power"])
async def test_q103_so_does_one_whose_settings_say_that_it_takes_power_only(site: RunningSite, told: str) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.configuration.set("ChargingScheduleAllowedChargingRateUnit", told)
        charger.behaviour.answers["SetChargingProfile"] = takes_only(chargingRateUnit="W")
        assert (await limit(site, 10)).status == 200
        assert {one["chargingSchedule"]["chargingRateUnit"] for one in profiles(charger)} == {"W"}


async def test_q105_one_that_accepts_a_limit_and_ignores_it_is_seen_by_its_meter(site: RunningSite) -> None:
    nameplate = Nameplate(vendor="United Chargers", model="Grizzl-E Smart", firmware_version="3.09")
    async with ChargePoint(site.ocpp_url, "CP1", nameplate=nameplate) as charger:
        await charger.boot()
        shown = await site.get(CP1)
        assert "compare with what it meters" in str(shown["quirks"])
        charger.behaviour.answers["SetChargingProfile"] = {"status": "Accepted"}  # and nothing done
        await charger.start(1, "TAG1")
        assert (await limit(site, 6, connector_id=0)).status == 200
        await charger.meter(1)
        compared = await site.get(f"{CP1}/composite-schedule?connector_id=1&duration_seconds=600")
        assert compared["meter_agrees"] is False
        assert compared["metered_power_w"] > 6 * 230 * 3


async def test_q106_a_schedule_begins_a_minute_ago(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        await limit(site, 16)
        begins = times.parse(profiles(charger)[-1]["chargingSchedule"]["startSchedule"])
        assert begins is not None
        assert 55 <= (datetime.now(UTC) - begins).total_seconds() < 70


async def test_q107_a_limit_has_one_decimal(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        assert (await limit(site, 7.5678)).status == 200
        assert profiles(charger)[-1]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 7.5


@pytest.mark.parametrize("without_connector", [SILENCE, {"status": "Rejected"}])
async def test_q108_a_trigger_that_names_a_connector_is_tried_once_more_without(
    site: RunningSite, without_connector: Any
) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.behaviour.answers["TriggerMessage"] = lambda asked: (
            without_connector if "connectorId" in asked else None
        )
        answer = await site.ask("POST", f"{CP1}/trigger", {"message": "status", "connector_id": 1})
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        asked = [one.payload for one in charger.received.of("TriggerMessage")]
        assert asked == [
            {"requestedMessage": "StatusNotification", "connectorId": 1},
            {"requestedMessage": "StatusNotification"},
        ]


async def test_q110_why_one_that_stays_finishing_takes_no_start_is_said(site: RunningSite) -> None:
    nameplate = Nameplate(vendor="Ocular", model="LTE")
    async with ChargePoint(site.ocpp_url, "CP1", nameplate=nameplate) as charger:
        await charger.boot()
        transaction = await charger.start(1, "TAG1")
        await site.ask("POST", "/api/remote-transactions/stop/", {"transaction_id": transaction.transaction_id})
        await until(lambda: charger.connectors[1].reported_status == "Finishing")
        charger.behaviour.answers["RemoteStartTransaction"] = {"status": "Rejected"}
        answer = await site.ask("POST", "/api/remote-transactions/start/", {"charger_id": "CP1", "id_tag": "TAG1"})
        assert answer.json["status"] == "Rejected"
        assert "must be pulled out first" in answer.json["detail"]
        assert "limit of 0 A" in answer.json["detail"]
        assert "set a limit of 0 A" in str((await site.get(CP1))["quirks"])


async def test_q111_a_local_list_goes_in_pieces_that_the_charger_takes_and_profiles_are_short(
    site: RunningSite,
) -> None:
    for number in range(25):
        await site.ask("POST", "/api/v1/id-tags", {"id_tag": f"TAG{number}"})
    async with ChargePoint(site.ocpp_url, "CP1") as charger:
        await charger.boot()
        charger.configuration.set("SendLocalListMaxLength", "10")
        assert (await site.ask("POST", f"{CP1}/local-list", {})).status == 200
        sent = [one.payload for one in charger.received.of("SendLocalList")]
        assert [len(one["localAuthorizationList"]) for one in sent] == [10, 10, 5]
        assert [one["updateType"] for one in sent] == ["Full", "Differential", "Differential"]
        await limit(site, 16)
        assert all(len(one["chargingSchedule"]["chargingSchedulePeriod"]) == 1 for one in profiles(charger))
