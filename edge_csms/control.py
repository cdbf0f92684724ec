"""Commands on what is stored: a running server carries them out, asked through its Unix socket; else they run here.

Whoever opens the database holds a lock on the data directory, so that there is one writer at any time.
"""

import asyncio
import contextlib
import errno
import fcntl
import json
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_csms.domain.accounts import Actor, password_faults
from edge_csms.domain.errors import Conflict, Invalid, Refusal
from edge_csms.domain.roles import Role
from edge_csms.jobs.backup import keep_secrets
from edge_csms.services import accounts, passwords, site_secrets
from edge_csms.services.setup_code import SetupCode
from edge_csms.storage import backup_directory, backups, sequences
from edge_csms.storage.database import Database
from edge_csms.storage.highest_id import HighestId

log = logging.getLogger(__name__)

DATABASE = "edge-csms.db"
LOCK = "lock"
SOCKET = "control.sock"
CONSOLE = Actor("", "console")
ANSWER_SECONDS = 600.0  # a backup of a large site takes its time
QUICK_SECONDS = 5.0  # for what takes none
MAX_ANSWER = 4 << 20
MAX_REQUEST = 64 * 1024


class DataDirUnusable(Refusal):
    """The data directory can't be written, or another process uses it."""


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data directory and what is in it; raises DataDirUnusable.

    One that can't be written now is left as it is if a site has lived there: it is served as far as it can be read.
    """
    try:
        for directory in (data_dir, data_dir / "backups", data_dir / "captures", data_dir / "files"):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data_dir / LOCK).touch(0o600)
    except OSError as error:
        if error.errno in (errno.EROFS, errno.ENOSPC) and (data_dir / LOCK).exists():
            return
        raise DataDirUnusable(f"the data directory {data_dir} can't be written: {error.strerror}") from error


@contextlib.contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this process; raises Conflict while another one does."""
    prepare_data_dir(data_dir)
    with (data_dir / LOCK).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"another edge-csms is using the data directory {data_dir}") from None
        yield


def administer(data_dir: Path, command: str, arguments: dict[str, Any]) -> Any:
    """Let the running server carry out a command, or do it here when none runs."""
    if (data_dir / SOCKET).exists():
        with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
            return _ask_server(data_dir, command, arguments)
    with locked(data_dir):
        if command == "restore":
            return asyncio.run(restore(data_dir, Path(arguments["source"]), arguments.get("recovery_code")))
        return asyncio.run(_perform_here(data_dir, command, arguments))


def ask(data_dir: Path, command: str) -> Any:
    """Let the running server carry out what only it can, within seconds; raises Conflict where none answers."""
    try:
        return _ask_server(data_dir, command, {}, QUICK_SECONDS)
    except (OSError, ValueError) as error:
        raise Conflict(f"no server answers: {error}") from error


class ControlServer:
    """Takes commands through a socket file that only the owner of the data directory may open."""

    def __init__(self, data_dir: Path, database: Database, own: Mapping[str, Callable[[], Awaitable[Any]]]) -> None:
        self._data_dir = data_dir
        self._database = database
        self._own = own  # commands that only a running server can carry out, and who does
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; on a disk that can't be written there is no socket, and commands wait for better times."""
        try:
            (self._data_dir / SOCKET).unlink(missing_ok=True)
            with _short_path(self._data_dir) as path:
                self._server = await asyncio.start_unix_server(self._serve, path, limit=MAX_REQUEST)
            (self._data_dir / SOCKET).chmod(0o600)
        except OSError as error:
            log.error("commands can't reach this server: %s: %s", self._data_dir / SOCKET, error.strerror)

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(OSError):  # a disk that can't be written any more
                (self._data_dir / SOCKET).unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            said = json.loads(await reader.readline())
            answer: dict[str, Any] = {"result": await self._perform(said["command"], said["arguments"])}
        except Refusal as refusal:
            answer = {"refusal": refusal.detail}
        except Exception:
            log.exception("a command failed")
            answer = {"refusal": "the server failed; see its log"}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def _perform(self, command: str, arguments: dict[str, Any]) -> Any:
        if (own := self._own.get(command)) is not None:
            return await own()
        return await _perform(self._database, self._data_dir, command, arguments)


async def _perform_here(data_dir: Path, command: str, arguments: dict[str, Any]) -> Any:
    database = Database(data_dir / DATABASE)
    await database.open()
    try:
        return await _perform(database, data_dir, command, arguments)
    finally:
        await database.close()


async def _perform(database: Database, data_dir: Path, command: str, arguments: dict[str, Any]) -> Any:
    now, loop = datetime.now(UTC), asyncio.get_running_loop()
    match command, arguments:
        case "add_user", {"username": username, "role": role, "password": password}:
            hashed = await loop.run_in_executor(None, _hash, password, username)
            await database.run(accounts.add, now, CONSOLE, username, hashed, Role(role))
            SetupCode(data_dir).finish()
        case "list_users", _:
            found = await database.read(accounts.list_)
            return [{"username": one.username, "role": one.role.value, "active": one.active} for one in found]
        case "set_password", {"username": username, "password": password}:
            hashed = await loop.run_in_executor(None, _hash, password, username)
            await database.run(accounts.change, now, CONSOLE, username, password_hash=hashed)
        case "remove_user", {"username": username}:
            await database.run(accounts.remove, now, CONSOLE, username)
        case "backup", {"destination": destination}:
            await keep_secrets(database, data_dir)
            with backup_directory.noted(data_dir, Path(destination)):
                await loop.run_in_executor(None, backups.write, database.path, Path(destination))
        case "restore", _:
            raise Conflict("the server is running: stop it first, then restore")
        case _:
            raise Conflict(f"the running server is of another version: it knows no command {command}")
    return None


def _hash(password: str, username: str) -> str:
    if faults := password_faults(password, username):
        raise Invalid(" ".join(faults), {"password": faults})
    return passwords.hash_password(password)


async def restore(data_dir: Path, source: Path, recovery_code: str | None) -> dict[str, Any]:
    """Put a backup in the place of the data, of which the caller holds the lock; the replaced ones are kept beside.

    Returns where (`kept`), whether the site's secrets were `taken_over` or `lost`, and in the second case which charge
    points are `affected`, with the reason. Raises Invalid or BackupFailed, and then nothing has changed.
    """
    path, now = data_dir / DATABASE, datetime.now(UTC)
    texts = await asyncio.to_thread(site_secrets.open_in, source, data_dir, recovery_code)
    lost = texts != {}  # until they are here: whatever cuts this off, the next start tells
    kept = await asyncio.to_thread(backups.restore, path, source, now, lambda: site_secrets.note(lost, now))
    if texts:
        site_secrets.take_over(data_dir, texts, now)
    database, highest = Database(path), HighestId(data_dir)
    await database.open()
    try:
        await database.run(sequences.raise_to, sequences.TRANSACTION, highest.value)
        await database.run(site_secrets.note, texts is None, now)
        loss = await database.run(site_secrets.find_loss)
    finally:
        highest.close()
        await database.close()
    affected = [] if loss is None else [[one.charge_point_id, one.reason] for one in loss.affected]
    return {
        "kept": None if kept is None else str(kept),
        "taken_over": bool(texts),
        "lost": texts is None,
        "affected": affected,
    }


def _ask_server(data_dir: Path, command: str, arguments: dict[str, Any], answer_seconds: float = ANSWER_SECONDS) -> Any:
    with socket.socket(socket.AF_UNIX) as connection, _short_path(data_dir) as path:
        connection.settimeout(answer_seconds)
        connection.connect(path)
        connection.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        said = connection.makefile().readline(MAX_ANSWER)
        answer = json.loads(said or '{"refusal": "the server stopped before it answered"}')
    if "refusal" in answer:
        raise Conflict(answer["refusal"])
    return answer["result"]


@contextlib.contextmanager
def _short_path(data_dir: Path) -> Iterator[str]:
    """Give a path to the socket that fits into the 108 bytes which the kernel allows, however deep it lies."""
    directory = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{SOCKET}"
    finally:
        os.close(directory)
