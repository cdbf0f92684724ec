"""Answers to the CALLs of the Firmware Management profile (OCPP 1.6 §5.9, §5.19)."""

from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.firmware import (
    GetDiagnostics,
    GetDiagnosticsResponse,
    UpdateFirmware,
    UpdateFirmwareResponse,
)
from edge_csms.simulator.answers import Answers
from edge_csms.simulator.updates import Update

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint


async def get_diagnostics(charge_point: "ChargePoint", request: GetDiagnostics) -> GetDiagnosticsResponse:
    """Upload a file."""
    name = charge_point.uploads.begin_diagnostics(request.location, request.retries or 0, request.retry_interval or 0)
    return GetDiagnosticsResponse(file_name=name)


async def update_firmware(charge_point: "ChargePoint", request: UpdateFirmware) -> UpdateFirmwareResponse:
    """Fetch, install, restart."""
    charge_point.updates.begin(
        Update(
            location=request.location,
            retrieve_date=request.retrieve_date,
            retries=request.retries or 0,
            retry_interval=request.retry_interval or 0,
        )
    )
    return UpdateFirmwareResponse()


ANSWERS: Answers = {
    "GetDiagnostics": get_diagnostics,
    "UpdateFirmware": update_firmware,
}
