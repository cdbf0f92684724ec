"""Certificates are identified as a library for cryptography would."""

import pytest

from edge_csms.simulator.certificates import Certificates, identify
from tests.simulator.authority import hash_data, make_root, pem


def test_a_certificate_is_identified_by_issuer_key_and_serial_number() -> None:
    root = make_root("Site CA with a name so long that its length takes several bytes")
    found = identify(pem(root))
    assert found.issuer_name_hash == hash_data(root)["issuerNameHash"]
    assert found.issuer_key_hash == hash_data(root)["issuerKeyHash"]
    assert found.serial_number == hash_data(root)["serialNumber"]


@pytest.mark.parametrize("length", range(8))
def test_of_a_chain_the_first_is_identified(length: int) -> None:
    first, second = make_root("First" + "x" * length), make_root("Second")
    assert identify(pem(first) + pem(second)) == identify(pem(first))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_is_told(text: str) -> None:
    with pytest.raises(ValueError):
        identify(text)


def test_certificates_are_kept_by_their_use() -> None:
    store = Certificates()
    certificate = pem(make_root("Maker"))
    store.install("ManufacturerRootCertificate", certificate)
    assert store.pems("ManufacturerRootCertificate") == [certificate]
    assert store.of("CentralSystemRootCertificate") == []
    assert store.delete(identify(certificate, "SHA512"))
    assert len(store) == 0
