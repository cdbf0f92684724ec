"""A certificate that the operator brings along: checked in words before it is shown, and kept with its key."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from edge_csms.domain.errors import Invalid
from edge_csms.services import certificate_making as making
from edge_csms.services.certificate_making import Key
from edge_csms.services.secret_file import write_private

Extension = TypeVar("Extension", bound=x509.ExtensionType)

PEM = "-----BEGIN"
LEAST_RSA_BITS = 2048
WEAK_HASHES = (hashes.SHA1, hashes.MD5)
SOON = timedelta(days=30)


def check(certificate_pem: str, key_pem: str, names: Iterable[str], now: datetime) -> list[str]:
    """Check a certificate with its chain and key, and give what might surprise; raises Invalid."""
    certificates = _read_certificates(certificate_pem)
    own, key = certificates[0], _read_key(key_pem)
    if key.public_key() != own.public_key():
        raise _wrong("key", "this is not the key of the certificate")
    if fault := _find_fault(own, now) or _find_fault_of_chain(certificates):
        raise _wrong("certificate", fault)
    return list(_find_surprises(certificates, names, now))


def store(directory: Path, certificate_pem: str, key_pem: str) -> tuple[Path, Path]:
    """Keep certificate and key in files that only the server can read, and give those."""
    fingerprint = x509.load_pem_x509_certificate(certificate_pem.encode()).fingerprint(hashes.SHA256()).hex()
    directory.mkdir(mode=0o700, exist_ok=True)
    certificate, key = directory / f"own-{fingerprint[:16]}.pem", directory / f"own-{fingerprint[:16]}.key"
    write_private(key, key_pem.strip() + "\n")
    write_private(certificate, certificate_pem.strip() + "\n")
    return certificate, key


def _wrong(field: str, words: str) -> Invalid:
    return Invalid(words, {field: [words]})


def _read_certificates(pem: str) -> list[x509.Certificate]:
    if "PRIVATE KEY" in pem and "CERTIFICATE" not in pem:
        raise _wrong("certificate", "this is a key: the certificate belongs here, the key into the other field")
    if PEM not in pem:
        hint = "a .pfx or .p12 file becomes one by: openssl pkcs12 -in FILE -nodes -out certificate.pem"
        raise _wrong("certificate", f"this is no PEM text, which begins with {PEM} CERTIFICATE-----; {hint}")
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise _wrong("certificate", "this is damaged, or no certificate: copy the whole file") from None


def _read_key(pem: str) -> Key:
    if "ENCRYPTED" in pem:
        hint = "remove the passphrase by: openssl pkey -in FILE -out key.pem"
        raise _wrong("key", f"the key has a passphrase, which nobody could type when the box restarts; {hint}")
    try:
        return making.load_key(pem.encode())
    except (ValueError, TypeError):
        raise _wrong("key", "this is no private key in PEM form, RSA or ECDSA") from None


def _find_fault(own: x509.Certificate, now: datetime) -> str:
    if now > own.not_valid_after_utc:
        return f"it expired on {own.not_valid_after_utc:%Y-%m-%d}"
    if now < own.not_valid_before_utc:
        return f"it holds from {own.not_valid_before_utc:%Y-%m-%d} only, and the box's clock says {now:%Y-%m-%d}"
    public = own.public_key()
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < LEAST_RSA_BITS:
        return f"its RSA key has {public.key_size} bits; browsers and chargers want {LEAST_RSA_BITS} or more"
    if isinstance(own.signature_hash_algorithm, WEAK_HASHES):
        return "it is signed with SHA-1 or MD5, which browsers and chargers refuse"
    if _is_authority(own) and own.issuer != own.subject:
        return "the first one is the certificate of an authority: the server's own comes first, then its authorities"
    uses = _extension(own, x509.ExtendedKeyUsage)
    if uses is not None and ExtendedKeyUsageOID.SERVER_AUTH not in uses:
        return "it is not for servers (extended key usage serverAuth)"
    return ""


def _find_fault_of_chain(certificates: list[x509.Certificate]) -> str:
    for below, above in pairwise(certificates):
        try:
            below.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature):
            upper, lower = above.subject.rfc4514_string(), below.subject.rfc4514_string()
            return f"the chain is broken: {upper} did not sign {lower}"
    return ""


def _find_surprises(certificates: list[x509.Certificate], names: Iterable[str], now: datetime) -> Iterable[str]:
    own = certificates[0]
    held = making.names_in(own)
    if own.not_valid_after_utc - now < SOON:
        yield f"it expires soon, on {own.not_valid_after_utc:%Y-%m-%d}"
    if not held:
        yield "it names no host (subject alternative name): browsers refuse it"
    elif not any(_covers(held, name) for name in names):
        held_names = ", ".join(sorted(held))
        yield f"it is for {held_names}, by which this box is not known: add the name to the allowed hosts, and to DNS"
    if own.issuer == own.subject:
        yield "it is signed by itself: browsers and chargers have to be told to trust it"
    elif len(certificates) == 1:
        yield "it comes without the certificates of its authorities: many chargers need those too"


def _covers(held: set[str], name: str) -> bool:
    return name in held or f"*.{name.partition('.')[2]}" in held


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = _extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None
