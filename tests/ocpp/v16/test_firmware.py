"""Tests of the Firmware Management profile."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.errors import PropertyConstraintViolation
from edge_csms.ocpp.v16.firmware import (
    OPERATIONS,
    DiagnosticsStatusNotification,
    DiagnosticsStatusNotificationResponse,
    FirmwareStatusNotification,
    FirmwareStatusNotificationResponse,
    GetDiagnostics,
    GetDiagnosticsResponse,
    UpdateFirmware,
    UpdateFirmwareResponse,
)
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (DiagnosticsStatusNotification, "status"),
    (DiagnosticsStatusNotificationResponse, ""),
    (FirmwareStatusNotification, "status"),
    (FirmwareStatusNotificationResponse, ""),
    (GetDiagnostics, "location retries retryInterval startTime stopTime"),
    (GetDiagnosticsResponse, "fileName"),
    (UpdateFirmware, "location retries retrieveDate retryInterval"),
    (UpdateFirmwareResponse, ""),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_location_must_be_a_uri_where_we_are_strict():
    order = b'{"location":"C:/log files","retrieveDate":"2026-01-31T12:00:00Z"}'
    with pytest.raises(PropertyConstraintViolation, match="location: expected a URI"):
        codec.decode(UpdateFirmware, order, strict=True)
