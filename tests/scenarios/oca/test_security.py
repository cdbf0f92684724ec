"""The security extension (section 3.21)."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from edge_csms.domain.roles import Role
from edge_csms.services.certificate_making import split_pem
from tests.file_jobs import http, image_id, job, order, signed
from tests.making_certificates import ORGANIZATION, certificate_request, key_of_kind, presenting
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, Payload, now, refused
from tests.scenarios.oca.reusable import all_available, booted

CP1 = "/api/v1/charge-points/CP1"
KEY = bytes(range(20))
ROOT = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab", "issuerKeyHash": "cd", "serialNumber": "1f"}


async def technician(site: RunningSite, method: str, path: str, body: Any = None) -> Answer:
    return await site.ask(method, CP1 + path, body, role=Role.TECHNICIAN)


async def announced(site: RunningSite, **changes: Any) -> None:
    """Make a charge point CP1 with a key, on a security profile."""
    body = {"charge_point_id": "CP1", "password": KEY.hex()}
    assert (await site.ask("POST", "/api/v1/charge-points", body)).status == 201
    await technician(site, "PATCH", "", changes)


@asynccontextmanager
async def on_profile_2(site: RunningSite) -> AsyncIterator[Charger]:
    """Give a charge point that has booted over TLS with its key."""
    await announced(site, security_profile=2)
    async with booted(site, url=site.secure_ocpp_url, password=KEY, tls=site.trust()) as charger:
        yield charger


async def security_event(charger: Charger, kind: str) -> None:
    assert await charger.call("SecurityEventNotification", {"type": kind, "timestamp": now()}) == {}


async def events(site: RunningSite) -> list[str]:
    return [one["kind"] for one in (await site.get(f"{CP1}/security-events"))["items"]]


async def renewed(site: RunningSite, charger: Charger, word: str) -> list[x509.Certificate]:
    """Have the charge point renew its certificate, and answer what it gets with this word."""
    asked = asyncio.create_task(technician(site, "POST", "/certificates/renew"))
    came = await charger.next("ExtendedTriggerMessage")
    assert came.payload == {"requestedMessage": "SignChargePointCertificate"}
    await came.answer(ACCEPTED)
    assert (await asked).json["status"] == "Accepted"
    assert await charger.call("SignCertificate", {"csr": certificate_request("SER-7")}) == ACCEPTED
    signed = await charger.next("CertificateSigned")
    await signed.answer({"status": word})
    return x509.load_pem_x509_certificates(signed.payload["certificateChain"].encode())


# Keys and certificates


async def test_tc_073_update_charge_point_password(tls_site: RunningSite) -> None:
    async with on_profile_2(tls_site) as charger:
        asked = asyncio.create_task(technician(tls_site, "POST", "/key"))
        came = await charger.next("ChangeConfiguration")
        assert came.payload["key"] == "AuthorizationKey"
        new = bytes.fromhex(came.payload["value"])
        assert 16 <= len(new) <= 20
        await came.answer(ACCEPTED)
        assert (await asked).json["status"] == "Accepted"
    url, tls = tls_site.secure_ocpp_url, tls_site.trust()
    async with Charger(url, password=new, tls=tls) as charger:
        await charger.call("Heartbeat")
    assert (await refused(Charger(url, password=KEY, tls=tls))).status == 401


async def test_tc_074_update_charge_point_certificate_by_request_of_the_central_system(tls_site: RunningSite) -> None:
    async with on_profile_2(tls_site) as charger:
        await charger.boot(chargePointSerialNumber="SER-7")
        certificate, root = await renewed(tls_site, charger, "Accepted")
        assert certificate.public_key() == key_of_kind("ecdsa").public_key()
        subject = {attribute.oid: attribute.value for attribute in certificate.subject}
        assert subject == {NameOID.COMMON_NAME: "SER-7", NameOID.ORGANIZATION_NAME: ORGANIZATION}
        certificate.verify_directly_issued_by(root)


@pytest.mark.parametrize(
    ("use", "wire_use"),
    [("manufacturer", "ManufacturerRootCertificate"), ("central_system", "CentralSystemRootCertificate")],
    ids=["TC_075_1", "TC_075_2"],
)
async def test_tc_075_install_certificate(tls_site: RunningSite, use: str, wire_use: str) -> None:
    async with on_profile_2(tls_site) as charger:
        pem, _ = split_pem(tls_site.app.authority.root_pem())
        asked = asyncio.create_task(
            technician(tls_site, "POST", "/root-certificates", {"use": use, "certificate": pem})
        )
        came = await charger.next("InstallCertificate")
        assert came.payload == {"certificateType": wire_use, "certificate": pem}
        await came.answer(ACCEPTED)
        assert (await asked).json["status"] == "Accepted"
        listed = asyncio.create_task(tls_site.get(f"{CP1}/root-certificates?use={use}"))
        came = await charger.next("GetInstalledCertificateIds")
        assert came.payload == {"certificateType": wire_use}
        await came.answer({"status": "Accepted", "certificateHashData": [ROOT]})
        assert [one["serial_number"] for one in (await listed)["items"]] == ["1f"]


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
async def test_tc_076_delete_a_specific_certificate(tls_site: RunningSite, algorithm: str) -> None:
    async with on_profile_2(tls_site) as charger:
        root = {**ROOT, "hashAlgorithm": algorithm}
        charger.answers["GetInstalledCertificateIds"] = {"status": "Accepted", "certificateHashData": [root]}
        asked = asyncio.create_task(technician(tls_site, "DELETE", "/root-certificates/1f"))
        came = await charger.next("DeleteCertificate")
        assert came.payload == {"certificateHashData": root}
        await came.answer(ACCEPTED)
        assert (await asked).json["status"] == "Accepted"


async def test_tc_077_invalid_charge_point_certificate_security_event(tls_site: RunningSite) -> None:
    async with on_profile_2(tls_site) as charger:
        await charger.boot(chargePointSerialNumber="SER-7")
        await renewed(tls_site, charger, "Rejected")
        await security_event(charger, "InvalidChargePointCertificate")
        assert await events(tls_site) == ["InvalidChargePointCertificate"]


async def test_tc_078_invalid_central_system_certificate_security_event(tls_site: RunningSite) -> None:
    async with on_profile_2(tls_site) as charger:
        asked = asyncio.create_task(technician(tls_site, "POST", "/root-certificates", {}))
        for _ in range(2):
            await (await charger.next("InstallCertificate")).answer({"status": "Rejected"})
        answer = await asked
        assert (answer.status, answer.json["status"]) == (200, "Rejected")
        await security_event(charger, "InvalidCentralSystemCertificate")
        assert await events(tls_site) == ["InvalidCentralSystemCertificate"]


# Logs and firmware


async def test_tc_079_get_security_log(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        asked = asyncio.create_task(order(csms, "CP1", "logs", log_type="security"))
        came = await charger.next("GetLog")
        assert came.payload["logType"] == "SecurityLog"
        await came.answer({"status": "Accepted", "filename": "security.log"})
        job_id, request_id = (await asked)["job_id"], came.payload["requestId"]
        told = {"status": "Uploading", "requestId": request_id}
        assert await charger.call("LogStatusNotification", told) == {}
        assert (await http(came.payload["log"]["remoteLocation"], "PUT", b"nobody was here")).status < 300
        assert await charger.call("LogStatusNotification", {**told, "status": "Uploaded"}) == {}
        shown = await job(csms, job_id)
        assert (shown["state"], shown["file_name"]) == ("uploaded", "security.log")


async def signed_update(csms: RunningSite, charger: Charger) -> tuple[int, Payload]:
    """Order a signed update, which the charge point accepts; gives the job and what was sent."""
    image, proof = await image_id(csms), signed()
    asked = asyncio.create_task(order(csms, "CP1", "firmware-update", image_id=image, **proof))
    came = await charger.next("SignedUpdateFirmware")
    firmware = came.payload["firmware"]
    assert (firmware["signature"], firmware["location"].startswith("http")) == (proof["signature"], True)
    assert x509.load_pem_x509_certificate(firmware["signingCertificate"].encode())
    await came.answer(ACCEPTED)
    return int((await asked)["job_id"]), came.payload


async def tell(charger: Charger, request_id: int, *statuses: str) -> None:
    for status in statuses:
        told = {"status": status, "requestId": request_id}
        assert await charger.call("SignedFirmwareStatusNotification", told) == {}


async def test_tc_080_secure_firmware_update(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id, sent = await signed_update(csms, charger)
        await tell(charger, sent["requestId"], "Downloading", "Downloaded", "SignatureVerified", "Installing")
        await tell(charger, sent["requestId"], "InstallRebooting")
        await charger.disconnect()
        await charger.connect()
        assert (await charger.boot(firmwareVersion="2.0.1"))["status"] == "Accepted"
        await security_event(charger, "FirmwareUpdated")
        await all_available(charger)
        await tell(charger, sent["requestId"], "Installed")
        assert (await job(csms, job_id))["state"] == "installed"
        assert await events(csms) == ["FirmwareUpdated"]


async def test_tc_081_secure_firmware_update_invalid_signature(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        job_id, sent = await signed_update(csms, charger)
        await tell(charger, sent["requestId"], "Downloading", "Downloaded", "InvalidSignature")
        await security_event(charger, "InvalidFirmwareSignature")
        shown = await job(csms, job_id)
        assert (shown["state"], "signature" in shown["reason"]) == ("failed", True)


async def test_a_signed_update_with_an_invalid_certificate_fails_at_once(csms: RunningSite) -> None:
    async with booted(csms) as charger:
        image = await image_id(csms)
        asked = asyncio.create_task(order(csms, "CP1", "firmware-update", image_id=image, **signed()))
        await (await charger.next("SignedUpdateFirmware")).answer({"status": "InvalidCertificate"})
        made = await asked
        assert (made["state"], "certificate" in made["reason"]) == ("failed", True)


# Profiles


async def upgrade(site: RunningSite, charger: Charger, word: str) -> None:
    told = {"key": "SecurityProfile", "value": "2"}
    await charger.told(site, "ChangeConfiguration", told, {"status": word})


async def test_tc_083_upgrade_charge_point_security_profile_accepted(tls_site: RunningSite) -> None:
    await announced(tls_site, security_profile=1)
    async with booted(tls_site, password=KEY) as charger:
        await upgrade(tls_site, charger, "Accepted")
        await charger.told(tls_site, "Reset", {"type": "Hard"}, ACCEPTED)
    async with booted(tls_site, url=tls_site.secure_ocpp_url, password=KEY, tls=tls_site.trust()) as charger:
        await charger.call("Heartbeat")
        assert (await tls_site.get(CP1))["security_profile"] == 2
    assert (await refused(Charger(tls_site.ocpp_url, password=KEY))).status == 401


async def test_an_upgrade_of_the_security_profile_that_is_rejected(tls_site: RunningSite) -> None:
    await announced(tls_site, security_profile=1)
    async with booted(tls_site, password=KEY) as charger:
        await upgrade(tls_site, charger, "Rejected")
    async with booted(tls_site, password=KEY):
        assert (await tls_site.get(CP1))["security_profile"] == 1


async def test_tc_085_basic_authentication_with_a_valid_user_name_and_password(csms: RunningSite) -> None:
    await announced(csms, security_profile=1)
    async with booted(csms, password=KEY) as charger:
        await charger.call("Heartbeat")
    for password in (None, b"wrong"):
        refusal = await refused(Charger(csms.ocpp_url, password=password))
        assert (refusal.status, "Basic" in refusal.headers["WWW-Authenticate"]) == (401, True)


@pytest.mark.parametrize(
    "suite",
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ],
)
async def test_tc_086_tls_with_a_valid_server_side_certificate(tls_site: RunningSite, suite: str) -> None:
    await announced(tls_site, security_profile=2)
    tls = tls_site.trust()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    async with booted(tls_site, url=tls_site.secure_ocpp_url, password=KEY, tls=tls) as charger:
        await charger.call("Heartbeat")


async def test_tc_087_tls_with_a_valid_client_side_certificate(tls_site: RunningSite, tmp_path: Path) -> None:
    await announced(tls_site, security_profile=3)
    issued = tls_site.app.authority.sign(certificate_request("CP1"), ["CP1"], tls_site.app.clock.now())
    tls = presenting(tls_site.trust(), tmp_path, issued.chain_pem)
    async with booted(tls_site, url=tls_site.secure_ocpp_url, tls=tls) as charger:
        await charger.call("Heartbeat")
    assert (await refused(Charger(tls_site.secure_ocpp_url, password=KEY, tls=tls_site.trust()))).status == 401


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("ocpp1.6",), "ocpp1.6"),
        (("ocpp1.6", "ocpp1.5"), "ocpp1.6"),
        (("ocpp0.1", "ocpp1.6"), "ocpp1.6"),
    ],
)
async def test_tc_088_websocket_subprotocol_negotiation(
    csms: RunningSite, offered: tuple[str, ...], chosen: str
) -> None:
    async with booted(csms, subprotocols=offered) as charger:
        assert charger.socket.subprotocol == chosen


async def test_no_common_subprotocol_ends_the_connection_after_the_handshake(csms: RunningSite) -> None:
    charger = Charger(csms.ocpp_url, subprotocols=("ocpp0.1",))
    await charger.connect()
    assert charger.socket.subprotocol is None
    assert await charger.wait_closed() is not None
    assert charger.said == []
