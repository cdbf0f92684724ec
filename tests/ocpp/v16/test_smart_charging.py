"""Tests of the Smart Charging profile."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.smart_charging import (
    OPERATIONS,
    ClearChargingProfile,
    ClearChargingProfileResponse,
    GetCompositeSchedule,
    GetCompositeScheduleResponse,
    SetChargingProfile,
    SetChargingProfileResponse,
)
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (ClearChargingProfile, "id connectorId chargingProfilePurpose stackLevel"),
    (ClearChargingProfileResponse, "status"),
    (GetCompositeSchedule, "connectorId duration chargingRateUnit"),
    (GetCompositeScheduleResponse, "status connectorId scheduleStart chargingSchedule"),
    (SetChargingProfile, "connectorId csChargingProfiles"),
    (SetChargingProfileResponse, "status"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_profile_to_clear_is_named_id_on_the_wire():
    assert codec.encode(ClearChargingProfile(charging_profile_id=3)) == b'{"id":3}'
    assert codec.decode(ClearChargingProfile, b'{"id":3}').payload == ClearChargingProfile(charging_profile_id=3)
