"""Answers to the CALLs of the security extension ("Improved security for OCPP 1.6-J")."""

from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.security import (
    CertificateSigned,
    CertificateSignedResponse,
    DeleteCertificate,
    DeleteCertificateResponse,
    ExtendedTriggerMessage,
    ExtendedTriggerMessageResponse,
    GetInstalledCertificateIds,
    GetInstalledCertificateIdsResponse,
    GetLog,
    GetLogResponse,
    InstallCertificate,
    InstallCertificateResponse,
    SignedUpdateFirmware,
    SignedUpdateFirmwareResponse,
)
from edge_csms.simulator import certificates
from edge_csms.simulator.answers import Answers, remote_trigger
from edge_csms.simulator.updates import Update

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


async def certificate_signed(charge_point: "ChargePoint", request: CertificateSigned) -> CertificateSignedResponse:
    """Keep the signed certificate, if it was asked for and can be read."""
    try:
        certificates.identify(request.certificate_chain)
    except ValueError:
        charge_point.afterwards(charge_point.security_event("InvalidChargePointCertificate"))
        return CertificateSignedResponse(status="Rejected")
    charge_point.certificate_chain = request.certificate_chain
    return CertificateSignedResponse(status="Accepted")


async def delete_certificate(charge_point: "ChargePoint", request: DeleteCertificate) -> DeleteCertificateResponse:
    """Delete a root certificate."""
    found = charge_point.certificates.delete(request.certificate_hash_data)
    return DeleteCertificateResponse(status="Accepted" if found else "NotFound")


async def extended_trigger_message(
    charge_point: "ChargePoint", request: ExtendedTriggerMessage
) -> ExtendedTriggerMessageResponse:
    """Send the message asked for as soon as this is answered."""
    status = remote_trigger.trigger(charge_point, request.requested_message, request.connector_id)
    return ExtendedTriggerMessageResponse(status=status)


async def get_installed_certificate_ids(
    charge_point: "ChargePoint", request: GetInstalledCertificateIds
) -> GetInstalledCertificateIdsResponse:
    """Tell what identifies the root certificates."""
    found = charge_point.certificates.of(request.certificate_type)
    return GetInstalledCertificateIdsResponse(
        status="Accepted" if found else "NotFound", certificate_hash_data=found or None
    )


async def get_log(charge_point: "ChargePoint", request: GetLog) -> GetLogResponse:
    """Upload a log; an upload that still runs is given up."""
    name, cancels = charge_point.uploads.begin_log(
        request.log_type,
        request.request_id,
        request.log.remote_location,
        request.retries or 0,
        request.retry_interval or 0,
    )
    return GetLogResponse(status="AcceptedCanceled" if cancels else "Accepted", filename=name)


async def install_certificate(charge_point: "ChargePoint", request: InstallCertificate) -> InstallCertificateResponse:
    """Trust a root certificate, if it can be read and there is room."""
    if len(charge_point.certificates) >= charge_point.configuration.number("CertificateStoreMaxLength"):
        return InstallCertificateResponse(status="Failed")
    try:
        charge_point.certificates.install(request.certificate_type, request.certificate)
    except ValueError:
        return InstallCertificateResponse(status="Rejected")
    return InstallCertificateResponse(status="Accepted")


async def signed_update_firmware(
    charge_point: "ChargePoint", request: SignedUpdateFirmware
) -> SignedUpdateFirmwareResponse:
    """Fetch, verify, install, restart; an update that still runs is given up."""
    firmware = request.firmware
    try:
        certificates.identify(firmware.signing_certificate)
    except ValueError:
        charge_point.afterwards(charge_point.security_event("InvalidFirmwareSigningCertificate"))
        return SignedUpdateFirmwareResponse(status="InvalidCertificate")
    cancels = charge_point.updates.begin(
        Update(
            location=firmware.location,
            retrieve_date=firmware.retrieve_date_time,
            install_date=firmware.install_date_time,
            retries=request.retries or 0,
            retry_interval=request.retry_interval or 0,
            request_id=request.request_id,
        )
    )
    return SignedUpdateFirmwareResponse(status="AcceptedCanceled" if cancels else "Accepted")


ANSWERS: Answers = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": delete_certificate,
    "ExtendedTriggerMessage": extended_trigger_message,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "GetLog": get_log,
    "InstallCertificate": install_certificate,
    "SignedUpdateFirmware": signed_update_firmware,
}
