"""Tests of proofs of identity over REST, against a charger that is connected."""

import asyncio
from typing import Any

import pytest
from cryptography import x509

from edge_csms.domain.roles import Role
from tests.making_certificates import certificate_request
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger, now

CP1 = "/api/v1/charge-points/CP1"


async def ask(site: RunningSite, method: str, path: str, body: Any = None) -> Answer:
    return await site.ask(method, CP1 + path, body, role=Role.TECHNICIAN)


async def get_certificate(charger: Charger) -> None:
    """Let a charger ask for a certificate, and take it."""
    assert await charger.call("SignCertificate", {"csr": certificate_request("CP1")}) == ACCEPTED
    await (await charger.next("CertificateSigned")).answer(ACCEPTED)


async def test_the_roots_of_the_site_can_be_had_without_a_login(quick_site: RunningSite) -> None:
    answer = await quick_site.ask("GET", "/api/v1/certificates/ca.pem", role=None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-pem-file")
    assert len(x509.load_pem_x509_certificates(answer.body)) == 2
    assert b"PRIVATE" not in answer.body


async def test_certificates_of_a_charger_are_listed_the_newest_first(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        assert (await quick_site.get(f"{CP1}/certificates")) == {"items": [], "next": None}
        for _ in range(2):
            await get_certificate(charger)
        newest, oldest = (await quick_site.get(f"{CP1}/certificates"))["items"]
    assert newest["created_at"] >= oldest["created_at"]
    assert newest["not_after"] > now()
    assert newest["fingerprint"] != oldest["fingerprint"]


async def test_a_certificate_is_revoked_once_and_for_all(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        await get_certificate(charger)
        (certificate,) = (await quick_site.get(f"{CP1}/certificates"))["items"]
    path = f"/certificates/{certificate['fingerprint']}"
    assert (await ask(quick_site, "DELETE", path)).status == 204
    assert (await ask(quick_site, "DELETE", path)).status == 204
    (certificate,) = (await quick_site.get(f"{CP1}/certificates"))["items"]
    assert certificate["state"] == "revoked"
    assert (await ask(quick_site, "DELETE", "/certificates/unknown")).status == 404
    audit = (await quick_site.get("/api/v1/audit"))["items"]
    assert [one["action"] for one in audit][:3] == ["certificate.revoke"] * 3


@pytest.mark.parametrize("word", ["Accepted", "Rejected", "NotImplemented"])
async def test_a_charger_is_asked_to_renew_its_certificate(quick_site: RunningSite, word: str) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(ask(quick_site, "POST", "/certificates/renew"))
        came = await charger.next("ExtendedTriggerMessage")
        assert came.payload == {"requestedMessage": "SignChargePointCertificate"}
        await came.answer({"status": word})
        answer = await asked
    assert (answer.status, answer.json["status"]) == (200, word)
    assert ("handed over" in answer.json["detail"]) == (word == "Accepted")


async def test_a_key_that_is_made_up_is_long_and_new(quick_site: RunningSite) -> None:
    keys = set()
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        for word in ("Accepted", "Rejected"):
            asked = asyncio.create_task(ask(quick_site, "POST", "/key"))
            came = await charger.next("ChangeConfiguration")
            assert len(bytes.fromhex(came.payload["value"])) == 20
            keys.add(came.payload["value"])
            await came.answer({"status": word})
            answer = await asked
            assert (answer.status, answer.json["status"]) == (200, word)
            assert ("refused" in answer.json["detail"]) == (word == "Rejected")
    assert len(keys) == 2


async def test_security_events_are_listed_page_by_page(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        for number in range(3):
            await charger.call("SecurityEventNotification", {"type": f"Event{number}", "timestamp": now()})
        first = await quick_site.get(f"{CP1}/security-events?limit=2")
        second = await quick_site.get(f"{CP1}/security-events?limit=2&cursor={first['next']}")
    assert [one["kind"] for one in first["items"] + second["items"]] == ["Event2", "Event1", "Event0"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/certificates"),
        ("DELETE", "/certificates/print"),
        ("POST", "/certificates/renew"),
        ("POST", "/key"),
        ("GET", "/security-events"),
    ],
)
async def test_an_unknown_charger_is_404(quick_site: RunningSite, method: str, path: str) -> None:
    assert (await ask(quick_site, method, path)).status == 404


@pytest.mark.parametrize("path", ["/certificates/renew", "/key"])
async def test_a_charger_that_is_not_connected_is_409(quick_site: RunningSite, path: str) -> None:
    async with Charger(quick_site.ocpp_url):
        pass
    assert (await ask(quick_site, "POST", path)).status == 409


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/certificates/print"), ("POST", "/certificates/renew"), ("POST", "/key")]
)
async def test_a_viewer_changes_nothing(quick_site: RunningSite, method: str, path: str) -> None:
    assert (await quick_site.ask(method, CP1 + path, role=Role.VIEWER)).status == 403
    assert (await quick_site.ask(method, CP1 + path, role=None)).status == 401
