"""Firmware, diagnostics and logs in the words of the wire: what we ask, what is answered, what is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from edge_csms.central import firmware_v16
from edge_csms.central.dialect import FileAnswer, FirmwareWish, UploadWish
from edge_csms.ocpp import codec
from edge_csms.ocpp.v16 import firmware, security
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import dumb, image_id, job, order, signed
from tests.running import RunningSite

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLACE = "http://192.0.2.1:8001/files/token/"


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0)


@asynccontextmanager
async def booted(site: RunningSite) -> AsyncIterator[ChargePoint]:
    """Connect a charger that takes every order and does nothing by itself."""
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        dumb(charge_point, "UpdateFirmware", "GetDiagnostics", "GetLog", "SignedUpdateFirmware")
        await charge_point.boot()
        yield charge_point


def worded(request: Any) -> tuple[str, Any]:
    return type(request).__name__, msgspec.json.decode(codec.encode(request))


def test_a_plain_update_is_asked_for_in_plain_words() -> None:
    wish = FirmwareWish(location=PLACE, retrieve_at=AT, retries=2, retry_interval_seconds=60)
    assert worded(firmware_v16.update_firmware(wish)) == (
        "UpdateFirmware",
        {"location": PLACE, "retries": 2, "retrieveDate": "2026-11-24T12:00:00Z", "retryInterval": 60},
    )


def test_a_signed_update_brings_what_proves_it() -> None:
    wish = FirmwareWish(
        location=PLACE, retrieve_at=AT, install_at=AT, request_id=7, signing_certificate="PEM", signature="c2ln"
    )
    action, payload = worded(firmware_v16.update_firmware(wish))
    assert (action, payload["requestId"]) == ("SignedUpdateFirmware", 7)
    assert payload["firmware"] == {
        "location": PLACE,
        "retrieveDateTime": "2026-11-24T12:00:00Z",
        "installDateTime": "2026-11-24T12:00:00Z",
        "signingCertificate": "PEM",
        "signature": "c2ln",
    }


def test_diagnostics_and_logs_are_asked_for_by_time() -> None:
    assert worded(firmware_v16.request_upload(UploadWish(location=PLACE, from_=AT, to=AT))) == (
        "GetDiagnostics",
        {"location": PLACE, "startTime": "2026-11-24T12:00:00Z", "stopTime": "2026-11-24T12:00:00Z"},
    )
    wish = UploadWish(location=PLACE, request_id=7, log_type="security", from_=AT)
    assert worded(firmware_v16.request_upload(wish)) == (
        "GetLog",
        {
            "logType": "SecurityLog",
            "requestId": 7,
            "log": {"remoteLocation": PLACE, "oldestTimestamp": "2026-11-24T12:00:00Z"},
        },
    )


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (firmware.UpdateFirmwareResponse(), FileAnswer()),
        (firmware.GetDiagnosticsResponse(file_name="a.zip"), FileAnswer(file_name="a.zip")),
        (security.GetLogResponse(status="Accepted", filename="a.log"), FileAnswer(file_name="a.log")),
        (security.GetLogResponse(status="AcceptedCanceled"), FileAnswer(gave_up_others=True)),
        (security.SignedUpdateFirmwareResponse(status="Accepted"), FileAnswer()),
        (security.SignedUpdateFirmwareResponse(status="AcceptedCanceled"), FileAnswer(gave_up_others=True)),
    ],
)
def test_what_an_answer_means(answer: Any, meaning: FileAnswer) -> None:
    assert firmware_v16.file_answer(answer) == meaning


@pytest.mark.parametrize(
    "answer",
    [
        firmware.GetDiagnosticsResponse(),
        security.GetLogResponse(status="Rejected"),
        security.SignedUpdateFirmwareResponse(status="InvalidCertificate"),
        security.SignedUpdateFirmwareResponse(status="RevokedCertificate"),
        security.SignedUpdateFirmwareResponse(status="Later"),  # type: ignore[arg-type]
        security.SignedUpdateFirmwareResponse(status=None),  # type: ignore[arg-type]
    ],
)
def test_a_refusal_says_why(answer: Any) -> None:
    assert (firmware_v16.file_answer(answer).refusal or "").startswith("the charge point ")


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("FirmwareStatusNotification", {"status": "Idle"}),
        ("FirmwareStatusNotification", {"status": "Installed"}),
        ("FirmwareStatusNotification", {"status": "Half way"}),
        ("FirmwareStatusNotification", {"status": None}),
        ("FirmwareStatusNotification", {}),
        ("DiagnosticsStatusNotification", {"status": "Uploaded"}),
        ("LogStatusNotification", {"status": "Idle"}),
        ("LogStatusNotification", {"status": "Uploading", "requestId": 99}),
        ("SignedFirmwareStatusNotification", {"status": "Installed", "requestId": "7"}),
        ("SignedFirmwareStatusNotification", {"status": 7, "requestId": None, "more": 1}),
    ],
)
async def test_every_status_is_confirmed_with_or_without_a_job(
    site: RunningSite, action: str, payload: dict[str, Any]
) -> None:
    async with booted(site) as charge_point:
        assert await charge_point.call_raw(action, payload) == {}
        await order(site, "CP1", "diagnostics")
        await order(site, "CP1", "logs")
        await order(site, "CP1", "firmware-update", image_id=await image_id(site))
        assert await charge_point.call_raw(action, payload) == {}


UPDATE_STATUSES = [
    ("Downloading", "downloading"),
    ("Downloading", "downloading"),
    ("Downloaded", "downloaded"),
    ("Idle", "downloaded"),
    ("Installing", "installing"),
    ("Downloaded", "installing"),
    ("Installed", "installed"),
    ("Installed", "installed"),
    ("InstallationFailed", "installed"),
]
SIGNED_STATUSES = [
    ("DownloadScheduled", "requested"),
    ("Downloading", "downloading"),
    ("DownloadPaused", "downloading"),
    ("Downloaded", "downloaded"),
    ("SignatureVerified", "downloaded"),
    ("InstallScheduled", "downloaded"),
    ("Installing", "installing"),
    ("InstallRebooting", "installing"),
    ("InstallVerificationFailed", "failed"),
]


async def test_the_statuses_of_an_update_drive_its_job(site: RunningSite) -> None:
    async with booted(site) as charge_point:
        made = await order(site, "CP1", "firmware-update", image_id=await image_id(site))
        for word, state in UPDATE_STATUSES:
            await charge_point.call_raw("FirmwareStatusNotification", {"status": word})
            assert (await job(site, made["job_id"]))["state"] == state, word


async def test_the_statuses_of_a_signed_update_drive_its_job(site: RunningSite) -> None:
    async with booted(site) as charge_point:
        made = await order(site, "CP1", "firmware-update", image_id=await image_id(site), **signed())
        assert made["kind"] == "signed_firmware"
        for word, state in SIGNED_STATUSES:
            payload = {"status": word, "requestId": made["request_id"]}
            await charge_point.call_raw("SignedFirmwareStatusNotification", payload)
            shown = await job(site, made["job_id"])
            assert (shown["state"], shown["status"]) == (state, word)
        assert shown["reason"] == "the installed firmware did not pass the charge point's check"


async def test_an_order_that_is_refused_is_a_failed_job(site: RunningSite) -> None:
    async with booted(site) as charge_point:
        charge_point.behaviour.answers["GetLog"] = {"status": "Rejected"}
        made = await order(site, "CP1", "logs")
        assert (made["state"], made["reason"]) == ("failed", "the charge point refused")
        charge_point.behaviour.answers["GetDiagnostics"] = {}
        made = await order(site, "CP1", "diagnostics")
        assert (made["state"], made["reason"]) == ("failed", "the charge point says that it has no diagnostics to send")


async def test_an_order_in_the_place_of_another_ends_that(site: RunningSite) -> None:
    async with booted(site) as charge_point:
        first = await order(site, "CP1", "logs")
        charge_point.behaviour.answers["GetLog"] = {"status": "AcceptedCanceled"}
        second = await order(site, "CP1", "logs")
        assert second["state"] == "requested"
        given_up = await job(site, first["job_id"])
        assert (given_up["state"], given_up["reason"]) == ("cancelled", f"given up for job {second['job_id']}")
