"""Tests of certificates on charge points, against a charger that is connected."""

import asyncio

import pytest

from edge_csms.central import certificates
from edge_csms.central.dialect import InstalledRoot
from edge_csms.domain.errors import CallRefused, NotFound, Offline
from tests.running import RunningSite
from tests.scenarios.charger import ACCEPTED, Charger

ROOT = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab", "issuerKeyHash": "cd", "serialNumber": "1F"}
NONE = {"status": "NotFound"}


async def test_a_certificate_is_handed_over(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["CertificateSigned"] = {"status": "Rejected"}
        assert await certificates.hand_over(quick_site.app.central, "CP1", "CHAIN") == "Rejected"


async def test_a_charger_is_asked_for_its_request(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["ExtendedTriggerMessage"] = {"status": "NotImplemented"}
        assert await certificates.ask_for_request(quick_site.app.central, "CP1") == "NotImplemented"


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["Accepted", "Accepted"], "Accepted"),
        (["Accepted", "Failed"], "Failed"),
        (["Rejected", "Accepted"], "Rejected"),
        (["Rejected", "Failed"], "Rejected"),
    ],
)
async def test_all_roots_are_installed_and_the_first_no_is_told(
    quick_site: RunningSite, words: list[str], word: str
) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(
            certificates.install_roots(quick_site.app.central, "CP1", ["ONE", "TWO"], of_manufacturer=True)
        )
        for pem, status in zip(["ONE", "TWO"], words, strict=True):
            came = await charger.next("InstallCertificate")
            assert came.payload == {"certificateType": "ManufacturerRootCertificate", "certificate": pem}
            await came.answer({"status": status})
        assert await asked == word


async def test_roots_are_listed(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["GetInstalledCertificateIds"] = {"status": "Accepted", "certificateHashData": [ROOT]}
        listed = await certificates.list_roots(quick_site.app.central, "CP1", of_manufacturer=False)
        assert listed == [InstalledRoot("SHA256", "ab", "cd", "1F")]


async def test_a_root_is_found_by_its_serial_number_and_deleted(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(certificates.delete_root(quick_site.app.central, "CP1", "1f"))
        await (await charger.next("GetInstalledCertificateIds")).answer(NONE)
        came = await charger.next("GetInstalledCertificateIds")
        assert came.payload == {"certificateType": "ManufacturerRootCertificate"}
        await came.answer({"status": "Accepted", "certificateHashData": [{**ROOT, "serialNumber": "2"}, ROOT]})
        came = await charger.next("DeleteCertificate")
        assert came.payload == {"certificateHashData": ROOT}
        await came.answer(ACCEPTED)
        assert await asked == "Accepted"


async def test_a_root_that_is_not_there_is_not_deleted(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        charger.answers["GetInstalledCertificateIds"] = NONE
        with pytest.raises(NotFound):
            await certificates.delete_root(quick_site.app.central, "CP1", "1f")
        assert not charger.has_commands


async def test_a_charger_that_knows_no_certificates_says_so(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        asked = asyncio.create_task(certificates.list_roots(quick_site.app.central, "CP1", of_manufacturer=False))
        await (await charger.next("GetInstalledCertificateIds")).refuse("NotSupported")
        with pytest.raises(CallRefused):
            await asked


async def test_nothing_is_asked_of_a_charger_that_is_not_there(quick_site: RunningSite) -> None:
    async with Charger(quick_site.ocpp_url):
        pass
    with pytest.raises(Offline):
        await certificates.hand_over(quick_site.app.central, "CP1", "CHAIN")
