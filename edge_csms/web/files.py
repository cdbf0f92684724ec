"""The one-time paths of chargers, `/files/{token}/...`: firmware is fetched there, diagnostics and logs delivered.

The random token in the path is all that counts; a name behind it is only a name. Nothing here is the API's: chargers
call us by any host name, and read little of what we answer.
"""

import asyncio
import logging
from collections.abc import Awaitable
from email.utils import format_datetime
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, stream_request_body

from edge_csms.central.file_transfers import FileTransfers
from edge_csms.domain.errors import Gone, Refusal
from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.services.file_jobs import Slot
from edge_csms.services.file_store import clean_name
from edge_csms.web.base import SECURITY_HEADERS, problem_of
from edge_csms.web.ranges import NotSatisfiable, part_of
from edge_csms.web.receiving import Reception
from edge_csms.web.strangers import connection_of

log = logging.getLogger(__name__)

PIECE_BYTES = 128 << 10  # of a file in memory at a time
STALLED_SECONDS = 300.0  # that a reader may take no byte
UPLOADING = ("PUT", "POST")


@stream_request_body
class FileHandler(RequestHandler):
    """Serves one file, or takes one."""

    SUPPORTED_METHODS = ("GET", "HEAD", "PUT", "POST")

    def initialize(self, transfers: FileTransfers) -> None:
        """Take over what moves files."""
        self._transfers = transfers
        self._slot: Slot | None = None
        self._reception: Reception | None = None

    def set_default_headers(self) -> None:
        """Say on every answer that nobody may guess its type or keep it."""
        self.clear_header("Server")
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> str | None:
        """Make none of the answer: that of the file is its own."""
        return None

    async def prepare(self) -> None:
        """Find what the token is for, before any byte of a body is read."""
        _, _, token, self._name = [*self.request.path.split("/", 3), "", ""][:4]
        is_upload = self.request.method in UPLOADING
        if is_upload:
            self._reception = Reception(self, self._transfers.settings.upload_bytes)
        try:
            slot = self._slot = await self._transfers.open_slot(token, is_upload=is_upload)
        except Refusal as refusal:
            if self._reception is None:
                raise
            self._reception.refuse(refusal)
            return
        self.settings["parts"].strangers.release(connection_of(self.request))
        if self._reception is not None:
            await self._reception.open(lambda announced: self._transfers.begin_upload(slot, announced))

    async def data_received(self, chunk: bytes) -> None:
        """Take the next bytes of an upload."""
        if self._reception is not None:
            await self._reception.take(chunk)

    async def get(self) -> None:
        """Serve the file, or the part of it that is asked for."""
        image = self._head()
        start, stop = self._part(image)
        if start >= stop:
            return
        await self._send(image, start, stop)

    async def head(self) -> None:
        """Say what GET would send."""
        self.set_header("Content-Length", self._head().size_bytes)

    async def put(self) -> None:
        """Keep the file that was delivered."""
        try:
            await self._keep()
        finally:
            if (closing := self._let_go()) is not None:
                await closing

    post = put

    def on_finish(self) -> None:
        """Let go of an upload that is not kept."""
        self._let_go()

    on_connection_close = on_finish

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with one line of text."""
        error = kwargs["exc_info"][1] if "exc_info" in kwargs else None
        problem = problem_of(error, status_code)
        self.set_status(problem.status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{problem.detail}\n")

    def log_exception(self, typ: Any, value: BaseException | None, tb: TracebackType | None) -> None:
        """Log bugs with their traceback, but never the path: it holds the token."""
        if not isinstance(value, (Refusal, HTTPError)):
            log.error("%s /files/...", self.request.method, exc_info=value)

    def _log(self) -> None:
        status = self.get_status()
        level = logging.DEBUG if status < 400 else logging.INFO
        log.log(level, "%s %s /files/... from %s", status, self.request.method, self.request.remote_ip)

    async def _keep(self) -> None:
        assert self._reception is not None
        incoming, named = self._reception.check()
        slot, last = self._slot, unquote(self._name, errors="replace").rstrip("/")
        assert slot is not None
        name = clean_name(named or last or slot.job.file_name or "", f"job-{slot.job.job_id}")
        job = await self._transfers.receive(slot, incoming, name, self.request.remote_ip or "")
        log.info("%s delivered %s, %s bytes, for job %s", job.charge_point_id, name, job.size_bytes, job.job_id)
        self.set_status(201 if self.request.method == "PUT" else 200)

    def _let_go(self) -> Awaitable[None] | None:
        slot = self._slot
        if self._reception is None or slot is None:
            return None
        return self._reception.let_go(lambda incoming: self._transfers.abandon(slot, incoming))

    def _head(self) -> FirmwareImage:
        image = self._slot.image if self._slot is not None else None
        if image is None:
            raise Gone("this firmware was deleted")
        self.set_header("Content-Type", "application/octet-stream")
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("ETag", _etag(image))
        self.set_header("Last-Modified", _modified(image))
        return image

    def _part(self, image: FirmwareImage) -> tuple[int, int]:
        """Set status and headers for the part that is asked for, and give its start and stop."""
        # If-Range: a part only of the file that the first part came from (RFC 9110 §13.1.5).
        is_same = self.request.headers.get("If-Range", _etag(image)) in (_etag(image), _modified(image))
        try:
            part = part_of(image.size_bytes, self.request.headers.get("Range") if is_same else None)
        except NotSatisfiable:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{image.size_bytes}")
            return 0, 0
        start, stop = part or (0, image.size_bytes)
        if part is not None:
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {start}-{stop - 1}/{image.size_bytes}")
        self.set_header("Content-Length", stop - start)
        return start, stop

    async def _send(self, image: FirmwareImage, start: int, stop: int) -> None:
        slot, at = self._slot, start
        assert slot is not None
        file = await self._transfers.run(self._transfers.store.open, image.stored_as)
        try:
            await self._transfers.note_fetch(slot, start)
            await self._transfers.run(file.seek, start)
            while at < stop and (piece := await self._transfers.run(file.read, min(PIECE_BYTES, stop - at))):
                self.write(piece)
                async with asyncio.timeout(STALLED_SECONDS):
                    await self.flush()  # waits while the reader is slower than we are
                at += len(piece)
        except (StreamClosedError, TimeoutError):
            log.info("%s ended its download at byte %s of %s", slot.job.charge_point_id, at, image.size_bytes)
            connection: Any = self.request.connection
            connection.close()
        finally:
            file.close()
            await self._transfers.note_fetch(slot, at)


def _etag(image: FirmwareImage) -> str:
    return f'"{image.sha256}"'


def _modified(image: FirmwareImage) -> str:
    return format_datetime(image.uploaded_at.replace(microsecond=0), usegmt=True)
