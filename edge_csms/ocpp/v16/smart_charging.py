"""The Smart Charging profile: limits on power or current (OCPP 1.6 §5.5, §5.7, §5.16)."""

from typing import Literal

import msgspec

from edge_csms.ocpp.operation import Operation, Request, Response, Sender
from edge_csms.ocpp.v16.types import (
    AcceptedOrRejected,
    ChargingProfile,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
    DateTime,
    Integer,
)


class ClearChargingProfileResponse(Response):
    """Unknown: no profile matched."""

    status: Literal["Accepted", "Unknown"]


class ClearChargingProfile(Request[ClearChargingProfileResponse]):
    """Remove the profile with this id, or all that match the rest."""

    charging_profile_id: Integer | None = msgspec.field(default=None, name="id")
    connector_id: Integer | None = None
    charging_profile_purpose: ChargingProfilePurpose | None = None
    stack_level: Integer | None = None


class GetCompositeScheduleResponse(Response):
    """What all profiles together come to."""

    status: AcceptedOrRejected
    connector_id: Integer | None = None
    schedule_start: DateTime | None = None
    charging_schedule: ChargingSchedule | None = None


class GetCompositeSchedule(Request[GetCompositeScheduleResponse]):
    """Which limits hold for these seconds from now on?"""

    connector_id: Integer
    duration: Integer
    charging_rate_unit: ChargingRateUnit | None = None


class SetChargingProfileResponse(Response):
    """Whether the profile is in use."""

    status: Literal["Accepted", "Rejected", "NotSupported"]


class SetChargingProfile(Request[SetChargingProfileResponse]):
    """Limit a connector, or with 0 the charge point."""

    connector_id: Integer
    cs_charging_profiles: ChargingProfile


OPERATIONS = (
    Operation(ClearChargingProfile, ClearChargingProfileResponse, Sender.CENTRAL_SYSTEM),
    Operation(GetCompositeSchedule, GetCompositeScheduleResponse, Sender.CENTRAL_SYSTEM),
    Operation(SetChargingProfile, SetChargingProfileResponse, Sender.CENTRAL_SYSTEM),
)
