"""Tests of which requests for certificates may be signed."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from edge_csms.domain.errors import Invalid
from edge_csms.services import certificate_requests
from tests.making_certificates import ORGANIZATION, certificate_request, spoilt


def read(csr_pem: str) -> x509.CertificateSigningRequest:
    return certificate_requests.read(csr_pem, ["CP1", "", "SER-7"], [ORGANIZATION, "Its new name"])


@pytest.mark.parametrize(
    ("common_name", "organization"),
    [("CP1", ORGANIZATION), ("cp1", ORGANIZATION), ("SER-7", "Its new name"), ("CP1", None)],
)
@pytest.mark.parametrize("key", ["rsa", "ecdsa"])
def test_a_request_of_the_charger_itself_may_be_signed(common_name, organization, key):
    request = read(certificate_request(common_name, organization, key=key))
    assert request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == common_name


REFUSED = {
    "a weak RSA key": (lambda: certificate_request("CP1", key=rsa.generate_private_key(65537, 1024)), "1024 bits"),
    "a weak ECDSA key": (
        lambda: certificate_request("CP1", key=ec.generate_private_key(ec.SECP192R1())),
        "192 bits",
    ),
    "another kind of key": (
        lambda: certificate_request("CP1", key=ed25519.Ed25519PrivateKey.generate()),
        "neither RSA nor ECDSA",
    ),
    "another's name": (lambda: certificate_request("CP2"), "'CP2'"),
    "no name": (lambda: certificate_request(None), "None"),
    "two names": (lambda: certificate_request("CP1", second_name="SER-7"), "None"),
    "an empty name": (lambda: certificate_request(" "), "' '"),
    "another organization": (lambda: certificate_request("CP1", "Strangers"), "'Strangers'"),
    "a broken signature": (lambda: spoilt(certificate_request("CP1")), "not signed with its own key"),
    "half a request": (lambda: certificate_request("CP1")[:300], "can't be read"),
    "something else in PEM": (
        lambda: certificate_request("CP1").replace("CERTIFICATE REQUEST", "CERTIFICATE"),
        "can't be read",
    ),
    "nothing": (str, "can't be read"),
    "garbage": (lambda: "garbage \x00 é", "can't be read"),
    "half a character": (lambda: "\ud800", "can't be read"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_bad_request_is_refused_with_the_reason(make, reason):
    with pytest.raises(Invalid) as caught:
        read(make())
    assert reason in caught.value.detail
