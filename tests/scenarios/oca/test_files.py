"""Firmware and diagnostics (sections 3.15 and 3.16)."""

import asyncio
from typing import Any

from tests.file_jobs import http, image_id, job, order
from tests.running import RunningSite
from tests.scenarios.charger import Charger, Payload, check
from tests.scenarios.oca.reusable import booted, restarted


async def ordered(
    csms: RunningSite, charger: Charger, action: str, answer: Payload, what: str, **body: Any
) -> tuple[int, Payload]:
    """Order a file, and let the charge point answer; gives the job and what was sent."""
    asked = asyncio.create_task(order(csms, "CP1", what, **body))
    came = await charger.next(action)
    await came.answer(answer)
    check(action, "response", answer)
    return int((await asked)["job_id"]), came.payload


async def update(csms: RunningSite, charger: Charger) -> int:
    """Order an update of the firmware."""
    image = await image_id(csms)
    job_id, sent = await ordered(csms, charger, "UpdateFirmware", {}, "firmware-update", image_id=image)
    assert sent["location"].startswith(csms.url)
    return job_id


async def tell(charger: Charger, action: str, *statuses: str) -> None:
    """Tell how it goes."""
    for status in statuses:
        assert await charger.call(action, {"status": status}) == {}


async def test_tc_044_1_firmware_update_download_and_install(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id = await update(csms, charger)
        await tell(charger, "FirmwareStatusNotification", "Downloading", "Downloaded")
        for connector_id in (1, 2):
            await charger.status(connector_id, "Unavailable")
        await tell(charger, "FirmwareStatusNotification", "Installing")
        await restarted(charger)
        await tell(charger, "FirmwareStatusNotification", "Installed")
        assert (await job(csms, job_id))["state"] == "installed"


async def test_tc_044_2_firmware_update_download_failed(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id = await update(csms, charger)
        await tell(charger, "FirmwareStatusNotification", "Downloading", "DownloadFailed")
        shown = await job(csms, job_id)
        assert (shown["state"], shown["reason"]) == ("failed", "the charge point could not download the file")


async def test_tc_044_3_firmware_update_installation_failed(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id = await update(csms, charger)
        await tell(charger, "FirmwareStatusNotification", "Downloading", "Downloaded", "Installing")
        await restarted(charger)
        await tell(charger, "FirmwareStatusNotification", "InstallationFailed")
        shown = await job(csms, job_id)
        assert (shown["state"], shown["reason"]) == ("failed", "the charge point could not install the firmware")


async def test_tc_045_1_get_diagnostics(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id, sent = await ordered(csms, charger, "GetDiagnostics", {"fileName": "diag.zip"}, "diagnostics")
        assert sent["location"].startswith(csms.url)
        await tell(charger, "DiagnosticsStatusNotification", "Uploading")
        assert (await http(sent["location"], "PUT", b"everything is fine")).status in (200, 201, 204)
        await tell(charger, "DiagnosticsStatusNotification", "Uploaded")
        shown = await job(csms, job_id)
        assert (shown["state"], shown["file_name"], shown["has_file"]) == ("uploaded", "diag.zip", True)


async def test_tc_045_2_get_diagnostics_upload_failed(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id, _ = await ordered(csms, charger, "GetDiagnostics", {"fileName": "diag.zip"}, "diagnostics")
        await tell(charger, "DiagnosticsStatusNotification", "Uploading", "UploadFailed")
        shown = await job(csms, job_id)
        assert (shown["state"], shown["reason"]) == ("failed", "the charge point could not upload its file")
