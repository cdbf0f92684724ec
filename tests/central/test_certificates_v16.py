"""Tests of the words about certificates."""

import msgspec
import pytest

from edge_csms.central.certificates_v16 import CertificateWords
from edge_csms.central.dialect import InstalledRoot
from edge_csms.ocpp.v16.security import CertificateHashData, GetInstalledCertificateIdsResponse

WORDS = CertificateWords()
ROOT = InstalledRoot("SHA256", "ab", "cd", "1f")
ON_THE_WIRE = {"hashAlgorithm": "SHA256", "issuerNameHash": "ab", "issuerKeyHash": "cd", "serialNumber": "1f"}


@pytest.mark.parametrize(
    ("request_", "action", "payload"),
    [
        (WORDS.hand_over("CHAIN"), "CertificateSigned", {"certificateChain": "CHAIN"}),
        (
            WORDS.ask_for_request(),
            "ExtendedTriggerMessage",
            {"requestedMessage": "SignChargePointCertificate"},
        ),
        (
            WORDS.install_root("PEM", of_manufacturer=False),
            "InstallCertificate",
            {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
        ),
        (
            WORDS.install_root("PEM", of_manufacturer=True),
            "InstallCertificate",
            {"certificateType": "ManufacturerRootCertificate", "certificate": "PEM"},
        ),
        (
            WORDS.list_roots(of_manufacturer=False),
            "GetInstalledCertificateIds",
            {"certificateType": "CentralSystemRootCertificate"},
        ),
        (WORDS.delete_root(ROOT), "DeleteCertificate", {"certificateHashData": ON_THE_WIRE}),
    ],
)
def test_every_wish_has_its_message(request_, action, payload):
    assert type(request_).__name__ == action
    assert msgspec.to_builtins(request_) == payload


def test_roots_are_read_from_the_answer():
    told = msgspec.convert(ON_THE_WIRE, CertificateHashData)
    answer = GetInstalledCertificateIdsResponse(status="Accepted", certificate_hash_data=[told])
    assert WORDS.roots_in(answer) == [ROOT]
    assert WORDS.roots_in(GetInstalledCertificateIdsResponse(status="NotFound")) == []


def test_what_identifies_no_certificate_is_left_out():
    told = CertificateHashData(hash_algorithm="SHA256", issuer_name_hash="ab", issuer_key_hash="cd", serial_number="")
    answer = GetInstalledCertificateIdsResponse(status="Accepted", certificate_hash_data=[told])
    assert WORDS.roots_in(answer) == []
