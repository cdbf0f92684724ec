"""The ends of what charge points were told to trust are remembered."""

from pathlib import Path

import pytest
from cryptography import x509

from edge_csms.services import trusted_roots
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.services.certificate_making import split_pem
from tests.services.charging import Charger, Site


@pytest.fixture
def pem(tmp_path: Path) -> str:
    return split_pem(CertificateAuthority(tmp_path, "Maker").root_pem())[1]


async def subjects(books: Site) -> list[str]:
    return [subject for _, subject, _ in await books.database.read(trusted_roots.list_)]


async def test_a_root_is_kept_until_the_charger_trusts_it_no_more(books: Site, charger: Charger, pem: str) -> None:
    root = x509.load_pem_x509_certificate(pem.encode())
    await books.database.run(trusted_roots.note_installed, charger.key, pem, of_manufacturer=True)
    listed = [("CP1", root.subject.rfc4514_string(), root.not_valid_after_utc)]
    assert await books.database.read(trusted_roots.list_) == listed
    serial_number = f"00{root.serial_number:X}"  # as some write it
    await books.database.run(trusted_roots.note_listed, charger.key, [serial_number], of_manufacturer=True)
    await books.database.run(trusted_roots.note_listed, charger.key, [], of_manufacturer=False)
    assert await books.database.read(trusted_roots.list_) == listed
    await books.database.run(trusted_roots.note_deleted, charger.key, serial_number)
    assert await subjects(books) == []


async def test_one_that_the_charger_does_not_list_is_gone(books: Site, charger: Charger, pem: str) -> None:
    await books.database.run(trusted_roots.note_installed, charger.key, pem, of_manufacturer=True)
    await books.database.run(trusted_roots.note_listed, charger.key, ["1f"], of_manufacturer=True)
    assert await subjects(books) == []


@pytest.mark.parametrize("text", ["", "PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
async def test_what_is_no_certificate_is_not_kept(books: Site, charger: Charger, text: str) -> None:
    await books.database.run(trusted_roots.note_installed, charger.key, text, of_manufacturer=True)
    assert await subjects(books) == []
