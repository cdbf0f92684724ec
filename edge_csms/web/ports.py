"""The ports of the server: taken before anything is opened, served once everything is ready, moved, and given back."""

import errno
import resource
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tornado.netutil import bind_sockets
from tornado.web import Application

from edge_csms.central.attempts import Attempts
from edge_csms.central.file_transfers import FileTransfers
from edge_csms.domain.errors import Refusal
from edge_csms.services.preflight import Port, explain_port
from edge_csms.web.server import SiteServer, make_server
from edge_csms.web.strangers import ALTOGETHER, Strangers

if TYPE_CHECKING:
    from edge_csms.web.ftp import FtpServer

BACKLOG = 4096  # a reconnecting site must not run into SYN retransmits
ANY_ADDRESS = ("", "0.0.0.0")


class CannotListen(Refusal):
    """The port can't be had; `setting` chose it."""

    def __init__(self, detail: str, setting: str) -> None:
        super().__init__(detail)
        self.setting = setting


@dataclass
class Door:
    """A port that is taken: where, for which setting, and who serves there."""

    host: str
    port: int  # that was asked for, 0 = any
    setting: str
    sockets: list[socket.socket]
    number: int
    server: SiteServer | None = None
    serving: "tuple[Application, ssl.SSLContext | None] | None" = None

    @property
    def is_closed(self) -> bool:
        """Say whether nobody is let in any more."""
        return self.sockets[0].fileno() == -1

    def show(self, application: Application, tls: ssl.SSLContext | None) -> None:
        """Serve this from now on."""
        assert self.server is not None
        self.server.request_callback, self.server.ssl_options = application, tls
        self.serving = application, tls

    def close(self) -> None:
        """Let nobody in any more; who is in stays."""
        if self.server is not None:
            self.server.stop()
        for one in self.sockets:
            one.close()


class Ports:
    """The ports by what is spoken there: "http", "https" and "ftp"."""

    def __init__(self, attempts: Attempts) -> None:
        self.numbers: dict[str, int] = {}  # of those that are taken
        self.strangers = Strangers(altogether=min(ALTOGETHER, _open_files() // 2))
        self._attempts = attempts
        self._doors: dict[str, Door] = {}
        self._former: dict[str, Door | None] = {}  # of those that were moved, until it is settled
        self._servers: list[SiteServer] = []  # of all that were opened: their connections outlive them
        self._ftp: FtpServer | None = None

    def take(self, name: str, host: str, port: int, setting: str) -> None:
        """Take a port, 0 = any; raises CannotListen, and then none is kept."""
        try:
            self._doors[name] = self._take(host, port, setting)
        except CannotListen:
            self.give_back()
            raise
        self.numbers[name] = self._doors[name].number

    def give_back(self) -> None:
        """Close ports that were taken and never served."""
        for door in self._doors.values():
            door.close()
        self._doors.clear()
        self.numbers.clear()

    def serve(self, name: str, application: Application, tls: ssl.SSLContext | None = None) -> None:
        """Let in who calls on a port that was taken."""
        self._serve(self._doors[name], application, tls)

    def show(self, name: str, application: Application, tls: ssl.SSLContext | None = None) -> None:
        """Serve something else on a port from now on, to those who are in as well."""
        self._doors[name].show(application, tls)

    def move(
        self, name: str, host: str, port: int, setting: str, application: Application, tls: ssl.SSLContext | None = None
    ) -> None:
        """Serve at another place, beside the former one until it is settled; raises CannotListen: then nothing moved.

        Two sockets can't have one number on addresses of which one contains the other: there the former goes first.
        """
        former = self._doors.get(name)
        overlaps = former is not None and former.number == port
        if former is not None and overlaps:
            former.close()
        try:
            door = self._take(host, port, setting)
        except CannotListen:
            if former is not None and overlaps:
                self._reopen(name, former)
            raise
        self._serve(door, application, tls)
        self._former[name], self._doors[name], self.numbers[name] = former, door, door.number

    def settle(self, *left: str) -> None:
        """Leave for good the places that were moved from, and the ports that are `left` without another place."""
        for door in self._former.values():
            if door is not None:
                door.close()
        self._former.clear()
        for name in left:
            self._doors.pop(name).close()
            del self.numbers[name]

    def go_back(self) -> None:
        """Leave the new places for the former ones."""
        for name, former in self._former.items():
            self._doors.pop(name).close()
            del self.numbers[name]
            if former is not None:
                self._reopen(name, former)
        self._former.clear()

    def serve_ftp(self, transfers: FileTransfers) -> None:
        """Let in who brings or fetches files by FTP."""
        from edge_csms.web.ftp import FtpServer  # only who wants it pays for it

        self._ftp = FtpServer(transfers, self._doors.pop("ftp").sockets)
        self._ftp.start()

    async def stop(self) -> None:
        """Let nobody in any more."""
        for door in (*self._doors.values(), *filter(None, self._former.values())):
            door.close()
        if self._ftp is not None:
            await self._ftp.stop()

    async def close(self) -> None:
        """End the connections that are left."""
        for server in self._servers:
            await server.close_all_connections()

    def _take(self, host: str, port: int, setting: str) -> Door:
        try:
            taken = bind_sockets(port, address=None if host in ANY_ADDRESS else host, backlog=BACKLOG)
        except OSError as error:
            reason = self._explain(error, Port(setting, host, port, ours=False))
            raise CannotListen(f"can't listen on {host} port {port}: {reason}", setting) from error
        return Door(host, port, setting, taken, int(taken[0].getsockname()[1]))

    def _explain(self, error: OSError, wanted: Port) -> str:
        if error.errno == errno.EADDRINUSE and wanted.number in self.numbers.values():
            return "this server itself uses it for something else"
        return "; ".join(explain_port(error, wanted))

    def _serve(self, door: Door, application: Application, tls: ssl.SSLContext | None) -> None:
        door.server = make_server(application, self._attempts, self.strangers, tls)
        door.serving = application, tls
        door.server.add_sockets(door.sockets)
        self._servers.append(door.server)

    def _reopen(self, name: str, former: Door) -> None:
        """Take a former place again, where it was closed; what was served there is served again."""
        if former.is_closed and former.serving is not None:
            serving = former.serving
            former = self._take(former.host, former.number, former.setting)
            self._serve(former, *serving)
        self._doors[name], self.numbers[name] = former, former.number


def allow_many_connections() -> None:
    """Let this process open as many files as it may; each connection is one, and the usual limit is a low 1024."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard := resource.getrlimit(resource.RLIMIT_NOFILE)[1], hard))


def _open_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
