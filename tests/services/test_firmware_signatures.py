"""Which signatures of firmware images are taken."""

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

from edge_csms.domain.errors import Invalid
from edge_csms.services.firmware_signatures import check
from tests.file_jobs import IMAGE, signed, signing_certificate
from tests.making_certificates import key_of_kind

SHA256 = hashlib.sha256(IMAGE).hexdigest()
MGF = padding.MGF1(hashes.SHA256())
SCHEMES = {
    "RSA, PKCS#1": padding.PKCS1v15(),
    "RSA-PSS, salt as long as the hash": padding.PSS(MGF, 32),
    "RSA-PSS, the longest salt": padding.PSS(MGF, padding.PSS.MAX_LENGTH),
}


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_an_rsa_signature_over_the_sha256_of_the_image_is_taken(scheme: Any) -> None:
    proof = signed(key=key_of_kind("rsa"), scheme=scheme)
    check(**proof, sha256=SHA256)
    with pytest.raises(Invalid, match="not the signature of this image"):
        check(**proof, sha256=hashlib.sha256(b"another image").hexdigest())


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=lambda curve: curve.name)
def test_so_is_one_by_ecdsa(curve: ec.EllipticCurve) -> None:
    proof = signed(key=ec.generate_private_key(curve))
    check(**proof, sha256=SHA256)
    with pytest.raises(Invalid, match="not the signature of this image"):
        check(**proof, sha256=hashlib.sha256(b"another image").hexdigest())


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("signature", [b"short", bytes(256), bytes(600)], ids=["short", "zeroes", "long"])
def test_what_is_no_signature_at_all_does_not_fit(kind: str, signature: bytes) -> None:
    text = base64.b64encode(signature).decode()
    with pytest.raises(Invalid, match="not the signature of this image"):
        check(signing_certificate(key_of_kind(kind)), text, SHA256)


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(Invalid, match="neither RSA nor ECDSA"):
        check(signing_certificate(ed25519.Ed25519PrivateKey.generate()), "c2ln", SHA256)


def test_without_the_image_or_the_other_half_the_form_is_all_that_counts() -> None:
    proof = signed(b"another image")
    check(**proof)
    check(proof["signing_certificate"], None, SHA256)
    check(None, proof["signature"], SHA256)
    check(None, None, SHA256)


@pytest.mark.parametrize(
    ("certificate", "signature", "field"),
    [
        ("no PEM", None, "signing_certificate"),
        (None, "no base64!", "signature"),
        (None, "", "signature"),
        (None, "AAAA" * 201, "signature"),
    ],
)
def test_what_no_charger_could_take_is_refused(certificate: str | None, signature: str | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(certificate, signature, SHA256)
    assert list(refused.value.fields) == [field]
