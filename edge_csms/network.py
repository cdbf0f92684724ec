"""Where the server listens and what it shows there: one arrangement of ports and TLS, or two while one is on trial."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from tornado.web import Application

from edge_csms.central.attempts import Attempts
from edge_csms.central.file_transfers import FileTransfers
from edge_csms.config import Config
from edge_csms.domain.certificates import CertificateUse
from edge_csms.domain.settings import Network as Place
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.web.ports import CannotListen, Ports
from edge_csms.web.tls import OwnFiles, ServerTls

log = logging.getLogger(__name__)

PLAIN, ENCRYPTED = "[server] port", "[tls] port"


class Network:
    """The ports of the server by its settings, and the certificate of the encrypted one."""

    def __init__(
        self,
        config: Config,
        attempts: Attempts,
        authority: CertificateAuthority,
        names: Callable[[], Iterable[str]],
        now: Callable[[], datetime],
    ) -> None:
        self.ports = Ports(attempts)
        self._authority = authority
        self._names = names
        self._now = now
        self._application: Application
        self._redirecting: Application
        self.config, self.tls = config, self._make_tls(config)
        self._former: tuple[Config, ServerTls] | None = None  # while the present ones are on trial

    @property
    def place(self) -> Place:
        """Give where it listens now, with the numbers of the ports that were got."""
        numbers, tls = self.ports.numbers, self.config.tls.enabled
        return Place(self.config.server.host, numbers["http"], tls, numbers["https"] if tls else 0)

    def take(self, config: Config) -> None:
        """Take the ports by these settings, instead of others that are taken; raises Refusal, and then none is kept."""
        if self.ports.numbers and config == self.config:
            return
        self.ports.give_back()
        self.config, self.tls = config, self._make_tls(config)
        host = self.config.server.host
        if self.config.tls.enabled:
            self.tls.prepare(self._now())
        self.ports.take("http", host, self.config.server.port, PLAIN)
        if self.config.tls.enabled:
            self.ports.take("https", host, self.config.tls.port, ENCRYPTED)
        if self.config.files.ftp_enabled:
            self.ports.take("ftp", host, self.config.files.ftp_port, "[files] ftp_port")

    def open(self, application: Application, redirecting: Application, transfers: FileTransfers) -> None:
        """Let in who calls. Beside an encrypted port people are redirected to it."""
        self._application, self._redirecting = application, redirecting
        tls = self.config.tls.enabled
        self.ports.serve("http", redirecting if tls else application)
        if tls:
            self.ports.serve("https", application, self.tls.context)
        if self.config.files.ftp_enabled:
            self.ports.serve_ftp(transfers)

    async def try_(self, config: Config) -> None:
        """Serve by other settings too, beside the present ones; raises Refusal, and then all is as it was."""
        tls = self.tls
        if config.tls.enabled and config.tls != self.config.tls:
            tls = self._make_tls(config)
            await asyncio.get_running_loop().run_in_executor(None, tls.prepare, self._now())
        try:
            self._move(config, tls)
        except CannotListen:
            self.ports.go_back()
            raise
        self._former, self.config, self.tls = (self.config, self.tls), config, tls
        # Whoever has no way yet to trust the certificate must be able to go back on the plain port.
        self._show(redirects=self._former[0].tls.enabled and config.tls.enabled)

    def settle(self) -> None:
        """Keep what is on trial, and leave the rest. Connections stay: chargers are not thrown out for it."""
        assert self._former is not None
        left = ("https",) if self._former[0].tls.enabled and not self.config.tls.enabled else ()
        self._former = None
        self.ports.settle(*left)
        self._show(redirects=self.config.tls.enabled)

    def go_back(self) -> None:
        """Leave what is on trial."""
        assert self._former is not None
        (self.config, self.tls), self._former = self._former, None
        try:
            self.ports.go_back()
        except CannotListen as error:
            log.error("the network can't be set back as it was: %s", error.detail)
        self._show(redirects=self.config.tls.enabled)

    def certificate_files(self) -> list[tuple[CertificateUse, Path]]:
        """Give the files of all certificates that the site made for itself, shows, or knows clients by."""
        roots = [(CertificateUse.ROOT, path) for path in self._authority.list_root_files()]
        return roots + self.tls.certificate_files

    async def renew(self) -> None:
        """Make the certificate of the encrypted port anew where time or names ask for it."""
        if not self.config.tls.enabled:
            return
        files = await asyncio.get_running_loop().run_in_executor(None, self.tls.renewed, self._now())
        if self.tls.load(files):
            log.info("the encrypted port shows a new certificate")

    def _make_tls(self, config: Config) -> ServerTls:
        own = OwnFiles(config.tls.certificate, config.tls.key, config.tls.client_ca)
        return ServerTls(self._authority, own, self._names)

    def _move(self, config: Config, tls: ServerTls) -> None:
        host, before = config.server.host, self.config
        elsewhere = host != before.server.host
        if elsewhere or config.server.port != before.server.port:
            self.ports.move("http", host, config.server.port, PLAIN, self._application)
        opens = config.tls.enabled and not before.tls.enabled
        if opens or (config.tls.enabled and (elsewhere or config.tls.port != before.tls.port)):
            self.ports.move("https", host, config.tls.port, ENCRYPTED, self._application, tls.context)

    def _show(self, *, redirects: bool) -> None:
        self.ports.show("http", self._redirecting if redirects else self._application)
        if self.config.tls.enabled:
            self.ports.show("https", self._application, self.tls.context)
