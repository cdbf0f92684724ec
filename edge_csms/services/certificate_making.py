"""How keys and certificates are made, written and read; whose they are is decided by the certificate authority."""

import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge_csms.domain.errors import Invalid

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

KINDS = ("rsa", "ecdsa")
ROOT_LIFE = timedelta(days=20 * 365)  # chargers outlive five years, and nobody wants to visit each of them
SERVER_LIFE = timedelta(days=825)  # the most that Apple's systems accept
CHARGER_LIFE = timedelta(days=3 * 365)
BACKDATED = timedelta(days=2)  # a charger's clock may stand a little behind ours
BORN = datetime(2026, 11, 1, tzinfo=UTC)  # a clock that stands before this program is wrong
LONGEST_NAME_BYTES = 64  # of a name in a certificate
RSA_BITS = 2048
HASH = hashes.SHA256()
END = "-----END CERTIFICATE-----"


def new_key(kind: str) -> Key:
    """Make a key."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def load_key(pem: bytes) -> Key:
    """Read a key; raises ValueError."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("a key of another kind")
    return key


def key_pem(key: Key) -> str:
    """Write a key."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def chain_pem(*certificates: x509.Certificate) -> str:
    """Write certificates, one after the other."""
    return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in certificates)


def split_pem(pem: str) -> list[str]:
    """Give the certificates of a PEM text one by one."""
    return [f"{part.strip()}\n{END}\n" for part in pem.split(END) if part.strip()]


def check_root_pem(pem: str) -> str:
    """Check that a text is one certificate that a charge point could trust, and give its subject; raises Invalid."""
    try:
        return x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()
    except ValueError as error:
        raise Invalid("this is no certificate in PEM form", {"certificate": ["Not a PEM certificate."]}) from error


def lifetimes_of(pem: bytes) -> dict[bytes, tuple[str, datetime]]:
    """Give the subjects in a PEM text, and until when each certificate holds, by fingerprint; raises ValueError."""
    found = x509.load_pem_x509_certificates(pem)
    return {one.fingerprint(HASH): (one.subject.rfc4514_string(), one.not_valid_after_utc) for one in found}


def der_of(pem: str) -> bytes:
    """Write a certificate in the form without letters, which some systems take alone."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)


def subject_of(certificate_der: bytes) -> tuple[str | None, str | None, str, datetime | None]:
    """Give CN, O, SHA-256 fingerprint and end of a certificate that TLS has verified."""
    fingerprint = hashlib.sha256(certificate_der).hexdigest()
    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
        subject, not_after = certificate.subject, certificate.not_valid_after_utc
    except ValueError:  # TLS is less strict
        return None, None, fingerprint, None
    return only(subject, NameOID.COMMON_NAME), only(subject, NameOID.ORGANIZATION_NAME), fingerprint, not_after


def only(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    """Give the attribute of a name; None where it is missing, or there are several, of which none is the right one."""
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if len(found) == 1 else None


def fit(text: str) -> str:
    """Cut a text to what a name in a certificate holds."""
    return text.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")


def make_root(key: Key, kind: str, organization: str, now: datetime) -> x509.Certificate:
    """Make a root; it holds even if the clock stands far back, as that of a box without a battery does at first."""
    suffix = f" root ({kind.upper()})"
    short = organization.encode()[: LONGEST_NAME_BYTES - len(suffix)].decode(errors="ignore")
    name = _name(organization=organization, common_name=short + suffix)
    begins, ends = min(now, BORN) - BACKDATED, max(now, BORN) + ROOT_LIFE
    return (
        _builder(name, name, begins, ends)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, HASH)
    )


def make_server_certificate(
    key: Key, names: Sequence[str], root_key: Key, root: x509.Certificate, now: datetime
) -> x509.Certificate:
    """Make the certificate of a server that is called by these names and addresses."""
    subject = _name(common_name=next((name for name in names if "." in name and not _is_address(name)), names[0]))
    return (
        _builder(subject, root.subject, now - BACKDATED, max(now, BORN) + SERVER_LIFE)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, HASH)
    )


def make_charger_certificate(
    request: x509.CertificateSigningRequest,
    organization: str,
    root_key: Key,
    root: x509.Certificate,
    now: datetime,
) -> x509.Certificate:
    """Make the certificate that a charge point asked for; nothing is taken from its request but key and CN."""
    subject = _name(common_name=only(request.subject, NameOID.COMMON_NAME) or "", organization=organization)
    return (
        _builder(subject, root.subject, now - BACKDATED, max(now, BORN) + CHARGER_LIFE)
        .public_key(request.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, HASH)
    )


def names_in(certificate: x509.Certificate) -> set[str]:
    """Give the names and addresses that a server's certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(one.value) for one in names}


def ascii_name(name: str) -> str | None:
    """Write a host name in the letters that certificates know; None where that can't be done."""
    try:
        return name.encode("idna").decode() or None
    except UnicodeError:
        return None


def _name(*, common_name: str, organization: str | None = None) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, fit(common_name))]
    if organization is not None:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)


def _builder(subject: x509.Name, issuer: x509.Name, begins: datetime, ends: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,  # static-RSA suites, which WP FR.317 still asks for
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _alternative(name: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(name)) if _is_address(name) else x509.DNSName(name)
