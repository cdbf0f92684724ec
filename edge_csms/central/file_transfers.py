"""Files that come and go: what a one-time path gives and takes, whatever the protocol, and room for it on the disk.

The disk is slow, so whatever touches it runs in a few threads of its own. A file is never in memory as a whole.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from edge_csms.central.context import Context
from edge_csms.central.settings import FileSettings
from edge_csms.domain import events
from edge_csms.domain.errors import Conflict, FilesUnavailable, Refusal
from edge_csms.domain.file_jobs import FileJob
from edge_csms.services import file_jobs, file_progress
from edge_csms.services.file_jobs import Slot
from edge_csms.services.file_store import MEGABYTE, FileStore, NewFile, StoredFile

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

THREADS = 4


class Incoming:
    """A file that is being received, piece by piece."""

    def __init__(self, transfers: "FileTransfers", file: NewFile) -> None:
        self.file = file
        self.superseded = False
        self._transfers = transfers
        self._lock = asyncio.Lock()

    async def write(self, piece: bytes) -> None:
        """Add a piece; raises TooLarge, NoRoom, FilesUnavailable, or Conflict when a newer upload took its place."""
        async with self._lock:
            if self.superseded:
                raise Conflict("a newer upload took the place of this one")
            await self._transfers.run(self.file.write, piece)

    async def finish(self) -> StoredFile:
        """Bring it to disk for good."""
        async with self._lock:
            return await self._transfers.run(self.file.finish)

    async def close(self) -> None:
        """Drop it, unless it is finished."""
        async with self._lock:
            await self._transfers.run(self.file.close)


class FileTransfers:
    """All files that come and go at this time."""

    def __init__(self, context: Context, store: FileStore, settings: FileSettings) -> None:
        self.store = store
        self.settings = settings
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self._probation = context.probation
        self._threads = ThreadPoolExecutor(THREADS, "files")
        self._uploads: dict[int, Incoming] = {}

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something with the disk in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args, **kwargs))

    async def prepare(self) -> None:
        """Delete what a crash left behind; nothing may come or go yet."""
        known = await self._database.read(file_progress.list_stored_names)
        try:
            if swept := await self.run(self.store.sweep, known, self._clock.now() - self.settings.kept):
                log.info("%s files that nothing refers to were deleted", swept)
        except OSError as error:  # a disk that can't be written; the site goes on as far as it can
            log.warning("files that nothing refers to stay: %s", error)

    def close(self) -> None:
        """Wait for what the threads do, and end them."""
        self._threads.shutdown()

    async def open_slot(self, token: str, *, is_upload: bool) -> Slot:
        """Find what this token gives or takes; raises Forbidden, Gone or Conflict."""
        hashed = file_jobs.hash_token(token)
        return await self._database.read(file_jobs.open_slot, hashed, is_upload=is_upload, now=self._clock.now())

    async def begin(self, limit_bytes: int, announced_bytes: int = MEGABYTE) -> Incoming:
        """Begin to receive a file, making room for it; raises NoRoom, FilesUnavailable."""
        await self._make_room(min(announced_bytes, limit_bytes))
        return Incoming(self, await self.run(self.store.new, limit_bytes))

    async def begin_upload(self, slot: Slot, announced_bytes: int = MEGABYTE) -> Incoming:
        """Begin to receive the file of a job. A charge point that begins anew has given up what it began before."""
        if self._probation.is_on:  # a way back from an update would forget the file
            raise FilesUnavailable("a new version is on probation")
        incoming = await self.begin(self.settings.upload_bytes, announced_bytes)
        if (older := self._uploads.get(slot.job.job_id)) is not None:
            older.superseded = True
        self._uploads[slot.job.job_id] = incoming
        try:
            self._tell(await self._database.run(file_progress.note_upload, slot.job.job_id, self._clock.now()))
        except Refusal:
            await self.abandon(slot, incoming)
            raise
        return incoming

    async def receive(self, slot: Slot, incoming: Incoming, name: str, address: str) -> FileJob:
        """Keep the file of a job for good; raises Conflict where another came first."""
        stored = await incoming.finish()
        try:
            job = await self._database.run(
                file_progress.receive, slot.job.job_id, stored, name, address, self._clock.now()
            )
        except Refusal:
            await self.delete([stored.stored_as])
            raise
        self._tell(job)
        return job

    async def abandon(self, slot: Slot, incoming: Incoming) -> None:
        """Let go of an upload, finished or not."""
        if self._uploads.get(slot.job.job_id) is incoming:
            del self._uploads[slot.job.job_id]
        await incoming.close()

    async def note_fetch(self, slot: Slot, until_byte: int) -> None:
        """Note how much of its file a charge point has been sent."""
        self._tell(await self._database.run(file_progress.note_fetch, slot.job.job_id, until_byte, self._clock.now()))

    async def delete(self, stored_names: list[str]) -> None:
        """Delete files of the store."""
        await self.run(self.store.delete, stored_names)

    async def expire(self) -> None:
        """Delete what charge points uploaded long ago, and forget jobs that are older still."""
        now = self._clock.now()
        await self.delete(await self._database.run(file_progress.drop_files, now - self.settings.kept))
        await self._database.run(file_progress.purge, now)

    async def _make_room(self, wanted_bytes: int) -> None:
        """Let the oldest uploads go where the files together would take more than they may."""
        excess = await self.run(self.store.used_bytes) + wanted_bytes - self.store.most_bytes
        if excess > 0:
            too_old = self._clock.now() - self.settings.kept
            await self.delete(await self._database.run(file_progress.drop_files, too_old, excess))

    def _tell(self, job: FileJob | None) -> None:
        if job is not None:
            self._bus.publish(events.FileJobChanged(job.charge_point_id, job.job_id, job.state.value))
