"""Limits through a running server: every way to say one to chargers that differ, and remote starts that bring one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.ocpp import times
from edge_csms.ocpp.errors import NotImplemented_
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite
from tests.scenarios.smart_charging import CP, charger, composite, install, installed, limit, sent


async def test_a_limit_is_a_cap_on_the_charge_point_where_it_takes_one(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        answer = await limit(site, 20.0)
        assert answer.status == 200, answer.body
        [payload] = sent(charge_point)
        profile = payload["csChargingProfiles"]
        assert (payload["connectorId"], profile["chargingProfilePurpose"], profile["stackLevel"]) == (
            0,
            "ChargePointMaxProfile",
            10,
        )
        begins = times.parse(profile["chargingSchedule"]["startSchedule"])
        assert begins is not None
        assert timedelta(seconds=55) < datetime.now(UTC) - begins < timedelta(seconds=70)
        assert profile["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 20}]
        assert await charger_limit(charge_point) == 20


async def charger_limit(charge_point: ChargePoint) -> float:
    cap = charge_point.charging_profiles.cap(charge_point.clock.now())
    assert cap is not None
    return cap.amps


def rejecting(*purposes: str, above_level: int = 99) -> Any:
    """Make an answer that rejects profiles of these purposes, or above a stack level, and else tells the truth."""

    def answer(payload: dict[str, Any]) -> Any:
        profile = payload["csChargingProfiles"]
        is_bad = profile["chargingProfilePurpose"] in purposes or profile["stackLevel"] > above_level
        return {"status": "Rejected"} if is_bad else None

    return answer


def tried(charge_point: ChargePoint) -> list[tuple[str, int]]:
    profiles = [payload["csChargingProfiles"] for payload in sent(charge_point)]
    return [(one["chargingProfilePurpose"], one["stackLevel"]) for one in profiles]


async def test_a_charger_that_rejects_higher_stack_levels_gets_level_0(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = rejecting(above_level=0)
        assert (await limit(site, 16)).status == 200
        assert tried(charge_point) == [("ChargePointMaxProfile", 10), ("ChargePointMaxProfile", 0)]
        await limit(site, 8)
        assert tried(charge_point)[2:] == [("ChargePointMaxProfile", 0)]  # what worked is tried first


async def test_a_charger_that_takes_no_cap_gets_a_default_for_each_transaction(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = rejecting("ChargePointMaxProfile")
        assert (await limit(site, 25)).status == 200
        last = sent(charge_point)[-1]
        assert (last["connectorId"], tried(charge_point)[-1]) == (0, ("TxDefaultProfile", 10))
        [period] = last["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"]
        assert period["limit"] == 12.5  # on each of two connectors


async def test_a_charger_that_takes_only_profiles_of_transactions_gets_those(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = rejecting("ChargePointMaxProfile", "TxDefaultProfile")
        refused = await limit(site, 10, connector_id=2)
        assert (refused.status, "TxDefaultProfile in A" in refused.json["detail"]) == (409, True)
        transaction = await charge_point.start(2, "GUEST")
        answer = await limit(site, 10, connector_id=2)
        assert answer.status == 200, answer.body
        assert "until the transaction ends" in answer.json["detail"]
        assert sent(charge_point)[-1]["csChargingProfiles"]["transactionId"] == transaction.transaction_id


async def test_a_charger_without_smart_charging_is_not_tried_again_and_again(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        charge_point.behaviour.answers["SetChargingProfile"] = NotImplemented_("what?")
        refused = await limit(site, 10)
        assert (refused.status, refused.json["code"], len(sent(charge_point))) == (502, "NotImplemented", 1)


async def test_a_limit_in_watts_counts_the_phases(site: RunningSite) -> None:
    async with charger(site, connectors=1) as charge_point:
        charge_point.configuration.set("ChargingScheduleAllowedChargingRateUnit", "Power")
        await limit(site, 10, connector_id=1, phases=1)
        await limit(site, 10, connector_id=1)
        periods = [
            payload["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]
            for payload in sent(charge_point)
        ]
        assert periods == [
            {"startPeriod": 0, "limit": 2300, "numberPhases": 1},
            {"startPeriod": 0, "limit": 6900},
        ]


async def test_a_limit_is_taken_away_again(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await install(site, 1)
        await limit(site, 0, connector_id=1)
        assert len(await installed(site)) == 2
        assert (await limit(site, None, connector_id=1)).status == 200
        assert [one["origin"] for one in await installed(site)] == [""]
        assert len(sent(charge_point, "ClearChargingProfile")) == 1


async def test_another_way_to_say_a_limit_leaves_none_of_the_first(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        await limit(site, 10)
        charge_point.behaviour.answers["SetChargingProfile"] = rejecting("ChargePointMaxProfile")
        await limit(site, 20)
        assert [one["purpose"] for one in await installed(site)] == ["TxDefaultProfile"]
        assert len(charge_point.charging_profiles) == 1


async def test_a_make_that_needs_relative_profiles_gets_them(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        switch = {"relative_profiles": True}
        await set_switches(site, switch)
        await limit(site, 10)
        [payload] = sent(charge_point)
        assert payload["csChargingProfiles"]["chargingProfileKind"] == "Relative"
        assert "startSchedule" not in payload["csChargingProfiles"]["chargingSchedule"]


async def set_switches(site: RunningSite, switches: dict[str, Any]) -> None:
    for name, value in switches.items():
        answer = await site.ask("PUT", f"{CP}/quirks/{name}", {"value": value})
        assert answer.status == 200, answer.body


async def test_a_remote_start_brings_a_limit_that_waits_for_its_transaction(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        body = {"id_tag": "GUEST", "connector_id": 1, "limit_amps": 7.77}
        answer = await site.ask("POST", f"{CP}/remote-start", body)
        assert (answer.status, answer.json["status"]) == (200, "Accepted")
        call = await charge_point.next_call("RemoteStartTransaction")
        profile = call.payload["chargingProfile"]
        assert (profile["chargingProfilePurpose"], "transactionId" in profile) == ("TxProfile", False)
        [item] = await installed(site)
        assert (item["connector_id"], item["waits_for_start"]) == (1, True)
        await charge_point.start(1, "GUEST")
        assert [one["limit"] for one in (await composite(site))["meant"]["periods"]] == [7.7]
        await charge_point.stop(1)
        await charge_point.heartbeat()
        await charge_point.start(1, "OTHER")
        assert [one["limit"] for one in (await composite(site))["meant"]["periods"]] == [None]


async def test_a_remote_start_takes_a_profile_by_name_if_it_is_one_for_transactions(site: RunningSite) -> None:
    for name, purpose in (("Slow", "TxProfile"), ("All", "TxDefaultProfile")):
        named = {"name": name, "purpose": purpose, "periods": [{"start_seconds": 0, "limit": 6}]}
        assert (await site.ask("POST", "/api/v1/charging-profiles", named)).status == 201
    async with charger(site) as charge_point:
        body = {"id_tag": "GUEST", "connector_id": 1}
        assert (await site.ask("POST", f"{CP}/remote-start", body | {"charging_profile": "Slow"})).status == 200
        refused = await site.ask("POST", f"{CP}/remote-start", body | {"charging_profile": "All"})
        assert (refused.status, list(refused.json["errors"])) == (400, ["purpose"])
        assert (await site.ask("POST", f"{CP}/remote-start", body | {"charging_profile": "None"})).status == 404
        assert len(sent(charge_point, "RemoteStartTransaction")) == 1


async def test_a_remote_start_is_made_for_a_reservation(site: RunningSite) -> None:
    async with charger(site) as charge_point:
        wish = {"charge_point_id": "CP1", "connector_id": 2, "id_tag": "GUEST"}
        reservation = (await site.ask("POST", "/api/v1/reservations", wish)).json
        body = {"reservation_id": reservation["reservation_id"]}
        assert (await site.ask("POST", f"{CP}/remote-start", body)).json["status"] == "Accepted"
        call = await charge_point.next_call("RemoteStartTransaction")
        assert call.payload == {"connectorId": 2, "idTag": "GUEST"}
        await site.ask("DELETE", f"/api/v1/reservations/{reservation['reservation_id']}")
        assert (await site.ask("POST", f"{CP}/remote-start", body)).status == 409
        assert (await site.ask("POST", f"{CP}/remote-start", {})).status == 400
