"""Answers to the CALLs of the Smart Charging profile (OCPP 1.6 §5.5, §5.7, §5.16)."""

from typing import TYPE_CHECKING

from edge_csms.ocpp import times
from edge_csms.ocpp.v16.smart_charging import (
    ClearChargingProfile,
    ClearChargingProfileResponse,
    GetCompositeSchedule,
    GetCompositeScheduleResponse,
    SetChargingProfile,
    SetChargingProfileResponse,
)
from edge_csms.simulator import limits
from edge_csms.simulator.answers import Answers

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


async def clear_charging_profile(
    charge_point: "ChargePoint", request: ClearChargingProfile
) -> ClearChargingProfileResponse:
    """Remove the profiles that match."""
    found = charge_point.charging_profiles.clear(request)
    charge_point.afterwards(charge_point.refresh_all())
    return ClearChargingProfileResponse(status="Accepted" if found else "Unknown")


async def get_composite_schedule(
    charge_point: "ChargePoint", request: GetCompositeSchedule
) -> GetCompositeScheduleResponse:
    """Compute what all profiles come to from now on."""
    if request.connector_id != 0 and request.connector_id not in charge_point.connectors:
        return GetCompositeScheduleResponse(status="Rejected")
    connector = charge_point.connector(request.connector_id)
    now = charge_point.clock.now()
    schedule = charge_point.charging_profiles.compose(
        lambda moment: limits.of(charge_point, connector, moment),
        request.charging_rate_unit or "A",
        now,
        request.duration,
        connector.transaction,
    )
    return GetCompositeScheduleResponse(
        status="Accepted",
        connector_id=request.connector_id,
        schedule_start=times.format(now),
        charging_schedule=schedule,
    )


async def set_charging_profile(charge_point: "ChargePoint", request: SetChargingProfile) -> SetChargingProfileResponse:
    """Take a profile; the car follows at once."""
    if request.connector_id != 0 and request.connector_id not in charge_point.connectors:
        return SetChargingProfileResponse(status="Rejected")
    taken = charge_point.charging_profiles.install(
        request.connector_id,
        request.cs_charging_profiles,
        charge_point.clock.now(),
        charge_point.connector(request.connector_id).transaction,
    )
    charge_point.afterwards(charge_point.refresh_all())
    return SetChargingProfileResponse(status="Accepted" if taken else "Rejected")


ANSWERS: Answers = {
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
    "SetChargingProfile": set_charging_profile,
}
