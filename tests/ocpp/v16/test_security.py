"""Tests of the operations of the security whitepaper."""

import pytest

from edge_csms.ocpp import codec
from edge_csms.ocpp.errors import OccurenceConstraintViolation
from edge_csms.ocpp.operation import Sender
from edge_csms.ocpp.v16.security import (
    OPERATIONS,
    CertificateHashData,
    CertificateSigned,
    CertificateSignedResponse,
    DeleteCertificate,
    DeleteCertificateResponse,
    ExtendedTriggerMessage,
    ExtendedTriggerMessageResponse,
    Firmware,
    GetInstalledCertificateIds,
    GetInstalledCertificateIdsResponse,
    GetLog,
    GetLogResponse,
    InstallCertificate,
    InstallCertificateResponse,
    LogParameters,
    LogStatusNotification,
    LogStatusNotificationResponse,
    SecurityEventNotification,
    SecurityEventNotificationResponse,
    SignCertificate,
    SignCertificateResponse,
    SignedFirmwareStatusNotification,
    SignedFirmwareStatusNotificationResponse,
    SignedUpdateFirmware,
    SignedUpdateFirmwareResponse,
)
from tests.ocpp.v16 import official

# The tables of the specification: some clients read answers by position.
MEMBERS = [
    (CertificateHashData, "hashAlgorithm issuerNameHash issuerKeyHash serialNumber"),
    (Firmware, "location retrieveDateTime installDateTime signingCertificate signature"),
    (LogParameters, "remoteLocation oldestTimestamp latestTimestamp"),
    (CertificateSigned, "certificateChain"),
    (CertificateSignedResponse, "status"),
    (DeleteCertificate, "certificateHashData"),
    (DeleteCertificateResponse, "status"),
    (ExtendedTriggerMessage, "requestedMessage connectorId"),
    (ExtendedTriggerMessageResponse, "status"),
    (GetInstalledCertificateIds, "certificateType"),
    (GetInstalledCertificateIdsResponse, "status certificateHashData"),
    (GetLog, "logType requestId retries retryInterval log"),
    (GetLogResponse, "status filename"),
    (InstallCertificate, "certificateType certificate"),
    (InstallCertificateResponse, "status"),
    (LogStatusNotification, "status requestId"),
    (LogStatusNotificationResponse, ""),
    (SecurityEventNotification, "type timestamp techInfo"),
    (SecurityEventNotificationResponse, ""),
    (SignCertificate, "csr"),
    (SignCertificateResponse, "status"),
    (SignedFirmwareStatusNotification, "status requestId"),
    (SignedFirmwareStatusNotificationResponse, ""),
    (SignedUpdateFirmware, "retries retryInterval requestId firmware"),
    (SignedUpdateFirmwareResponse, "status"),
]


@pytest.mark.parametrize(("struct_type", "members"), MEMBERS)
def test_members_stand_in_the_order_of_the_specification(struct_type, members):
    assert official.members_of(struct_type) == members


def test_every_payload_of_the_profile_has_its_table():
    payloads = {payload for operation in OPERATIONS for payload in (operation.request, operation.response)}
    assert payloads <= {struct_type for struct_type, _ in MEMBERS}


def test_messages_go_the_way_that_the_whitepaper_says():
    from_charge_points = [operation.action for operation in OPERATIONS if operation.sender is Sender.CHARGE_POINT]
    assert from_charge_points == [
        "LogStatusNotification",
        "SecurityEventNotification",
        "SignCertificate",
        "SignedFirmwareStatusNotification",
    ]
    assert sum(operation.sender is Sender.CENTRAL_SYSTEM for operation in OPERATIONS) == 7


def test_list_of_certificates_is_absent_rather_than_empty():
    with pytest.raises(OccurenceConstraintViolation):
        codec.decode(GetInstalledCertificateIdsResponse, b'{"status":"NotFound","certificateHashData":[]}', strict=True)
    assert codec.encode(GetInstalledCertificateIdsResponse(status="NotFound")) == b'{"status":"NotFound"}'
