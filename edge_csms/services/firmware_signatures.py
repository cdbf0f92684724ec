"""Signatures of firmware images: whether they fit, so that no charge point is sent what it would refuse (WP L01).

A signature is made over the SHA-256 of the image, by RSA (PSS, or PKCS#1 as older tools do it) or ECDSA, with the key
of the signing certificate. Whether that certificate is the manufacturer's is for the charge point to say.
"""

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from edge_csms.domain.errors import Invalid

MAX_CERTIFICATE = 5500  # characters, on the wire of SignedUpdateFirmware
MAX_SIGNATURE = 800
DIGEST = Prehashed(hashes.SHA256())
PADDINGS = (padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), padding.PKCS1v15())


def check(signing_certificate: str | None, signature: str | None, sha256: str | None = None) -> None:
    """Refuse what no charge point could take, and a signature that is not of the image with this SHA-256, in hex.

    Where one of the three is missing, the form of the others is all that can be checked. Raises Invalid.
    """
    faults: dict[str, list[str]] = {}
    certificate = None if signing_certificate is None else _read_certificate(signing_certificate)
    if signing_certificate is not None and certificate is None:
        faults["signing_certificate"] = [f"This must be a certificate in PEM of at most {MAX_CERTIFICATE} characters."]
    if signature is not None and not _is_base64(signature):
        faults["signature"] = [f"This must be base64 of at most {MAX_SIGNATURE} characters."]
    if not faults and certificate is not None and signature is not None and sha256 is not None:
        faults = _compare(certificate, base64.b64decode(signature), bytes.fromhex(sha256))
    if faults:
        raise Invalid(" ".join(text for texts in faults.values() for text in texts), faults)


def _compare(certificate: x509.Certificate, signature: bytes, digest: bytes) -> dict[str, list[str]]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        fits = any(_is_rsa_signature(key, signature, digest, scheme) for scheme in PADDINGS)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        fits = _is_ecdsa_signature(key, signature, digest)
    else:
        return {"signing_certificate": ["Its key is neither RSA nor ECDSA."]}
    if fits:
        return {}
    text = "This is not the signature of this image with the key of this certificate (over its SHA-256)."
    return {"signature": [text]}


def _is_rsa_signature(
    key: rsa.RSAPublicKey, signature: bytes, digest: bytes, scheme: padding.PSS | padding.PKCS1v15
) -> bool:
    try:
        key.verify(signature, digest, scheme, DIGEST)
    except InvalidSignature:
        return False
    return True


def _is_ecdsa_signature(key: ec.EllipticCurvePublicKey, signature: bytes, digest: bytes) -> bool:
    try:
        key.verify(signature, digest, ec.ECDSA(DIGEST))
    except InvalidSignature:
        return False
    return True


def _read_certificate(text: str) -> x509.Certificate | None:
    if len(text) > MAX_CERTIFICATE:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
        certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return certificate


def _is_base64(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) > 0 and len(text) <= MAX_SIGNATURE
    except (binascii.Error, ValueError):
        return False
