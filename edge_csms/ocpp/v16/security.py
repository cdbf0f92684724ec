"""Certificates, logs, signed firmware and security events ("Improved security for OCPP 1.6-J", edition 3)."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from edge_csms.ocpp.operation import Operation, Request, Response, Sender, WireStruct
from edge_csms.ocpp.v16.types import AcceptedOrRejected, DateTime, Integer, Text50, Text255, TriggerStatus

CertificateUse: TypeAlias = Literal["CentralSystemRootCertificate", "ManufacturerRootCertificate"]
Text40: TypeAlias = Annotated[str, Meta(max_length=40)]
Text128: TypeAlias = Annotated[str, Meta(max_length=128)]
Text512: TypeAlias = Annotated[str, Meta(max_length=512)]
Text800: TypeAlias = Annotated[str, Meta(max_length=800)]
Text5500: TypeAlias = Annotated[str, Meta(max_length=5500)]
Text10000: TypeAlias = Annotated[str, Meta(max_length=10000)]


class CertificateHashData(WireStruct):
    """Which certificate is meant."""

    hash_algorithm: Literal["SHA256", "SHA384", "SHA512"]
    issuer_name_hash: Text128
    issuer_key_hash: Text128
    serial_number: Text40


class Firmware(WireStruct):
    """Signed firmware: where it is, when to fetch and install it, and what proves it."""

    location: Text512
    retrieve_date_time: DateTime
    install_date_time: DateTime | None = None
    signing_certificate: Text5500
    signature: Text800


class LogParameters(WireStruct):
    """Where a log goes to, and which part of it."""

    remote_location: Text512
    oldest_timestamp: DateTime | None = None
    latest_timestamp: DateTime | None = None


class CertificateSignedResponse(Response):
    """Whether the charge point uses the certificate."""

    status: AcceptedOrRejected


class CertificateSigned(Request[CertificateSignedResponse]):
    """Your certificate, signed, with the chain up to the root (PEM)."""

    certificate_chain: Text10000


class DeleteCertificateResponse(Response):
    """Whether the certificate was deleted."""

    status: Literal["Accepted", "Failed", "NotFound"]


class DeleteCertificate(Request[DeleteCertificateResponse]):
    """Delete an installed certificate."""

    certificate_hash_data: CertificateHashData


class ExtendedTriggerMessageResponse(Response):
    """Whether the message will come."""

    status: TriggerStatus


class ExtendedTriggerMessage(Request[ExtendedTriggerMessageResponse]):
    """Send this message now; knows more messages than TriggerMessage."""

    requested_message: Literal[
        "BootNotification",
        "LogStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "SignChargePointCertificate",
        "StatusNotification",
    ]
    connector_id: Integer | None = None


class GetInstalledCertificateIdsResponse(Response):
    """The certificates, or NotFound."""

    status: Literal["Accepted", "NotFound"]
    certificate_hash_data: Annotated[list[CertificateHashData], Meta(min_length=1)] | None = None


class GetInstalledCertificateIds(Request[GetInstalledCertificateIdsResponse]):
    """Which certificates are installed for this use?"""

    certificate_type: CertificateUse


class GetLogResponse(Response):
    """Whether the log will be uploaded, and under which name."""

    status: Literal["Accepted", "Rejected", "AcceptedCanceled"]
    filename: Text255 | None = None


class GetLog(Request[GetLogResponse]):
    """Upload a log."""

    log_type: Literal["DiagnosticsLog", "SecurityLog"]
    request_id: Integer
    retries: Integer | None = None
    retry_interval: Integer | None = None
    log: LogParameters


class InstallCertificateResponse(Response):
    """Whether the certificate is installed."""

    status: Literal["Accepted", "Failed", "Rejected"]


class InstallCertificate(Request[InstallCertificateResponse]):
    """Trust this root certificate (PEM)."""

    certificate_type: CertificateUse
    certificate: Text5500


class LogStatusNotificationResponse(Response):
    """Received."""


class LogStatusNotification(Request[LogStatusNotificationResponse]):
    """How the upload of a log goes."""

    status: Literal[
        "BadMessage",
        "Idle",
        "NotSupportedOperation",
        "PermissionDenied",
        "Uploaded",
        "UploadFailure",
        "Uploading",
    ]
    request_id: Integer | None = None


class SecurityEventNotificationResponse(Response):
    """Received."""


class SecurityEventNotification(Request[SecurityEventNotificationResponse]):
    """Something happened that matters for security."""

    type: Text50
    timestamp: DateTime
    tech_info: Text255 | None = None


class SignCertificateResponse(Response):
    """Whether the request will be signed; the certificate comes by CertificateSigned."""

    status: AcceptedOrRejected


class SignCertificate(Request[SignCertificateResponse]):
    """Sign this request for a certificate (PEM)."""

    csr: Text5500


class SignedFirmwareStatusNotificationResponse(Response):
    """Received."""


class SignedFirmwareStatusNotification(Request[SignedFirmwareStatusNotificationResponse]):
    """How the update goes."""

    status: Literal[
        "Downloaded",
        "DownloadFailed",
        "Downloading",
        "DownloadScheduled",
        "DownloadPaused",
        "Idle",
        "InstallationFailed",
        "Installing",
        "Installed",
        "InstallRebooting",
        "InstallScheduled",
        "InstallVerificationFailed",
        "InvalidSignature",
        "SignatureVerified",
    ]
    request_id: Integer | None = None


class SignedUpdateFirmwareResponse(Response):
    """Whether the charge point will update."""

    status: Literal["Accepted", "Rejected", "AcceptedCanceled", "InvalidCertificate", "RevokedCertificate"]


class SignedUpdateFirmware(Request[SignedUpdateFirmwareResponse]):
    """Fetch and install signed firmware."""

    retries: Integer | None = None
    retry_interval: Integer | None = None
    request_id: Integer
    firmware: Firmware


OPERATIONS = (
    Operation(CertificateSigned, CertificateSignedResponse, Sender.CENTRAL_SYSTEM),
    Operation(DeleteCertificate, DeleteCertificateResponse, Sender.CENTRAL_SYSTEM),
    Operation(ExtendedTriggerMessage, ExtendedTriggerMessageResponse, Sender.CENTRAL_SYSTEM),
    Operation(GetInstalledCertificateIds, GetInstalledCertificateIdsResponse, Sender.CENTRAL_SYSTEM),
    Operation(GetLog, GetLogResponse, Sender.CENTRAL_SYSTEM),
    Operation(InstallCertificate, InstallCertificateResponse, Sender.CENTRAL_SYSTEM),
    Operation(LogStatusNotification, LogStatusNotificationResponse, Sender.CHARGE_POINT),
    Operation(SecurityEventNotification, SecurityEventNotificationResponse, Sender.CHARGE_POINT),
    Operation(SignCertificate, SignCertificateResponse, Sender.CHARGE_POINT),
    Operation(SignedFirmwareStatusNotification, SignedFirmwareStatusNotificationResponse, Sender.CHARGE_POINT),
    Operation(SignedUpdateFirmware, SignedUpdateFirmwareResponse, Sender.CENTRAL_SYSTEM),
)
