"""Tests of the roots that chargers trust over REST, against a charger that is connected."""

import asyncio
from typing import Any

import pytest
from cryptography import x509

from edge_csms.domain.roles import Role
from edge_csms.services.certificate_making import split_pem
from tests.running import Answer, RunningSite
from tests.scenarios.charger import ACCEPTED, Charger

ROOTS = "/api/v1/charge-points/CP1/root-certificates"
FOREIGN = {"hashAlgorithm": "SHA384", "issuerNameHash": "ab", "issuerKeyHash": "cd", "serialNumber": "00FF"}


async def ask(site: RunningSite, method: str, path: str = "", body: Any = None) -> Answer:
    return await site.ask(method, ROOTS + path, body, role=Role.TECHNICIAN)


def own_root(site: RunningSite) -> dict[str, str]:
    """Give what identifies a root of the site on the wire; the hashes don't matter here."""
    root = x509.load_pem_x509_certificate(site.app.authority.root_pem().encode())
    return {**FOREIGN, "serialNumber": f"{root.serial_number:X}"}


@pytest.mark.parametrize(
    ("query", "use"),
    [
        ("", "CentralSystemRootCertificate"),
        ("?use=central_system", "CentralSystemRootCertificate"),
        ("?use=manufacturer", "ManufacturerRootCertificate"),
    ],
)
async def test_roots_are_listed_and_the_sites_own_ones_marked(quick_site: RunningSite, query: str, use: str) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(quick_site.get(ROOTS + query))
        came = await charger.next("GetInstalledCertificateIds")
        assert came.payload == {"certificateType": use}
        await came.answer({"status": "Accepted", "certificateHashData": [own_root(quick_site), FOREIGN]})
        listed = (await asked)["items"]
    assert [one["ours"] for one in listed] == [True, False]
    assert listed[1] == {
        "serial_number": "00FF",
        "hash_algorithm": "SHA384",
        "issuer_name_hash": "ab",
        "issuer_key_hash": "cd",
        "ours": False,
    }


async def test_a_charger_without_roots_has_an_empty_list(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["GetInstalledCertificateIds"] = {"status": "NotFound"}
        assert await quick_site.get(ROOTS) == {"items": [], "next": None}


async def test_both_roots_of_the_site_are_installed(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(ask(quick_site, "POST", body={}))
        for pem in split_pem(quick_site.app.authority.root_pem()):
            came = await charger.next("InstallCertificate")
            assert came.payload == {"certificateType": "CentralSystemRootCertificate", "certificate": pem}
            await came.answer(ACCEPTED)
        answer = await asked
    assert (answer.status, answer.json["status"]) == (200, "Accepted")


@pytest.mark.parametrize("word", ["Accepted", "Failed", "Rejected"])
async def test_a_root_of_the_manufacturer_is_installed(quick_site: RunningSite, word: str) -> None:
    (pem, _) = split_pem(quick_site.app.authority.root_pem())
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(ask(quick_site, "POST", body={"use": "manufacturer", "certificate": pem}))
        came = await charger.next("InstallCertificate")
        assert came.payload == {"certificateType": "ManufacturerRootCertificate", "certificate": pem}
        await came.answer({"status": word})
        answer = await asked
    assert (answer.status, answer.json["status"]) == (200, word)
    entries = (await quick_site.get("/api/v1/audit"))["items"]
    assert [one["result"] for one in entries if one["action"] == "certificate.install"] == [word]


@pytest.mark.parametrize(
    "body",
    [
        {"certificate": "garbage"},
        {"certificate": ""},
        {"certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        {"certificate": "x" * 60_000},
        {"use": "anything"},
        {"unknown": 1},
    ],
)
async def test_what_is_no_certificate_is_refused_before_anything_is_sent(
    quick_site: RunningSite, body: dict[str, Any]
) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        assert (await ask(quick_site, "POST", body=body)).status == 400
        await charger.call("Heartbeat")
        assert not charger.has_commands


@pytest.mark.parametrize("word", ["Accepted", "Failed", "NotFound"])
async def test_a_root_is_deleted(quick_site: RunningSite, word: str) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["GetInstalledCertificateIds"] = {"status": "Accepted", "certificateHashData": [FOREIGN]}
        asked = asyncio.create_task(ask(quick_site, "DELETE", "/00ff"))
        came = await charger.next("DeleteCertificate")
        assert came.payload == {"certificateHashData": FOREIGN}
        await came.answer({"status": word})
        answer = await asked
    assert (answer.status, answer.json["status"]) == (200, word)
    assert answer.json["detail"]


async def test_a_root_that_is_not_there_is_404(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["GetInstalledCertificateIds"] = {"status": "NotFound"}
        assert (await ask(quick_site, "DELETE", "/00ff")).status == 404


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", "/1")])
async def test_an_unknown_charger_is_404_and_one_that_is_not_connected_409(
    quick_site: RunningSite, method: str, path: str
) -> None:
    body = {} if method == "POST" else None
    assert (await ask(quick_site, method, path, body)).status == 404
    async with Charger(quick_site.ocpp_url):
        pass
    assert (await ask(quick_site, method, path, body)).status == 409


async def test_a_viewer_changes_nothing(quick_site: RunningSite) -> None:
    assert (await quick_site.ask("POST", ROOTS, {}, role=Role.VIEWER)).status == 403
    assert (await quick_site.ask("DELETE", f"{ROOTS}/1", role=Role.VIEWER)).status == 403
