"""Installed root certificates and what identifies them, read from their DER without a library for cryptography."""

import hashlib
import ssl
from collections.abc import Iterator
from typing import NamedTuple

from edge_csms.ocpp.v16.security import CertificateHashData, CertificateUse

_CONSTRUCTED_CONTEXT_0 = 0xA0  # the version, which old certificates don't have
_LONG_LENGTH = 0x80
_PEM_END = "-----END CERTIFICATE-----"


class Element(NamedTuple):
    """One element of a DER encoding: its tag, all its bytes, and those behind tag and length."""

    tag: int
    encoded: bytes
    content: bytes


class Certificates:
    """The root certificates of a charge point, by their use, as PEM."""

    def __init__(self) -> None:
        self._installed: list[tuple[CertificateUse, str]] = []

    def __len__(self) -> int:
        return len(self._installed)

    def install(self, use: CertificateUse, pem: str) -> None:
        """Trust a root certificate from now on. Raises ValueError if it can't be read."""
        identify(pem)
        self._installed.append((use, pem))

    def of(self, use: CertificateUse) -> list[CertificateHashData]:
        """Return what identifies the certificates of a use."""
        return [identify(pem) for each, pem in self._installed if each == use]

    def pems(self, use: CertificateUse) -> list[str]:
        """Return the certificates of a use."""
        return [pem for each, pem in self._installed if each == use]

    def delete(self, which: CertificateHashData) -> bool:
        """Delete a certificate; False if there is none such."""
        kept = [(use, pem) for use, pem in self._installed if identify(pem, which.hash_algorithm) != which]
        found = len(kept) < len(self._installed)
        self._installed = kept
        return found


def identify(pem: str, algorithm: str = "SHA256") -> CertificateHashData:
    """Return what identifies a root certificate, which is its own issuer; of a chain, the first in it.

    Raises ValueError if it can't be read.
    """
    first, end, _ = pem.strip().partition(_PEM_END)
    try:
        certificate = next(_elements(ssl.PEM_cert_to_DER_cert(first + end)))
        signed_part = next(_elements(certificate.content))
        fields = list(_elements(signed_part.content))
        if fields[0].tag == _CONSTRUCTED_CONTEXT_0:
            del fields[0]
        serial, _, issuer, _, _, public_key = fields[:6]
        _, key_bits = _elements(public_key.content)
    except (IndexError, StopIteration) as error:
        raise ValueError("no X.509 certificate") from error
    return CertificateHashData(
        hash_algorithm=algorithm,  # type: ignore[arg-type]
        issuer_name_hash=hashlib.new(algorithm, issuer.encoded).hexdigest(),
        issuer_key_hash=hashlib.new(algorithm, key_bits.content[1:]).hexdigest(),  # behind the count of unused bits
        serial_number=f"{int.from_bytes(serial.content, 'big'):x}",
    )


def _elements(data: bytes) -> Iterator[Element]:
    """Split DER into its elements. Raises IndexError where it ends too early."""
    start = 0
    while start < len(data):
        tag, length, content_at = data[start], data[start + 1], start + 2
        if length & _LONG_LENGTH:
            size = length ^ _LONG_LENGTH
            length = int.from_bytes(data[content_at : content_at + size], "big")
            content_at += size
        end = content_at + length
        if end > len(data):
            raise IndexError("truncated")
        yield Element(tag, data[start:end], data[content_at:end])
        start = end
