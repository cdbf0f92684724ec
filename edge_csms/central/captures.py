"""Captures: what is said between charge points and us, written to a file because somebody asked for it.

The inspector keeps the latest frames only; a fault that shows itself once a night needs a longer memory. Each capture
is bounded in time and bytes, and so are all together.
"""

import asyncio
import logging
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

import msgspec

from edge_csms.central.inspector import Inspector, Message, as_text
from edge_csms.domain.errors import Conflict, NoRoom, NotFound
from edge_csms.domain.model import fold
from edge_csms.services.file_store import MEGABYTE, MOST_KEPT_FREE, clean_name

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

MOST_BYTES = 50 * MEGABYTE  # of one capture
MOST_BYTES_TOGETHER = 200 * MEGABYTE
MOST_RUNNING = 4
SUFFIX = ".jsonl"
NAME = re.compile(r"[\w .()+-]+\.jsonl", re.ASCII)


class Heading(msgspec.Struct):
    """The first line of the file."""

    charge_point_id: str | None  # None = all
    started_at: datetime
    asked_by: str


class Line(msgspec.Struct):
    """One message: a CALL and its answer."""

    at: datetime
    charge_point_id: str
    direction: str
    action: str
    message_id: str
    request: str
    answer: str | None
    latency_ms: float | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture, running or done."""

    name: str
    heading: Heading
    size_bytes: int
    ends_at: datetime | None = None  # None = it has ended


class _Running:
    """A capture that is being written; its file belongs to the one thread that writes."""

    def __init__(self, heading: Heading, ends_at: datetime, file: BinaryIO) -> None:
        self.heading = heading
        self.ends_at = ends_at
        self.file = file
        self.size_bytes = 0
        self.let_go: list[Callable[[], None]] = []

    def wants(self, charge_point_id: str) -> bool:
        """Say whether this charge point is meant."""
        return self.heading.charge_point_id is None or fold(self.heading.charge_point_id) == fold(charge_point_id)


class Captures:
    """All captures of the site. The disk is slow, so one thread of its own writes, in order."""

    def __init__(self, inspector: Inspector, directory: Path, now: Callable[[], datetime]) -> None:
        self._inspector = inspector
        self._directory = directory
        self._now = now
        self._running: dict[str, _Running] = {}
        self._thread = ThreadPoolExecutor(1, "captures")

    async def begin(self, charge_point_id: str | None, lasts: timedelta, asked_by: str) -> Capture:
        """Begin a capture of one charge point, or of all with None. Raises Conflict or NoRoom."""
        if len(self._running) >= MOST_RUNNING:
            raise Conflict(f"{MOST_RUNNING} captures are running already; end one of them first")
        heading = Heading(charge_point_id, self._now(), asked_by)
        name = f"{heading.started_at:%Y-%m-%dT%H-%M-%S.%fZ} {clean_name(charge_point_id or 'all')}{SUFFIX}"
        file = await self.run(self._create, name)
        running = self._running[name] = _Running(heading, heading.started_at + lasts, file)
        self._write(name, running, heading)
        timer = asyncio.get_running_loop().call_later(lasts.total_seconds(), self._end, name)
        running.let_go = [timer.cancel, self._inspector.watch(lambda message: self._note(name, running, message))]
        return _shown(name, running)

    async def end(self, name: str) -> Capture:
        """End a capture; one that has ended stays so. Raises NotFound."""
        self._end(name)
        return await self.get(name)

    async def get(self, name: str) -> Capture:
        """Find a capture; raises NotFound."""
        found = next((one for one in await self.list_() if one.name == name), None)
        if found is None:
            raise NotFound(f"there is no capture {name}")
        return found

    async def list_(self) -> list[Capture]:
        """List the captures, the newest first."""
        stored = {one.name: one for one in await self.run(self._read_all)}
        shown = stored | {name: _shown(name, running) for name, running in self._running.items()}
        return [shown[name] for name in sorted(shown, reverse=True)]

    async def open(self, name: str) -> tuple[BinaryIO, int]:
        """Open the file of a capture, with all that was said until now, and say how long it is. Raises NotFound."""
        await self.get(name)
        return await self.run(self._open, name)

    async def delete(self, name: str) -> None:
        """End a capture and delete its file. Raises NotFound."""
        await self.end(name)
        await self.run((self._directory / name).unlink)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what touches the disk in the thread for it."""
        return await asyncio.wrap_future(self._thread.submit(function, *args, **kwargs))

    def close(self) -> None:
        """End all, with what was said until now on disk."""
        for name in tuple(self._running):
            self._end(name)
        self._thread.shutdown()

    def _note(self, name: str, running: _Running, message: Message) -> None:
        if running.wants(message.charge_point_id):
            self._write(name, running, _line(message))

    def _write(self, name: str, running: _Running, what: Heading | Line) -> None:
        line = msgspec.json.encode(what) + b"\n"
        if running.size_bytes + len(line) > MOST_BYTES:
            self._end(name)
            return
        running.size_bytes += len(line)
        loop = asyncio.get_running_loop()

        def write() -> None:
            try:
                running.file.write(line)
            except (OSError, ValueError) as error:  # ValueError: closed, because a write before this one failed
                log.warning("the capture %s ends: %s", name, error)
                loop.call_soon_threadsafe(self._end, name)

        self._thread.submit(write)

    def _end(self, name: str) -> None:
        running = self._running.pop(name, None)
        if running is not None:
            for let_go in running.let_go:
                let_go()
            self._thread.submit(running.file.close)

    # In the thread

    def _create(self, name: str) -> BinaryIO:
        used = sum(path.stat().st_size for path in self._directory.iterdir())
        if used + MOST_BYTES > MOST_BYTES_TOGETHER:
            raise NoRoom("the captures take all the room that they may; delete some first")
        if shutil.disk_usage(self._directory).free < MOST_KEPT_FREE + MOST_BYTES:
            raise NoRoom("there is not enough space left on the disk for a capture")
        return (self._directory / name).open("xb")

    def _read_all(self) -> list[Capture]:
        found = []
        for path in self._directory.iterdir():
            if NAME.fullmatch(path.name):
                with path.open("rb") as file:
                    first = file.readline(MEGABYTE)
                found.append(Capture(path.name, _heading(first, path), path.stat().st_size))
        return found

    def _open(self, name: str) -> tuple[BinaryIO, int]:
        if (running := self._running.get(name)) is not None:
            running.file.flush()
        path = self._directory / name
        return path.open("rb"), path.stat().st_size


def _shown(name: str, running: _Running) -> Capture:
    return Capture(name, running.heading, running.size_bytes, running.ends_at)


def _heading(line: bytes, path: Path) -> Heading:
    """Read the first line; that of a file which a crash left empty is made up."""
    try:
        return msgspec.json.decode(line, type=Heading)
    except msgspec.DecodeError:
        return Heading(None, datetime.fromtimestamp(path.stat().st_mtime).astimezone(), "")


def _line(message: Message) -> Line:
    return Line(
        at=message.sent_at,
        charge_point_id=message.charge_point_id,
        direction=message.direction,
        action=message.action,
        message_id=str(message.message_id),
        request=as_text(message.request),
        answer=None if message.answer is None else as_text(message.answer),
        latency_ms=message.latency_ms,
        fault=message.fault,
    )
