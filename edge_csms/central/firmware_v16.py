"""Firmware, diagnostics and logs in the words of 1.6 and its security extension (OCPP 1.6 §4.4, §4.5; WP L01, N01)."""

from typing import Any

from edge_csms.central.context import Context, Handler
from edge_csms.central.dialect import FileAnswer, FirmwareWish, OrderedFile, UploadWish
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain import events
from edge_csms.domain.file_jobs import FileJobKind, FileJobState, Report
from edge_csms.ocpp import times
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16 import firmware, security
from edge_csms.services import file_progress

DOWNLOAD_FAILED = "the charge point could not download the file"
UPLOAD_FAILED = "the charge point could not upload its file"

# What each status means for a job: the state, and the reason of a failure. A word that isn't here is only kept.
UPDATE_STATUSES: dict[str, tuple[FileJobState, str | None]] = {
    "Downloading": (FileJobState.DOWNLOADING, None),
    "Downloaded": (FileJobState.DOWNLOADED, None),
    "SignatureVerified": (FileJobState.DOWNLOADED, None),
    "InstallScheduled": (FileJobState.DOWNLOADED, None),
    "Installing": (FileJobState.INSTALLING, None),
    "InstallRebooting": (FileJobState.INSTALLING, None),
    "Installed": (FileJobState.INSTALLED, None),
    "DownloadFailed": (FileJobState.FAILED, DOWNLOAD_FAILED),
    "InstallationFailed": (FileJobState.FAILED, "the charge point could not install the firmware"),
    "InvalidSignature": (FileJobState.FAILED, "the charge point finds the signature of the firmware invalid"),
    "InstallVerificationFailed": (FileJobState.FAILED, "the installed firmware did not pass the charge point's check"),
}
UPLOAD_STATUSES: dict[str, tuple[FileJobState, str | None]] = {
    "Uploading": (FileJobState.UPLOADING, None),
    "Uploaded": (FileJobState.UPLOADED, None),
    "UploadFailed": (FileJobState.FAILED, UPLOAD_FAILED),
    "UploadFailure": (FileJobState.FAILED, UPLOAD_FAILED),
    "BadMessage": (FileJobState.FAILED, "the charge point did not understand the request"),
    "NotSupportedOperation": (FileJobState.FAILED, "the charge point does not support this"),
    "PermissionDenied": (FileJobState.FAILED, "the charge point was not let in where it shall upload its file"),
}
REFUSALS = {
    "Rejected": "the charge point refused",
    "InvalidCertificate": "the charge point finds the signing certificate invalid",
    "RevokedCertificate": "the charge point says that the signing certificate was revoked",
}
UPDATES = (FileJobKind.FIRMWARE, FileJobKind.SIGNED_FIRMWARE)
UPLOADS = (FileJobKind.DIAGNOSTICS, FileJobKind.LOG)


class Firmware:
    """Answers the CALLs that tell how files go; each is confirmed, whatever it says."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self.handlers: dict[str, Handler] = {
            "DiagnosticsStatusNotification": self.diagnostics_status_notification,
            "FirmwareStatusNotification": self.firmware_status_notification,
            "LogStatusNotification": self.log_status_notification,
            "SignedFirmwareStatusNotification": self.signed_firmware_status_notification,
        }

    async def diagnostics_status_notification(
        self, live: LiveChargePoint, call: firmware.DiagnosticsStatusNotification, payload: bytes
    ) -> firmware.DiagnosticsStatusNotificationResponse:
        """Take how an upload of diagnostics goes (§4.4)."""
        await self._report(live, UPLOADS, None, _report(UPLOAD_STATUSES, call.status))
        return firmware.DiagnosticsStatusNotificationResponse()

    async def firmware_status_notification(
        self, live: LiveChargePoint, call: firmware.FirmwareStatusNotification, payload: bytes
    ) -> firmware.FirmwareStatusNotificationResponse:
        """Take how an update goes (§4.5)."""
        await self._report(live, UPDATES, None, _report(UPDATE_STATUSES, call.status))
        return firmware.FirmwareStatusNotificationResponse()

    async def log_status_notification(
        self, live: LiveChargePoint, call: security.LogStatusNotification, payload: bytes
    ) -> security.LogStatusNotificationResponse:
        """Take how the upload of a log goes (WP N01)."""
        await self._report(live, UPLOADS[::-1], call.request_id, _report(UPLOAD_STATUSES, call.status))
        return security.LogStatusNotificationResponse()

    async def signed_firmware_status_notification(
        self, live: LiveChargePoint, call: security.SignedFirmwareStatusNotification, payload: bytes
    ) -> security.SignedFirmwareStatusNotificationResponse:
        """Take how a signed update goes (WP L01)."""
        await self._report(live, UPDATES[::-1], call.request_id, _report(UPDATE_STATUSES, call.status))
        return security.SignedFirmwareStatusNotificationResponse()

    async def _report(
        self, live: LiveChargePoint, kinds: tuple[FileJobKind, ...], request_id: int | None, said: Report
    ) -> None:
        job = await self._database.run(
            file_progress.report, live.charge_point.key, kinds, request_id, said, self._clock.now()
        )
        if job is not None:
            self._bus.publish(events.FileJobChanged(live.charge_point_id, job.job_id, job.state.value))


def update_firmware(wish: FirmwareWish) -> Request[Any]:
    """Word the wish for an update (§5.19; signed: WP L01)."""
    if wish.request_id is None:
        return firmware.UpdateFirmware(
            location=wish.location,
            retries=wish.retries,
            retrieve_date=times.format(wish.retrieve_at),
            retry_interval=wish.retry_interval_seconds,
        )
    return security.SignedUpdateFirmware(
        retries=wish.retries,
        retry_interval=wish.retry_interval_seconds,
        request_id=wish.request_id,
        firmware=security.Firmware(
            location=wish.location,
            retrieve_date_time=times.format(wish.retrieve_at),
            install_date_time=None if wish.install_at is None else times.format(wish.install_at),
            signing_certificate=wish.signing_certificate or "",
            signature=wish.signature or "",
        ),
    )


def request_upload(wish: UploadWish) -> Request[Any]:
    """Word the wish for diagnostics (§5.9) or for a log (WP N01)."""
    oldest, latest = (None if at is None else times.format(at) for at in (wish.from_, wish.to))
    if wish.request_id is None:
        return firmware.GetDiagnostics(
            location=wish.location,
            retries=wish.retries,
            retry_interval=wish.retry_interval_seconds,
            start_time=oldest,
            stop_time=latest,
        )
    return security.GetLog(
        log_type="SecurityLog" if wish.log_type == "security" else "DiagnosticsLog",
        request_id=wish.request_id,
        retries=wish.retries,
        retry_interval=wish.retry_interval_seconds,
        log=security.LogParameters(remote_location=wish.location, oldest_timestamp=oldest, latest_timestamp=latest),
    )


def ordered_file(request: Request[Any]) -> OrderedFile | None:
    """Say which file a message orders, None for one that orders none."""
    match request:
        case firmware.UpdateFirmware(location=location, retrieve_date=date):
            return OrderedFile(kind=FileJobKind.FIRMWARE, location=location, retrieve_at=times.parse(date))
        case firmware.GetDiagnostics(location=location):
            return OrderedFile(kind=FileJobKind.DIAGNOSTICS, location=location)
        case security.SignedUpdateFirmware(request_id=request_id, firmware=wanted):
            return OrderedFile(
                kind=FileJobKind.SIGNED_FIRMWARE,
                location=wanted.location,
                request_id=request_id,
                retrieve_at=times.parse(wanted.retrieve_date_time),
                install_at=times.parse(wanted.install_date_time),
            )
        case security.GetLog(request_id=request_id, log_type=log_type, log=wanted):
            return OrderedFile(
                kind=FileJobKind.LOG,
                location=wanted.remote_location,
                request_id=request_id,
                log_type="security" if log_type == "SecurityLog" else "diagnostics",
            )
    return None


def file_answer(answer: Any) -> FileAnswer:
    """Read the answer to any of them."""
    match answer:
        case firmware.GetDiagnosticsResponse(file_name=None | ""):
            return FileAnswer(refusal="the charge point says that it has no diagnostics to send")
        case (
            firmware.GetDiagnosticsResponse(file_name=name) | security.GetLogResponse(status="Accepted", filename=name)
        ):
            return FileAnswer(file_name=name)
        case security.GetLogResponse(status="AcceptedCanceled", filename=name):
            return FileAnswer(file_name=name, gave_up_others=True)
        case security.SignedUpdateFirmwareResponse(status="AcceptedCanceled"):
            return FileAnswer(gave_up_others=True)
        case security.GetLogResponse(status=status) | security.SignedUpdateFirmwareResponse(status=status):
            return FileAnswer(refusal=None if status == "Accepted" else _refusal(status))
    return FileAnswer()


def _refusal(status: str | None) -> str:
    return REFUSALS.get(status or "", f"the charge point answered {status or 'nothing that can be read'}")


def _report(meanings: dict[str, tuple[FileJobState, str | None]], status: str | None) -> Report:
    state, reason = meanings.get(status or "", (None, None))
    return Report(status or "", state, reason)
