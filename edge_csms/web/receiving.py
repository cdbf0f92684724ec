"""Request bodies that are files: judged before they come, streamed to the disk, refused so that the sender sees why."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.web import RequestHandler, stream_request_body

from edge_csms.central.file_transfers import FileTransfers, Incoming
from edge_csms.domain.errors import Refusal, TooLarge
from edge_csms.web.base import Problem
from edge_csms.web.multipart import FileBody
from edge_csms.web.route import BODY_SECONDS, DRAINED_BYTES, Route, RouteHandler

UPLOAD_SECONDS = 2 * 3600  # for a whole file over a slow line
FORM_BYTES = 128 << 10  # that a form may have beside its file


class Reception:
    """The file in one request's body.

    Whoever answers while the sender still writes must close, and the sender may never see the answer. So a refusal
    waits until the body has come, unless the sender itself waits for leave to send it or it is far too long.
    """

    def __init__(self, handler: RequestHandler, limit_bytes: int) -> None:
        self._body: FileBody | None = None
        self._headers = handler.request.headers
        self._limit_bytes = limit_bytes
        self._incoming: Incoming | None = None
        self._refusal: Refusal | Problem | None = None
        connection: Any = handler.request.connection
        connection.set_max_body_size(limit_bytes + DRAINED_BYTES)
        connection.set_body_timeout(UPLOAD_SECONDS)
        self._connection = connection
        self._closing: asyncio.Future[None] | None = None

    @property
    def announced_bytes(self) -> int:
        """Say how long the body will be, as far as its sender says."""
        length = self._headers.get("Content-Length", "")
        return int(length) if length.isdecimal() and len(length) < 19 else 0

    async def open(self, begin: Callable[[int], Awaitable[Incoming]]) -> None:
        """Begin a file for the body; what `begin` refuses is told when the body has come."""
        try:
            if self.announced_bytes > self._limit_bytes + FORM_BYTES:
                raise TooLarge(f"a file may have at most {self._limit_bytes} bytes")
            self._body = FileBody(self._headers.get("Content-Type", ""))
            self._incoming = await begin(self.announced_bytes)
        except (Refusal, Problem) as refusal:
            self.refuse(refusal, self._limit_bytes + DRAINED_BYTES)

    def refuse(self, refusal: Refusal | Problem, drained_bytes: int = DRAINED_BYTES) -> None:
        """Refuse the body, now or when it has come; raises the refusal if now."""
        if self._headers.get("Expect") == "100-continue" or self.announced_bytes > drained_bytes:
            raise refusal
        self._refusal = refusal
        self._connection.set_max_body_size(drained_bytes)
        self._connection.set_body_timeout(BODY_SECONDS)

    async def take(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        if self._incoming is None or self._body is None or self._refusal is not None:
            return
        try:
            for piece in self._body.feed(chunk):
                await self._incoming.write(piece)
        except (Refusal, Problem) as refusal:
            self._refusal = refusal
            await self._incoming.close()

    def check(self) -> tuple[Incoming, str | None]:
        """Give the file when the whole body has come, and its name in the form; raises what refused it."""
        if self._refusal is not None:
            raise self._refusal
        assert self._incoming is not None
        assert self._body is not None
        self._body.finish()
        return self._incoming, self._body.file_name

    @property
    def fields(self) -> dict[str, str]:
        """Give the fields of the form beside the file."""
        return {} if self._body is None else self._body.fields

    def let_go(self, close: Callable[[Incoming], Awaitable[None]] = Incoming.close) -> Awaitable[None]:
        """Let go of a file that was not finished; that is done when nobody writes to it any more."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close(close))
        return self._closing

    async def _close(self, close: Callable[[Incoming], Awaitable[None]]) -> None:
        if self._incoming is not None:
            await close(self._incoming)


@stream_request_body
class ReceivingHandler(RouteHandler):
    """Serves paths of which one route takes a file. Its function gets the Reception as `body`."""

    _reception: Reception | None = None

    async def prepare(self) -> None:
        """Judge who sends a file before it comes."""
        route = self._routes.get(self.request.method or "")
        if route is None or route.receiver is None:
            super().prepare()
            return
        self._reception = Reception(self, self.limit_bytes())
        try:
            self.check_caller()
            await self._request(route, "")
        except (Refusal, Problem) as refusal:
            self._reception.refuse(refusal)
            return
        await self._reception.open(self.begin)

    def limit_bytes(self) -> int:
        """Say how large the file may be: as large as a firmware image, unless somebody knows better."""
        transfers: FileTransfers = self.parts.transfers
        return transfers.settings.image_bytes

    async def begin(self, announced_bytes: int) -> Incoming:
        """Begin the file."""
        return await self.parts.transfers.begin(self.limit_bytes(), announced_bytes)

    async def data_received(self, chunk: bytes) -> None:
        """Hand the body on."""
        if self._reception is not None:
            await self._reception.take(chunk)
        else:
            super().data_received(chunk)

    async def post(self, **path: str) -> None:
        """Serve; a file that isn't kept is gone before its sender is told."""
        try:
            await super().post(**path)
        finally:
            if self._reception is not None:
                await self._reception.let_go()

    def on_finish(self) -> None:
        """Let go of the body, and of the file unless it is kept."""
        super().on_finish()
        if self._reception is not None:
            self._reception.let_go()

    on_connection_close = on_finish

    def _read_body(self, route: Route, kind: Any) -> Any:
        if route.receiver is None or self._reception is None:
            return super()._read_body(route, kind)
        self._reception.check()
        return self._reception
