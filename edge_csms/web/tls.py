"""The TLS side of the encrypted port: which certificates it shows, whose it trusts, and that they stay fresh."""

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge_csms.domain.certificates import CertificateUse
from edge_csms.domain.errors import Refusal
from edge_csms.services.certificate_authority import CertificateAuthority

# What the security whitepaper asks for (FR.317) and what browsers like; static RSA is there for old chargers alone.
SUITES = ":".join(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    )
)

MISMATCHES = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")  # as OpenSSL calls them

Files = list[tuple[Path, Path]]  # certificate chains with their keys


class TlsUnusable(Refusal):
    """A certificate or key can't be used."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Files that the operator brings along instead of those of the site's authority; empty names mean none."""

    certificate: str = ""
    key: str = ""
    client_ca: str = ""


class ServerTls:
    """Makes the context of the encrypted port, and loads into it what has been renewed."""

    def __init__(self, authority: CertificateAuthority, own: OwnFiles, names: Callable[[], Iterable[str]]) -> None:
        self._authority = authority
        self._own = own
        self._names = names
        self._loaded: list[int] = []
        self.files: Files = []  # that are shown
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def prepare(self, now: datetime) -> None:
        """Fill the context: TLS 1.2 and 1.3, a certificate a kind of key, client ones welcome. Raises TlsUnusable."""
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_ciphers(SUITES)
        self.context.verify_mode = ssl.CERT_OPTIONAL
        self.context.load_verify_locations(cadata=self._authority.root_pem())
        if self._own.client_ca:
            _trust(self.context, Path(self._own.client_ca))
        self.load(self.renewed(now))

    @property
    def certificate_files(self) -> list[tuple[CertificateUse, Path]]:
        """Give the files of the certificates that it shows, and of those by which it knows clients."""
        shown = [(CertificateUse.SERVER, certificate) for certificate, _ in self.files]
        return shown + ([(CertificateUse.CLIENT_CA, Path(self._own.client_ca))] if self._own.client_ca else [])

    def renewed(self, now: datetime) -> Files:
        """Give the files to use, the authority's own made anew where names or time ask for it; may take a while."""
        if self._own.certificate:
            return [(Path(self._own.certificate), Path(self._own.key or self._own.certificate))]
        try:
            return self._authority.server_files(self._names(), now)
        except OSError as error:
            raise TlsUnusable(f"{self._authority.directory}: {error.strerror}") from error

    def load(self, files: Files) -> bool:
        """Load files that have changed, and say whether any had; raises TlsUnusable, and what was loaded stays."""
        try:
            states = [path.stat().st_mtime_ns for pair in files for path in pair]
        except OSError as error:
            raise TlsUnusable(f"{error.filename}: {error.strerror}") from error
        if states == self._loaded:
            return False
        # First a trial: a context in which loading fails is left with half of it.
        for context in (ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self.context):
            for certificate, key in files:
                _load(context, certificate, key)
        self._loaded, self.files = states, files
        return True


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_refuse_passphrase)
    except ssl.SSLError as error:
        raise TlsUnusable(_explain(error, certificate, key)) from error
    except OSError as error:
        raise TlsUnusable(f"{certificate} or {key}: {error.strerror}") from error


def _refuse_passphrase() -> str:
    raise TlsUnusable("the key has a passphrase, which nobody could type at a restart: write it without one")


def _explain(error: ssl.SSLError, certificate: Path, key: Path) -> str:
    if error.reason in MISMATCHES:
        return f"{key} is not the key of the certificate {certificate}"
    return f"{certificate} or {key} is no PEM file with a certificate and a key ({error.reason or error})"


def _trust(context: ssl.SSLContext, client_ca: Path) -> None:
    try:
        context.load_verify_locations(cafile=client_ca)
    except ssl.SSLError as error:
        raise TlsUnusable(f"client_ca: {client_ca} is no PEM file with certificates") from error
    except OSError as error:
        raise TlsUnusable(f"client_ca: {client_ca}: {error.strerror}") from error
