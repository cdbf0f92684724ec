"""The Firmware Management profile: updates and diagnostics (OCPP 1.6 §4.4, §4.5, §5.9, §5.19)."""

from typing import Literal

from edge_csms.ocpp.operation import Operation, Request, Response, Sender
from edge_csms.ocpp.v16.types import AnyUri, DateTime, Integer, Text255


class DiagnosticsStatusNotificationResponse(Response):
    """Received."""


class DiagnosticsStatusNotification(Request[DiagnosticsStatusNotificationResponse]):
    """How the upload of diagnostics goes."""

    status: Literal["Idle", "Uploaded", "UploadFailed", "Uploading"]


class FirmwareStatusNotificationResponse(Response):
    """Received."""


class FirmwareStatusNotification(Request[FirmwareStatusNotificationResponse]):
    """How the update goes."""

    status: Literal[
        "Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed", "Installing", "Installed"
    ]


class GetDiagnosticsResponse(Response):
    """The name of the file to come; absent if there is nothing to send."""

    file_name: Text255 | None = None


class GetDiagnostics(Request[GetDiagnosticsResponse]):
    """Upload diagnostics to this place."""

    location: AnyUri
    retries: Integer | None = None
    retry_interval: Integer | None = None
    start_time: DateTime | None = None
    stop_time: DateTime | None = None


class UpdateFirmwareResponse(Response):
    """Received."""


class UpdateFirmware(Request[UpdateFirmwareResponse]):
    """Fetch new firmware from this place, from this time on."""

    location: AnyUri
    retries: Integer | None = None
    retrieve_date: DateTime
    retry_interval: Integer | None = None


OPERATIONS = (
    Operation(DiagnosticsStatusNotification, DiagnosticsStatusNotificationResponse, Sender.CHARGE_POINT),
    Operation(FirmwareStatusNotification, FirmwareStatusNotificationResponse, Sender.CHARGE_POINT),
    Operation(GetDiagnostics, GetDiagnosticsResponse, Sender.CENTRAL_SYSTEM),
    Operation(UpdateFirmware, UpdateFirmwareResponse, Sender.CENTRAL_SYSTEM),
)
