"""Tests of the data types that the messages share."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.types import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    IdTagInfo,
    MeterValue,
    SampledValue,
)
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (
        ChargingProfile,
        "chargingProfileId transactionId stackLevel chargingProfilePurpose chargingProfileKind "
        "recurrencyKind validFrom validTo chargingSchedule",
    ),
    (ChargingSchedule, "duration startSchedule chargingRateUnit chargingSchedulePeriod minChargingRate"),
    (ChargingSchedulePeriod, "startPeriod limit numberPhases"),
    (IdTagInfo, "expiryDate parentIdTag status"),
    (MeterValue, "timestamp sampledValue"),
    (SampledValue, "value context format measurand phase location unit"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


@pytest.mark.parametrize("unit", ["Celcius", "Celsius"])
def test_both_spellings_of_celsius_are_valid(unit):
    text = f'{{"value":"20","unit":"{unit}"}}'.encode()
    assert codec.decode(SampledValue, text, strict=True).payload.unit == unit


@pytest.mark.parametrize("token", ["04A1B2C3", "", "x" * 20, "Zoë's tag"])
def test_printable_token_is_valid(token):
    text = codec.encode(IdTagInfo(status="Accepted", parent_id_tag=token))
    assert codec.decode(IdTagInfo, text, strict=True).payload.parent_id_tag == token


def test_control_characters_are_stripped_from_a_token():
    decoded = codec.decode(IdTagInfo, b'{"status":"Accepted","parentIdTag":"ABC\\u0010\\n"}')
    assert decoded.payload.parent_id_tag == "ABC"
    assert [finding.code for finding in decoded.findings] == ["control_characters"]
