"""All certificates that a site lives by are found, wherever they are, and their ends told in time."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from edge_csms.central.known_certificates import KnownCertificates
from edge_csms.domain.certificates import CertificateUse, KnownCertificate
from edge_csms.services import certificate_making, certificates
from edge_csms.services.certificate_authority import Issued
from edge_csms.services.certificate_making import KINDS
from tests.house import House
from tests.running import RunningSite
from tests.scenarios.charger import ACCEPTED, Charger

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make_chain(directory: Path, organization: str = "Somebody") -> tuple[Path, str]:
    """Make a certificate of a server with its own root, as an operator brings them along; gives the root too."""
    root_key, key = certificate_making.new_key("ecdsa"), certificate_making.new_key("ecdsa")
    root = certificate_making.make_root(root_key, "ecdsa", organization, NOW)
    certificate = certificate_making.make_server_certificate(key, ["box.example"], root_key, root, NOW)
    (directory / "chain.pem").write_text(certificate_making.chain_pem(certificate, root))
    return directory / "chain.pem", certificate_making.chain_pem(root)


def uses(found: list[KnownCertificate]) -> list[str]:
    return [one.use.value for one in found]


async def test_files_are_read_to_the_end_of_their_chains_and_each_root_is_told_once(
    house: House, tmp_path: Path
) -> None:
    chain, root = make_chain(tmp_path)
    (tmp_path / "clients.pem").write_text(root)
    (tmp_path / "damaged.pem").write_text("no certificate")
    files = [
        (CertificateUse.SERVER, chain),
        (CertificateUse.CLIENT_CA, tmp_path / "clients.pem"),
        (CertificateUse.ROOT, tmp_path / "damaged.pem"),
        (CertificateUse.ROOT, tmp_path / "gone.pem"),
    ]
    known = KnownCertificates(house.central, house.database, lambda: files)
    assert uses(await known.list_()) == ["server", "server_ca"]


async def test_what_a_charger_came_with_counts_unless_it_has_one_of_ours(house: House) -> None:
    known = KnownCertificates(house.central, house.database, list)
    line = await house.connect()
    assert await known.list_() == []
    line.live.certificate_until = NOW
    assert await known.list_() == [KnownCertificate(CertificateUse.CHARGE_POINT, "CP1", NOW, "CP1")]
    later = NOW + timedelta(days=100)
    await house.database.run(certificates.note_issued, "CP1", Issued("1", "CHAIN", "print", later), NOW)
    await house.database.run(certificates.note_answer, "print", "Accepted")
    assert [one.not_after for one in await known.list_()] == [later]


async def test_an_end_that_is_near_is_said_once_and_no_more_when_it_is_averted(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    chain, _ = make_chain(tmp_path)
    files = [(CertificateUse.SERVER, chain)]
    known = KnownCertificates(house.central, house.database, lambda: files)
    await known.look(NOW)
    assert known.words == ""
    near = NOW + certificate_making.SERVER_LIFE - timedelta(days=10)
    for _ in range(2):
        await known.look(near)
    assert known.words.startswith("the server certificate CN=box.example ends on ")
    assert [record.getMessage() for record in caplog.records] == [known.words]
    files.clear()
    await known.look(near)
    assert known.words == ""


async def install(charger: Charger, site: RunningSite, pem: str, status: str = "Accepted") -> None:
    order = {"certificateType": "ManufacturerRootCertificate", "certificate": pem}
    await charger.told(site, "InstallCertificate", order, {"status": status})


async def test_a_root_that_a_charger_was_told_to_trust_is_known_until_it_is_deleted(
    quick_site: RunningSite, tmp_path: Path
) -> None:
    _, root = make_chain(tmp_path)
    known = quick_site.app.certificates

    async def foreign() -> list[Any]:
        return [(one.subject, one.charge_point_id) for one in await known.list_()]

    async with Charger(quick_site.ocpp_url) as charger:
        await charger.boot()
        await install(charger, quick_site, root, "Rejected")
        assert await foreign() == []
        await install(charger, quick_site, root)
        assert await foreign() == [("CN=Somebody root (ECDSA),O=Somebody", "CP1")]
        hashes = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab", "issuerKeyHash": "cd"}
        order = {"certificateHashData": {**hashes, "serialNumber": certificate_serial(root)}}
        await charger.told(quick_site, "DeleteCertificate", order, {"status": "Failed"})
        assert len(await foreign()) == 1
        await charger.told(quick_site, "DeleteCertificate", order, ACCEPTED)
        assert await foreign() == []


async def test_a_list_of_the_charger_itself_is_the_truth_and_our_own_root_is_not_told_again(
    tls_site: RunningSite, tmp_path: Path
) -> None:
    _, root = make_chain(tmp_path)
    known = tls_site.app.certificates
    before = uses(await known.list_())
    assert before == ["server"] * len(KINDS) + ["root"] * len(KINDS)
    async with Charger(tls_site.ocpp_url) as charger:
        await charger.boot()
        await install(charger, tls_site, certificate_making.split_pem(tls_site.app.authority.root_pem())[0])
        assert uses(await known.list_()) == before
        await install(charger, tls_site, root)
        assert "charge_point_root" in uses(await known.list_())
        order = {"certificateType": "ManufacturerRootCertificate"}
        await charger.told(tls_site, "GetInstalledCertificateIds", order, {"status": "NotFound"})
        assert uses(await known.list_()) == before


def certificate_serial(pem: str) -> str:
    return f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:x}"
