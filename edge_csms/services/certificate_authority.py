"""The site's own certificate authority: it makes the server's certificates and signs those of charge points.

There are two roots, one RSA and one ECDSA, because a charge point that knows only one of the two can't check the
other's signature. Keys lie in data_dir/tls, readable by the owner alone.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge_csms.domain.errors import Invalid
from edge_csms.domain.model import fold
from edge_csms.services.secret_file import write_private

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

KINDS = ("rsa", "ecdsa")
ROOT_LIFE = timedelta(days=20 * 365)  # chargers outlive five years, and nobody wants to visit each of them
SERVER_LIFE = timedelta(days=825)  # the most that Apple's systems accept
CHARGER_LIFE = timedelta(days=3 * 365)
RENEW_BEFORE = timedelta(days=60)
BACKDATED = timedelta(days=2)  # a charger's clock may stand a little behind ours
LEAST_RSA_BITS = 2048  # WP A00.FR.501
LEAST_EC_BITS = 224
HASH = hashes.SHA256()


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was made for a charge point."""

    serial_number: str
    chain_pem: str  # the certificate and the root that signed it
    fingerprint: str
    not_after: datetime


class CertificateAuthority:
    """The roots of one site, in its data directory; made at first need."""

    def __init__(self, data_dir: Path, organization: str) -> None:
        self.directory = data_dir / "tls"
        self.organization = organization

    def root_pem(self) -> str:
        """Give both roots, for browsers and chargers to import."""
        return "".join(self._root(kind)[1].public_bytes(serialization.Encoding.PEM).decode() for kind in KINDS)

    def server_files(self, names: Iterable[str], now: datetime) -> list[tuple[Path, Path]]:
        """Give the server's certificate chains and keys, a pair a kind, made anew where names or time ask for it."""
        wanted = sorted({name for name in names if name})
        return [self._server_files(kind, wanted, now) for kind in KINDS]

    def sign(self, csr_pem: str, common_names: Iterable[str], now: datetime) -> Issued:
        """Sign a charge point's request; raises Invalid with the reason for one that may not be signed.

        Its CN must be one of `common_names`, and its O the site's, if it gives one (WP A00.FR.404, 405).
        """
        request = _read_request(csr_pem)
        _check_subject(request.subject, common_names, self.organization)
        kind = "rsa" if isinstance(request.public_key(), rsa.RSAPublicKey) else "ecdsa"
        root_key, root = self._root(kind)
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COMMON_NAME, _one(request.subject, NameOID.COMMON_NAME) or ""),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.organization),
            ]
        )
        certificate = (
            _builder(subject, root.subject, now, CHARGER_LIFE)
            .public_key(request.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .sign(root_key, HASH)
        )
        pem = "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in (certificate, root))
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        return Issued(f"{certificate.serial_number:x}", pem, fingerprint, certificate.not_valid_after_utc)

    def _root(self, kind: str) -> tuple[Key, x509.Certificate]:
        key_path, path = self.directory / f"root-{kind}.key", self.directory / f"root-{kind}.pem"
        if not path.exists():
            self.directory.mkdir(mode=0o700, exist_ok=True)
            key = _new_key(kind)
            write_private(key_path, _key_pem(key))
            write_private(
                path, _make_root(key, kind, self.organization).public_bytes(serialization.Encoding.PEM).decode()
            )
        key = _load_key(key_path)
        return key, x509.load_pem_x509_certificate(path.read_bytes())

    def _server_files(self, kind: str, names: list[str], now: datetime) -> tuple[Path, Path]:
        key_path, path = self.directory / f"server-{kind}.key", self.directory / f"server-{kind}.pem"
        root_key, root = self._root(kind)
        if path.exists() and key_path.exists():
            current = x509.load_pem_x509_certificate(path.read_bytes())
            if set(names) <= _names_in(current) and current.not_valid_after_utc - now > RENEW_BEFORE:
                return path, key_path
        key = _load_key(key_path) if key_path.exists() else _new_key(kind)
        write_private(key_path, _key_pem(key))
        certificate = _make_server_certificate(key, names, root_key, root, now)
        chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (certificate, root))
        write_private(path, chain.decode())
        return path, key_path


def common_name(certificate_der: bytes) -> tuple[str | None, str | None, str]:
    """Give CN, O and SHA-256 fingerprint of a certificate that TLS has verified."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    subject = certificate.subject
    return _one(subject, NameOID.COMMON_NAME), _one(subject, NameOID.ORGANIZATION_NAME), fingerprint


def split_pem(pem: str) -> list[str]:
    """Give the certificates of a PEM text one by one."""
    end = "-----END CERTIFICATE-----"
    return [part.strip() + f"\n{end}\n" for part in pem.split(end) if part.strip()]


def check_root_pem(pem: str) -> str:
    """Check that a text is one certificate that a charge point could trust, and give its subject; raises Invalid."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        return certificate.subject.rfc4514_string()
    except ValueError as error:
        raise Invalid("this is no certificate in PEM form", {"certificate": ["Not a PEM certificate."]}) from error


def _read_request(csr_pem: str) -> x509.CertificateSigningRequest:
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        public_key = request.public_key()
        if not request.is_signature_valid:
            raise InvalidSignature
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise Invalid("the request can't be read, or is not signed with its own key") from error
    if isinstance(public_key, rsa.RSAPublicKey):
        if public_key.key_size < LEAST_RSA_BITS:
            raise Invalid(f"its RSA key has {public_key.key_size} bits; at least {LEAST_RSA_BITS} are needed")
    elif not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise Invalid("its key is neither RSA nor ECDSA")
    elif public_key.key_size < LEAST_EC_BITS:
        raise Invalid(f"its ECDSA key has {public_key.key_size} bits; at least {LEAST_EC_BITS} are needed")
    return request


def _check_subject(subject: x509.Name, common_names: Iterable[str], organization: str) -> None:
    known = [name for name in common_names if name]
    given = _one(subject, NameOID.COMMON_NAME)
    if given is None or fold(given) not in map(fold, known):
        raise Invalid(f"its common name is {given!r}; it must be the charge point's serial number or identity")
    claimed = _one(subject, NameOID.ORGANIZATION_NAME)
    if claimed is not None and claimed != organization:
        raise Invalid(f"its organization is {claimed!r}; this site's is {organization!r}")


def _one(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if len(found) == 1 else None


def _new_key(kind: str) -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=LEAST_RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def _load_key(path: Path) -> Key:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key


def _key_pem(key: Key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _builder(subject: x509.Name, issuer: x509.Name, now: datetime, life: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
    )


def _make_root(key: Key, kind: str, organization: str) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organization[:48]} root ({kind.upper()})"),
        ]
    )
    return (
        _builder(name, name, datetime.now(UTC), ROOT_LIFE)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, HASH)
    )


def _make_server_certificate(
    key: Key, names: list[str], root_key: Key, root: x509.Certificate, now: datetime
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64] if names else "edge-csms")])
    return (
        _builder(subject, root.subject, now, SERVER_LIFE)
        .public_key(key.public_key())
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, HASH)
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


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names_in(certificate: x509.Certificate) -> set[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(one.value) for one in names}
