"""The site's own certificate authority: it makes the server's certificates and signs those of charge points.

There are two roots, one RSA and one ECDSA, because a charge point that knows only one of the two can't check the
other's signature. Keys lie in data_dir/tls, readable by the owner alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from edge_csms.domain.errors import Refusal
from edge_csms.services import certificate_making as making
from edge_csms.services import certificate_requests
from edge_csms.services.certificate_making import KINDS, Key
from edge_csms.services.secret_file import write_private

RENEW_BEFORE = timedelta(days=60)


class AuthorityDamaged(Refusal):
    """A file of the authority is gone or can't be read: new roots beside it would hide that something is broken."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was made for a charge point."""

    serial_number: str
    chain_pem: str  # the certificate and the root that signed it
    fingerprint: str
    not_after: datetime


class CertificateAuthority:
    """The roots of one site, in its data directory; made at first need. Its methods may be called in any thread."""

    def __init__(self, data_dir: Path, site_name: str) -> None:
        self.directory = data_dir / "tls"
        self._site_name = making.fit(site_name)
        self._roots: dict[str, tuple[Key, x509.Certificate]] = {}
        self._lock = Lock()

    def rename(self, site_name: str) -> None:
        """Go by another name of the site from now on; roots that were made keep theirs."""
        self._site_name = making.fit(site_name)

    @property
    def organization(self) -> str:
        """Give the O of its certificates: the site's name when the roots were made, since chargers know no other."""
        _, root = self._root("rsa")
        return making.only(root.subject, NameOID.ORGANIZATION_NAME) or self._site_name

    def is_ours(self, organization: str | None) -> bool:
        """Say whether a certificate's O is this site's, by its first name or by its present one."""
        return organization in (self.organization, self._site_name)

    def root_pem(self) -> str:
        """Give both roots, for browsers and chargers to import."""
        return making.chain_pem(*(self._root(kind)[1] for kind in KINDS))

    def has_root(self, serial_number: str) -> bool:
        """Say whether this serial number, in hex, is that of one of its roots."""
        try:
            number = int(serial_number, 16)
        except ValueError:
            return False
        return number in (self._root(kind)[1].serial_number for kind in KINDS)

    def list_root_files(self) -> list[Path]:
        """Give the files of the roots that were made; none before somebody needed one."""
        return [path for kind in KINDS if (path := self.directory / f"root-{kind}.pem").exists()]

    def server_files(self, names: Iterable[str], now: datetime) -> list[tuple[Path, Path]]:
        """Give the server's certificate chains and keys, a pair a kind, made anew where names or time ask for it."""
        wanted = sorted({written for name in names if (written := making.ascii_name(name))})
        return [self._server_files(kind, wanted, now) for kind in KINDS]

    def sign(self, csr_pem: str, common_names: Iterable[str], now: datetime) -> Issued:
        """Sign a charge point's request; raises Invalid with the reason for one that may not be signed."""
        request = certificate_requests.read(csr_pem, common_names, (self.organization, self._site_name))
        root_key, root = self._root("rsa" if isinstance(request.public_key(), rsa.RSAPublicKey) else "ecdsa")
        certificate = making.make_charger_certificate(request, self.organization, root_key, root, now)
        return Issued(
            serial_number=f"{certificate.serial_number:x}",
            chain_pem=making.chain_pem(certificate, root),
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
            not_after=certificate.not_valid_after_utc,
        )

    def _root(self, kind: str) -> tuple[Key, x509.Certificate]:
        with self._lock:
            if kind not in self._roots:
                self._roots[kind] = self._load_or_make_root(kind)
            return self._roots[kind]

    def _load_or_make_root(self, kind: str) -> tuple[Key, x509.Certificate]:
        key_path, path = self.directory / f"root-{kind}.key", self.directory / f"root-{kind}.pem"
        if not path.exists():  # the key is written first, so a root without its certificate never signed anything
            self.directory.mkdir(mode=0o700, exist_ok=True)
            key = making.new_key(kind)
            root = making.make_root(key, kind, self._site_name, datetime.now(UTC))
            write_private(key_path, making.key_pem(key))
            write_private(path, making.chain_pem(root))
            return key, root
        try:
            return making.load_key(key_path.read_bytes()), x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError, TypeError) as error:
            hint = "restore it, or delete the directory; then chargers must learn to trust the new certificates"
            raise AuthorityDamaged(f"{key_path} or {path} is gone or damaged: {hint}") from error

    def _server_files(self, kind: str, names: list[str], now: datetime) -> tuple[Path, Path]:
        path, key_path = self.directory / f"server-{kind}.pem", self.directory / f"server-{kind}.key"
        root_key, root = self._root(kind)
        key = _load_key(key_path)
        if key is None:
            key = making.new_key(kind)
            write_private(key_path, making.key_pem(key))
        if not _is_good(path, key, root, names, now):
            certificate = making.make_server_certificate(key, names, root_key, root, now)
            write_private(path, making.chain_pem(certificate, root))
        return path, key_path


def _load_key(path: Path) -> Key | None:
    try:
        return making.load_key(path.read_bytes())
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _is_good(path: Path, key: Key, root: x509.Certificate, names: list[str], now: datetime) -> bool:
    """Say whether the server's certificate can stay."""
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        certificate.verify_directly_issued_by(root)
    except (FileNotFoundError, ValueError, TypeError, InvalidSignature):
        return False
    return (
        certificate.public_key() == key.public_key()
        and set(names) <= making.names_in(certificate)
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW_BEFORE
    )
