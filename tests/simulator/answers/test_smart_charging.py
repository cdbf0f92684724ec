"""Charging profiles over the wire, and the car that follows them."""

from typing import Any

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.connector import Car
from tests.simulator.central import Central


def profile(limit: float, purpose: str = "TxDefaultProfile", **changes: Any) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": changes.pop("unit", "A"),
        "chargingSchedulePeriod": changes.pop("periods", [{"startPeriod": 0, "limit": limit}]),
    }
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
        **changes,
    }


async def limit(central: Central, connector_id: int, profile: dict[str, Any]) -> str:
    answer = await central.call("SetChargingProfile", {"connectorId": connector_id, "csChargingProfiles": profile})
    return str(answer["status"])


async def test_the_car_follows_a_limit_at_once(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.plug_in(1, Car(max_amps=32.0))
    await charge_point.start(1, "TAG1")
    assert charge_point.connectors[1].meter.amps == 32.0
    assert await limit(central, 1, profile(10.0, "TxProfile")) == "Accepted"
    await charge_point.refresh_all()
    assert charge_point.connectors[1].meter.amps == 10.0


async def test_a_limit_of_nothing_suspends_and_a_higher_one_goes_on(
    charge_point: ChargePoint, central: Central
) -> None:
    await charge_point.start(1, "TAG1")
    await limit(central, 1, profile(0.0))
    await central.until(lambda: central.statuses(1)[-1] == "SuspendedEVSE")
    assert charge_point.connectors[1].meter.power_w == 0
    assert await central.call("ClearChargingProfile", {"id": 1}) == {"status": "Accepted"}
    await central.until(lambda: central.statuses(1)[-1] == "Charging")
    assert await central.call("ClearChargingProfile", {"id": 1}) == {"status": "Unknown"}


async def test_the_cap_of_the_charge_point_is_shared(charge_point: ChargePoint, central: Central) -> None:
    assert await limit(central, 0, profile(20.0, "ChargePointMaxProfile")) == "Accepted"
    await charge_point.start(1, "TAG1")
    assert charge_point.connectors[1].meter.amps == 16.0
    await charge_point.start(2, "TAG2")
    await charge_point.refresh_all()
    assert [each.meter.amps for each in charge_point.connectors.values()] == [10.0, 10.0]


async def test_what_no_charge_point_could_do_is_rejected(charge_point: ChargePoint, central: Central) -> None:
    assert await limit(central, 1, profile(10.0, "TxProfile")) == "Rejected"
    assert await limit(central, 1, profile(10.0, "ChargePointMaxProfile")) == "Rejected"
    assert await limit(central, 1, profile(10.0, stackLevel=99)) == "Rejected"
    assert await limit(central, 1, profile(10.0, periods=[{"startPeriod": 60, "limit": 10.0}])) == "Rejected"
    assert await limit(central, 1, profile(-1.0)) == "Rejected"
    assert await limit(central, 9, profile(10.0)) == "Rejected"


async def test_a_composite_schedule_is_computed(charge_point: ChargePoint, central: Central) -> None:
    periods = [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 600, "limit": 8.0}]
    await limit(central, 1, profile(0, periods=periods))
    answer = await central.call("GetCompositeSchedule", {"connectorId": 1, "duration": 3600})
    assert (answer["status"], answer["connectorId"]) == ("Accepted", 1)
    schedule = answer["chargingSchedule"]
    assert (schedule["duration"], schedule["chargingRateUnit"]) == (3600, "A")
    assert [each["limit"] for each in schedule["chargingSchedulePeriod"]] == [16.0, 8.0]
    assert schedule["chargingSchedulePeriod"][0]["startPeriod"] == 0
    assert 598 <= schedule["chargingSchedulePeriod"][1]["startPeriod"] <= 600


async def test_a_composite_schedule_can_be_had_in_watts(charge_point: ChargePoint, central: Central) -> None:
    await limit(central, 1, profile(6900.0, unit="W"))
    request = {"connectorId": 1, "duration": 60, "chargingRateUnit": "W"}
    schedule = (await central.call("GetCompositeSchedule", request))["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 6900.0, "numberPhases": 3}]
    assert (await central.call("GetCompositeSchedule", {**request, "connectorId": 5}))["status"] == "Rejected"


async def test_the_whole_charge_point_has_a_composite_schedule(charge_point: ChargePoint, central: Central) -> None:
    schedule = (await central.call("GetCompositeSchedule", {"connectorId": 0, "duration": 60}))["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 64.0, "numberPhases": 3}]


async def test_the_profile_of_a_transaction_dies_with_it(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.start(1, "TAG1")
    await limit(central, 1, profile(8.0, "TxProfile"))
    await charge_point.stop(1)
    assert len(charge_point.charging_profiles) == 0
