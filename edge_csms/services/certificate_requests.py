"""Requests of charge points for certificates: which may be signed (WP A00.FR.404, 405, 501)."""

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from edge_csms.domain.errors import Invalid
from edge_csms.domain.model import fold
from edge_csms.services.certificate_making import only

LEAST_RSA_BITS = 2048
LEAST_EC_BITS = 224


def read(csr_pem: str, common_names: Iterable[str], organizations: Iterable[str]) -> x509.CertificateSigningRequest:
    """Read a request and check it; raises Invalid with the reason why it may not be signed.

    Its CN must be one of `common_names`, and its O, if it gives one, of `organizations`.
    """
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        public_key, subject = request.public_key(), request.subject
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid("the request can't be read") from error
    _check_signature(request)
    _check_key(public_key)
    _check_subject(subject, common_names, organizations)
    return request


def _check_signature(request: x509.CertificateSigningRequest) -> None:
    try:
        genuine = request.is_signature_valid
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        genuine = False
    if not genuine:
        raise Invalid("the request is not signed with its own key")


def _check_key(public_key: object) -> None:
    if isinstance(public_key, rsa.RSAPublicKey):
        kind, least = "RSA", LEAST_RSA_BITS
    elif isinstance(public_key, ec.EllipticCurvePublicKey):
        kind, least = "ECDSA", LEAST_EC_BITS
    else:
        raise Invalid("its key is neither RSA nor ECDSA")
    if public_key.key_size < least:
        raise Invalid(f"its {kind} key has {public_key.key_size} bits; at least {least} are needed")


def _check_subject(subject: x509.Name, common_names: Iterable[str], organizations: Iterable[str]) -> None:
    given = only(subject, NameOID.COMMON_NAME)
    if given is None or fold(given) not in [fold(name) for name in common_names if name]:
        raise Invalid(f"its common name is {given!r}; it must be the charge point's serial number or identity")
    claimed = only(subject, NameOID.ORGANIZATION_NAME)
    if claimed is not None and claimed not in organizations:
        raise Invalid(f"its organization is {claimed!r}; this site's is {next(iter(organizations))!r}")
