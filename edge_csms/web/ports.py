"""The ports of the server: taken before anything is opened, served once everything is ready, and given back."""

import errno
import resource
import socket
import ssl
from typing import TYPE_CHECKING

from tornado.netutil import bind_sockets
from tornado.web import Application

from edge_csms.central.attempts import Attempts
from edge_csms.central.file_transfers import FileTransfers
from edge_csms.domain.errors import Refusal
from edge_csms.web.server import SiteServer, make_server
from edge_csms.web.strangers import ALTOGETHER, Strangers

if TYPE_CHECKING:
    from edge_csms.web.ftp import FtpServer

BACKLOG = 4096  # a reconnecting site must not run into SYN retransmits


class CannotListen(Refusal):
    """The port can't be had."""


class Ports:
    """The ports by what is spoken there: "http", "https" and "ftp"."""

    def __init__(self, host: str, attempts: Attempts) -> None:
        self.numbers: dict[str, int] = {}  # of those that are taken
        self.strangers = Strangers(altogether=min(ALTOGETHER, _open_files() // 2))
        self._host = host
        self._attempts = attempts
        self._sockets: dict[str, list[socket.socket]] = {}
        self._servers: list[SiteServer] = []
        self._ftp: FtpServer | None = None

    def take(self, name: str, port: int, setting: str) -> None:
        """Take a port, 0 = any; raises CannotListen, which names the `setting` that chose it."""
        try:
            address = None if self._host in ("", "0.0.0.0") else self._host
            taken = bind_sockets(port, address=address, backlog=BACKLOG)
        except OSError as error:
            self.give_back()
            hint = f"another program uses it; change {setting}, or stop that program"
            reason = hint if error.errno == errno.EADDRINUSE else error.strerror or str(error)
            raise CannotListen(f"can't listen on {self._host} port {port}: {reason}") from error
        self._sockets[name] = taken
        self.numbers[name] = int(taken[0].getsockname()[1])

    def give_back(self) -> None:
        """Close ports that were taken and never served."""
        for taken in self._sockets.values():
            for one in taken:
                one.close()
        self._sockets.clear()

    def serve(self, name: str, application: Application, tls: ssl.SSLContext | None = None) -> None:
        """Let in who calls on a port that was taken."""
        server = make_server(application, self._attempts, self.strangers, tls)
        server.add_sockets(self._sockets.pop(name))
        self._servers.append(server)

    def serve_ftp(self, transfers: FileTransfers) -> None:
        """Let in who brings or fetches files by FTP."""
        from edge_csms.web.ftp import FtpServer  # only who wants it pays for it

        self._ftp = FtpServer(transfers, self._sockets.pop("ftp"))
        self._ftp.start()

    async def stop(self) -> None:
        """Let nobody in any more."""
        for server in self._servers:
            server.stop()
        if self._ftp is not None:
            await self._ftp.stop()

    async def close(self) -> None:
        """End the connections that are left."""
        for server in self._servers:
            await server.close_all_connections()


def allow_many_connections() -> None:
    """Let this process open as many files as it may; each connection is one, and the usual limit is a low 1024."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard := resource.getrlimit(resource.RLIMIT_NOFILE)[1], hard))


def _open_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
