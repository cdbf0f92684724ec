"""The security extension over the wire."""

import asyncio
from typing import Any

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.authority import hash_data, make_root, pem
from tests.simulator.central import DEADLINE_SECONDS, Central
from tests.simulator.files import IMAGE, FileServer

NOW = "2020-01-01T00:00:00Z"
USE = "CentralSystemRootCertificate"


def statuses(central: Central, action: str) -> list[tuple[str, int]]:
    return [(each["status"], each["requestId"]) for each in central.of(action)]


def update(files: FileServer, **changes: Any) -> dict[str, Any]:
    firmware = {
        "location": f"{files.url}/box-3.1.bin",
        "retrieveDateTime": NOW,
        "signingCertificate": pem(make_root("Maker")),
        "signature": "c2lnbmF0dXJl",
        **changes,
    }
    return {"requestId": 7, "firmware": firmware}


async def test_root_certificates_are_installed_listed_and_deleted(charge_point: ChargePoint, central: Central) -> None:
    root = make_root("Site CA")
    assert await central.call("GetInstalledCertificateIds", {"certificateType": USE}) == {"status": "NotFound"}
    answer = await central.call("InstallCertificate", {"certificateType": USE, "certificate": pem(root)})
    assert answer == {"status": "Accepted"}
    listed = await central.call("GetInstalledCertificateIds", {"certificateType": USE})
    assert listed == {"status": "Accepted", "certificateHashData": [hash_data(root)]}
    which = {"certificateHashData": hash_data(root)}
    assert await central.call("DeleteCertificate", which) == {"status": "Accepted"}
    assert await central.call("DeleteCertificate", which) == {"status": "NotFound"}


async def test_garbage_is_no_certificate(charge_point: ChargePoint, central: Central) -> None:
    answer = await central.call("InstallCertificate", {"certificateType": USE, "certificate": "garbage"})
    assert answer == {"status": "Rejected"}


async def test_a_full_store_takes_no_more(charge_point: ChargePoint, central: Central) -> None:
    charge_point.configuration.set("CertificateStoreMaxLength", "0")
    certificate = pem(make_root("Site CA"))
    answer = await central.call("InstallCertificate", {"certificateType": USE, "certificate": certificate})
    assert answer == {"status": "Failed"}


async def test_a_certificate_is_asked_for_when_triggered(charge_point: ChargePoint, central: Central) -> None:
    trigger = {"requestedMessage": "SignChargePointCertificate"}
    assert await central.call("ExtendedTriggerMessage", trigger) == {"status": "Rejected"}
    charge_point.csr = "-----BEGIN CERTIFICATE REQUEST-----"
    assert await central.call("ExtendedTriggerMessage", trigger) == {"status": "Accepted"}
    await central.until(lambda: central.of("SignCertificate"))


async def test_a_signed_certificate_is_kept_and_garbage_is_reported(
    charge_point: ChargePoint, central: Central
) -> None:
    chain = pem(make_root("CP1")) + pem(make_root("Site CA"))
    assert await central.call("CertificateSigned", {"certificateChain": chain}) == {"status": "Accepted"}
    assert charge_point.certificate_chain == chain
    assert await central.call("CertificateSigned", {"certificateChain": "garbage"}) == {"status": "Rejected"}
    await central.until(lambda: central.of("SecurityEventNotification"))
    assert central.of("SecurityEventNotification")[0]["type"] == "InvalidChargePointCertificate"


async def test_a_log_is_uploaded(charge_point: ChargePoint, central: Central, files: FileServer) -> None:
    request = {"logType": "SecurityLog", "requestId": 3, "log": {"remoteLocation": f"{files.url}/log"}}
    answer = await central.call("GetLog", request)
    assert answer["status"] == "Accepted"
    await central.until(lambda: ("Uploaded", 3) in statuses(central, "LogStatusNotification"))
    assert statuses(central, "LogStatusNotification") == [("Uploading", 3), ("Uploaded", 3)]
    await central.call("ExtendedTriggerMessage", {"requestedMessage": "LogStatusNotification"})
    await central.until(lambda: len(central.of("LogStatusNotification")) == 3)
    assert central.of("LogStatusNotification")[2] == {"status": "Idle"}


async def test_a_second_log_ends_the_first(charge_point: ChargePoint, central: Central, files: FileServer) -> None:
    files.refuses_uploads = True
    request = {"logType": "SecurityLog", "requestId": 3, "log": {"remoteLocation": f"{files.url}/log"}}
    charge_point.clock.speed = 10.0
    await central.call("GetLog", {**request, "retries": 1, "retryInterval": 1})
    await central.until(lambda: central.of("LogStatusNotification"))
    assert (await central.call("GetLog", {**request, "requestId": 4}))["status"] == "AcceptedCanceled"
    await central.until(lambda: ("UploadFailure", 4) in statuses(central, "LogStatusNotification"))
    await charge_point.clock.sleep(2)  # the first would have tried again by now
    assert len(central.of("LogStatusNotification")) == 3


async def test_a_signed_update_is_verified_and_installed(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    assert await central.call("SignedUpdateFirmware", update(files)) == {"status": "Accepted"}
    await central.until(lambda: ("Installed", 7) in statuses(central, "SignedFirmwareStatusNotification"))
    assert [status for status, _ in statuses(central, "SignedFirmwareStatusNotification")] == [
        "Downloading",
        "Downloaded",
        "SignatureVerified",
        "Installing",
        "InstallRebooting",
        "Installed",
    ]
    assert charge_point.nameplate.firmware_version == "3.1"


async def test_a_signature_that_is_wrong_is_reported(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    charge_point.behaviour.accepts_image = lambda image: image != IMAGE
    await central.call("SignedUpdateFirmware", update(files))
    await central.until(lambda: central.of("SecurityEventNotification"))
    assert central.of("SecurityEventNotification")[0]["type"] == "InvalidFirmwareSignature"
    assert statuses(central, "SignedFirmwareStatusNotification")[-1] == ("InvalidSignature", 7)


async def test_a_signing_certificate_that_is_none_is_refused(
    charge_point: ChargePoint, central: Central, files: FileServer
) -> None:
    answer = await central.call("SignedUpdateFirmware", update(files, signingCertificate="garbage"))
    assert answer == {"status": "InvalidCertificate"}


async def test_a_second_update_ends_the_first(charge_point: ChargePoint, central: Central, files: FileServer) -> None:
    gate = files.gate = asyncio.Event()
    await central.call("SignedUpdateFirmware", update(files))
    await asyncio.wait_for(files.asked.wait(), DEADLINE_SECONDS)
    answer = await central.call("SignedUpdateFirmware", {**update(files), "requestId": 8})
    assert answer == {"status": "AcceptedCanceled"}
    gate.set()
    await central.until(lambda: ("Installed", 8) in statuses(central, "SignedFirmwareStatusNotification"))
    told = [status for status, _ in statuses(central, "SignedFirmwareStatusNotification")]
    assert (told.count("Downloading"), told.count("Downloaded")) == (2, 1)


async def test_an_extended_trigger_knows_no_other_messages(charge_point: ChargePoint, central: Central) -> None:
    answers = await asyncio.gather(
        central.call("ExtendedTriggerMessage", {"requestedMessage": "Weather"}),
        central.call("ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}),
    )
    assert answers == [{"status": "NotImplemented"}, {"status": "Accepted"}]
