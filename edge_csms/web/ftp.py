"""FTP for chargers that know no other way: one-time users, each of whom sees one file or may leave one.

User and password are made for one job and hold as long as its one-time path. The server runs in a thread of its own,
with its own loop; what it asks of the site it asks of the site's loop and waits for.
"""

import asyncio
import errno
import logging
import os
import posixpath
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from pyftpdlib.authorizers import AuthenticationFailed
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import DTPHandler, FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from edge_csms.central.file_transfers import FileTransfers, Incoming
from edge_csms.domain.errors import Forbidden, Refusal, TooLarge
from edge_csms.services.file_jobs import Slot
from edge_csms.services.file_store import clean_name

T = TypeVar("T")

MOST_CONNECTIONS = 64  # control and data together
MOST_OF_ONE_ADDRESS = 8
ASK_SECONDS = 30.0
POLL_SECONDS = 0.25  # until the end of the server is noticed
# Of the rest nothing is needed to fetch or leave one file.
COMMANDS = frozenset(
    """ABOR ALLO CDUP CWD EPRT EPSV FEAT LIST MDTM MODE NLST NOOP OPTS PASS PASV PORT PWD QUIT REST RETR SIZE STOR STRU
    SYST TYPE USER XCUP XCWD XPWD""".split()  # noqa: SIM905 - a list of 30 words reads worse
)

logging.getLogger("pyftpdlib").setLevel(logging.WARNING)


class Desk:
    """What the thread asks of the site."""

    def __init__(self, transfers: FileTransfers) -> None:
        self.transfers = transfers
        self._loop = asyncio.get_running_loop()

    def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Have something done on the site's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(ASK_SECONDS)

    def find(self, token: str) -> Slot:
        """Find what a token is for; raises a Refusal."""
        try:
            return self.ask(self.transfers.open_slot(token, is_upload=False))
        except Forbidden:
            return self.ask(self.transfers.open_slot(token, is_upload=True))


class Upload:
    """The file object that an upload is written to."""

    def __init__(self, desk: Desk, slot: Slot, incoming: Incoming, name: str) -> None:
        self.name = name
        self.closed = False
        self._desk = desk
        self._slot = slot
        self._incoming = incoming

    def write(self, piece: bytes) -> None:
        """Add a piece; a refusal becomes the error that a full disk would be."""
        if self._incoming.superseded:
            raise OSError(errno.EEXIST, "a newer upload took the place of this one")
        try:
            self._incoming.file.write(piece)
        except TooLarge as refusal:
            raise OSError(errno.EFBIG, refusal.detail) from refusal
        except Refusal as refusal:
            raise OSError(errno.ENOSPC, refusal.detail) from refusal

    def keep(self, address: str) -> None:
        """Keep the file for good; raises a Refusal."""
        name = clean_name(self.name, f"job-{self._slot.job.job_id}")
        self._desk.ask(self._desk.transfers.receive(self._slot, self._incoming, name, address))

    def close(self) -> None:
        """Let go of what was not kept."""
        self.closed = True
        self._desk.ask(self._desk.transfers.abandon(self._slot, self._incoming))


class DataChannel(DTPHandler):  # type: ignore[misc]  # it has no types
    """A data connection that says "complete" only when the file is on disk and in the books."""

    def close(self) -> None:
        """End the transfer; FTP can't tell a whole file from a cut one, so an empty one counts as none."""
        file = self.file_obj
        if not self._closed and isinstance(file, Upload) and self.transfer_finished and self.tot_bytes_received:
            try:
                file.keep(self.cmd_channel.remote_ip)
            except Refusal as refusal:
                self._resp = (f"552 {refusal.detail}.", logging.getLogger("pyftpdlib").debug)
        super().close()


class OneFile(AbstractedFS):  # type: ignore[misc]  # it has no types
    """What a one-time user sees: a folder with the file of its job, or an empty one."""

    @property
    def _slot(self) -> Slot:
        slot: Slot = self.cmd_channel.slot
        return slot

    def ftp2fs(self, ftppath: str) -> str:
        """Give a path; all of them are made up."""
        return str(self.ftpnorm(ftppath))

    def fs2ftp(self, fspath: str) -> str:
        """Give it back."""
        return fspath

    def validpath(self, path: str) -> bool:
        """Let every path be: none of them leads anywhere."""
        return True

    def open(self, filename: str, mode: str) -> Any:
        """Open the file of the job, whatever it is called; raises OSError."""
        desk: Desk = self.cmd_channel.desk
        try:
            if mode == "rb" and (image := self._slot.image) is not None:
                desk.ask(desk.transfers.note_fetch(self._slot, 0))
                return desk.transfers.store.open(image.stored_as)
            if mode == "wb" and self._slot.image is None:
                incoming = desk.ask(desk.transfers.begin_upload(self._slot))
                return Upload(desk, self._slot, incoming, posixpath.basename(filename))
        except Refusal as refusal:
            raise OSError(errno.EIO, refusal.detail) from refusal
        raise OSError(errno.EACCES, "Not possible here")

    def chdir(self, path: str) -> None:
        """Go nowhere, and say that it worked: some chargers insist on a folder."""
        self.cwd = "/"

    def listdir(self, path: str) -> list[str]:
        """Name the file that may be fetched."""
        return [] if self._slot.image is None else [self._slot.image.name]

    def isfile(self, path: str) -> bool:
        """Say whether this is the file that may be fetched."""
        return posixpath.basename(path) in self.listdir("/")

    def isdir(self, path: str) -> bool:
        """Say whether this is a folder; all is but the file."""
        return not self.isfile(path)

    def lexists(self, path: str) -> bool:
        """Say whether this is there."""
        return self.isfile(path)

    def stat(self, path: str) -> os.stat_result:
        """Say how large the file is; raises OSError."""
        image = self._slot.image
        if image is None or not self.isfile(path):
            raise FileNotFoundError(errno.ENOENT, "No such file")
        store = self.cmd_channel.desk.transfers.store
        return os.stat(store.path(image.stored_as))

    lstat = stat

    def getsize(self, path: str) -> int:
        """Say how large the file is; raises OSError."""
        return self.stat(path).st_size

    def getmtime(self, path: str) -> float:
        """Say when the file came; raises OSError."""
        return self.stat(path).st_mtime


class OneTimeUsers:
    """Lets in whoever has the token of a job, as the user named after that job."""

    def validate_authentication(self, username: str, password: str, handler: Any) -> None:
        """Find the job of a token; raises AuthenticationFailed."""
        try:
            slot = handler.desk.find(password)
        except (Refusal, TimeoutError) as refusal:
            raise AuthenticationFailed from refusal
        if username != f"job{slot.job.job_id}":
            raise AuthenticationFailed
        handler.slot = slot

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        """Let a user look around, fetch and store; the folder itself says what of it works."""
        return perm in "elrw"

    def get_perms(self, username: str) -> str:
        """Say the same."""
        return "elrw"

    def has_user(self, username: str) -> bool:
        """Say whether there is such a user: who isn't let in is none."""
        return True

    def get_home_dir(self, username: str) -> str:
        """Name the folder of a user."""
        return "/"

    def get_msg_login(self, username: str) -> str:
        """Greet."""
        return "Welcome."

    def get_msg_quit(self, username: str) -> str:
        """Take leave."""
        return "Goodbye."

    def impersonate_user(self, username: str, password: str) -> None:
        """Stay who we are."""

    def terminate_impersonation(self, username: str) -> None:
        """Stay who we are."""


class ControlChannel(FTPHandler):  # type: ignore[misc]  # it has no types
    """One charger's connection."""

    desk: Desk
    slot: Slot
    banner = "Ready."
    authorizer = OneTimeUsers()
    abstracted_fs = OneFile
    dtp_handler = DataChannel
    proto_cmds = {name: what for name, what in FTPHandler.proto_cmds.items() if name in COMMANDS}
    auth_failed_timeout = 1

    def on_file_sent(self, file: str) -> None:
        """Note that a charger has its firmware."""
        size_bytes = self.slot.image.size_bytes if self.slot.image is not None else 0
        self.desk.ask(self.desk.transfers.note_fetch(self.slot, size_bytes))


class FtpServer:
    """The server in its thread."""

    def __init__(self, transfers: FileTransfers, listening: list[socket.socket]) -> None:
        channel = type("Channel", (ControlChannel,), {"desk": Desk(transfers)})
        self._loop = IOLoop.factory()
        for one in listening:
            server = FTPServer(one, channel, ioloop=self._loop)
            server.max_cons, server.max_cons_per_ip = MOST_CONNECTIONS, MOST_OF_ONE_ADDRESS
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="ftp", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    async def stop(self) -> None:
        """End all connections; the site's loop goes on meanwhile, for what is asked of it."""
        self._stopping.set()
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self._loop.loop(POLL_SECONDS, blocking=False)
        self._loop.close()
