"""Tests of the Core profile."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.operation import Sender
from edge_csms.ocpp.v16.core import (
    OPERATIONS,
    Authorize,
    AuthorizeResponse,
    BootNotification,
    BootNotificationResponse,
    ChangeAvailability,
    ChangeAvailabilityResponse,
    ChangeConfiguration,
    ChangeConfigurationResponse,
    ClearCache,
    ClearCacheResponse,
    DataTransfer,
    DataTransferResponse,
    GetConfiguration,
    GetConfigurationResponse,
    Heartbeat,
    HeartbeatResponse,
    KeyValue,
    MeterValues,
    MeterValuesResponse,
    RemoteStartTransaction,
    RemoteStartTransactionResponse,
    RemoteStopTransaction,
    RemoteStopTransactionResponse,
    Reset,
    ResetResponse,
    StartTransaction,
    StartTransactionResponse,
    StatusNotification,
    StatusNotificationResponse,
    StopTransaction,
    StopTransactionResponse,
    UnlockConnector,
    UnlockConnectorResponse,
)
from edge_csms.ocpp.v16.types import IdTagInfo
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (Authorize, "idTag"),
    (AuthorizeResponse, "idTagInfo"),
    (
        BootNotification,
        "chargeBoxSerialNumber chargePointModel chargePointSerialNumber chargePointVendor "
        "firmwareVersion iccid imsi meterSerialNumber meterType",
    ),
    (BootNotificationResponse, "currentTime interval status"),
    (ChangeAvailability, "connectorId type"),
    (ChangeAvailabilityResponse, "status"),
    (ChangeConfiguration, "key value"),
    (ChangeConfigurationResponse, "status"),
    (ClearCache, ""),
    (ClearCacheResponse, "status"),
    (DataTransfer, "vendorId messageId data"),
    (DataTransferResponse, "status data"),
    (GetConfiguration, "key"),
    (GetConfigurationResponse, "configurationKey unknownKey"),
    (KeyValue, "key readonly value"),
    (Heartbeat, ""),
    (HeartbeatResponse, "currentTime"),
    (MeterValues, "connectorId transactionId meterValue"),
    (MeterValuesResponse, ""),
    (RemoteStartTransaction, "connectorId idTag chargingProfile"),
    (RemoteStartTransactionResponse, "status"),
    (RemoteStopTransaction, "transactionId"),
    (RemoteStopTransactionResponse, "status"),
    (Reset, "type"),
    (ResetResponse, "status"),
    (StartTransaction, "connectorId idTag meterStart reservationId timestamp"),
    (StartTransactionResponse, "idTagInfo transactionId"),
    (StatusNotification, "connectorId errorCode info status timestamp vendorId vendorErrorCode"),
    (StatusNotificationResponse, ""),
    (StopTransaction, "idTag meterStop timestamp transactionId reason transactionData"),
    (StopTransactionResponse, "idTagInfo"),
    (UnlockConnector, "connectorId"),
    (UnlockConnectorResponse, "status"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_answer_to_a_start_is_written_to_the_letter():
    answer = StartTransactionResponse(id_tag_info=IdTagInfo(status="Accepted"), transaction_id=7)
    assert codec.encode(answer) == b'{"idTagInfo":{"status":"Accepted"},"transactionId":7}'


def test_answer_to_a_boot_is_written_to_the_letter():
    answer = BootNotificationResponse(current_time="2026-01-31T12:00:00Z", interval=300, status="Accepted")
    assert codec.encode(answer) == b'{"currentTime":"2026-01-31T12:00:00Z","interval":300,"status":"Accepted"}'


@pytest.mark.parametrize("answer", [StatusNotificationResponse(), MeterValuesResponse(), StopTransactionResponse()])
def test_answer_without_members_is_an_empty_object(answer):
    assert codec.encode(answer) == b"{}"


def test_only_what_nobody_could_answer_without_is_essential():
    essential = {operation.action: operation.essential for operation in OPERATIONS if operation.essential}
    assert essential == {"Authorize": ("id_tag",), "StartTransaction": ("connector_id", "id_tag")}


def test_data_transfer_goes_both_ways():
    both = [operation.action for operation in OPERATIONS if operation.sender is Sender.EITHER]
    assert both == ["DataTransfer"]
