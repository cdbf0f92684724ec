"""Tests of what the messages of the security extension bring about."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from edge_csms.domain.events import Event, SecurityEventReceived
from tests.making_certificates import certificate_request, key_of_kind, spoilt
from tests.running import RunningSite
from tests.scenarios.charger import ACCEPTED, SECONDS, Charger


async def security_events(site: RunningSite) -> list[dict[str, Any]]:
    return list((await site.get("/api/v1/charge-points/CP1/security-events"))["items"])


async def findings(site: RunningSite) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in (await site.get("/api/v1/charge-points/CP1"))["findings"]}


async def certificates(site: RunningSite) -> list[dict[str, Any]]:
    return list((await site.get("/api/v1/charge-points/CP1/certificates"))["items"])


# Security events


@pytest.mark.parametrize("more", [{}, {"techInfo": "slot 2"}])
async def test_a_security_event_is_confirmed_kept_and_told(quick_site: RunningSite, more: dict[str, str]) -> None:
    told: list[Event] = []
    quick_site.app.bus.subscribe(told.append)
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        event = {"type": "FirmwareUpdated", "timestamp": "2026-11-20T10:00:00Z", **more}
        assert await charger.call("SecurityEventNotification", event) == {}
        (kept,) = await security_events(quick_site)
    assert (kept["kind"], kept["at"], kept["details"]) == (
        "FirmwareUpdated",
        "2026-11-20T10:00:00Z",
        more.get("techInfo"),
    )
    assert SecurityEventReceived("CP1", "FirmwareUpdated") in told


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "MadeUpByTheMaker"}, "MadeUpByTheMaker"),
        ({"type": "x" * 200}, "x" * 200),
        ({"type": "MemoryExhaustion", "timestamp": "yesterday"}, "MemoryExhaustion"),
        ({"type": "MemoryExhaustion", "timestamp": "1970-01-01T00:00:00Z"}, "MemoryExhaustion"),
        ({}, ""),
    ],
)
async def test_a_strange_security_event_is_confirmed_and_kept_too(
    quick_site: RunningSite, event: dict[str, str], kind: str
) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        assert await charger.call("SecurityEventNotification", event) == {}
        (kept,) = await security_events(quick_site)
    assert kept["kind"] == kind
    at = datetime.fromisoformat(kept["at"])
    assert abs((at - datetime.now(UTC)).total_seconds()) < 60


# Requests for certificates


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
async def test_a_request_is_answered_before_its_certificate_is_handed_over(quick_site: RunningSite, kind: str) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot(chargePointSerialNumber="SER-7")
        assert await charger.call("SignCertificate", {"csr": certificate_request("SER-7", key=kind)}) == ACCEPTED
        came = await charger.next("CertificateSigned")
        await came.answer(ACCEPTED)
        assert [frame[0] for frame in charger.said[-2:]] == [3, 2]
        chain = x509.load_pem_x509_certificates(came.payload["certificateChain"].encode())
        assert chain[0].public_key() == key_of_kind(kind).public_key()
        await charger.call("Heartbeat")
        (kept,) = await certificates(quick_site)
    assert kept["state"] in ("signed", "accepted")
    assert kept["serial_number"] == f"{chain[0].serial_number:x}"


BAD_REQUESTS = {
    "a weak key": lambda: certificate_request("CP1", key=rsa.generate_private_key(65537, 1024)),
    "another's name": lambda: certificate_request("CP2"),
    "another organization": lambda: certificate_request("CP1", "Strangers"),
    "garbage": lambda: "-----BEGIN CERTIFICATE REQUEST-----\ngarbage\n-----END CERTIFICATE REQUEST-----\n",
    "a broken signature": lambda: spoilt(certificate_request("CP1")),
}


@pytest.mark.parametrize("make", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
async def test_a_bad_request_is_rejected_with_a_finding_and_nothing_is_sent(quick_site: RunningSite, make: Any) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        assert await charger.call("SignCertificate", {"csr": make()}) == {"status": "Rejected"}
        finding = (await findings(quick_site))["bad_certificate_request"]
        assert finding["field"] == "SignCertificate.csr"
        assert finding["explanation"].startswith("Its certificate request was refused: ")
        await charger.call("Heartbeat")
        assert not charger.has_commands
        assert await certificates(quick_site) == []


async def test_a_request_without_a_request_is_rejected(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        assert await charger.call("SignCertificate", {}) == {"status": "Rejected"}


@pytest.mark.parametrize("word", ["Accepted", "Rejected"])
async def test_what_the_charger_says_of_its_certificate_is_kept(quick_site: RunningSite, word: str) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        await charger.call("SignCertificate", {"csr": certificate_request("CP1")})
        await (await charger.next("CertificateSigned")).answer({"status": word})
        async with asyncio.timeout(SECONDS):
            while [one["state"] for one in await certificates(quick_site)] != [word.lower()]:
                await asyncio.sleep(0.005)
