"""Requests for certificates as charge points make them, good ones and bad ones."""

import base64
import ssl
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

ORGANIZATION = "Charging site"


@cache
def key_of_kind(kind: str) -> Any:
    """Give the key of a charger: one for all tests, since RSA keys are slow to make."""
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def certificate_request(
    common_name: str | None,
    organization: str | None = ORGANIZATION,
    *,
    key: Any = "ecdsa",
    second_name: str | None = None,
    extension: x509.ExtensionType | None = None,
) -> str:
    """Make a request, signed with its own key."""
    key = key_of_kind(key) if isinstance(key, str) else key
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        subject((NameOID.COMMON_NAME, [common_name, second_name]), (NameOID.ORGANIZATION_NAME, [organization]))
    )
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM).decode()


def subject(*attributes: tuple[x509.ObjectIdentifier, Sequence[str | None]]) -> x509.Name:
    """Make a name of those attributes that are given."""
    return x509.Name(
        [x509.NameAttribute(oid, value) for oid, values in attributes for value in values if value is not None]
    )


def spoilt(request_pem: str) -> str:
    """Change the last byte of a request, which is part of its signature."""
    body = "".join(request_pem.strip().splitlines()[1:-1])
    der = base64.b64decode(body)
    spoilt_der = der[:-1] + bytes([der[-1] ^ 1])
    pem = ssl.DER_cert_to_PEM_cert(spoilt_der)
    return pem.replace("CERTIFICATE", "CERTIFICATE REQUEST")


def private_pem(key: Any) -> str:
    """Write a key, or the charger's key of a kind, as a file holds it."""
    key = key_of_kind(key) if isinstance(key, str) else key
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def presenting(tls: ssl.SSLContext, directory: Path, chain_pem: str, key: Any = "ecdsa") -> ssl.SSLContext:
    """Let TLS settings present a certificate; its files are written to a directory."""
    (directory / "chain.pem").write_text(chain_pem)
    (directory / "key.pem").write_text(private_pem(key))
    tls.load_cert_chain(directory / "chain.pem", directory / "key.pem")
    return tls
