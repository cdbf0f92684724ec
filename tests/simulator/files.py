"""A small web server that hands out a file, with Range, and takes uploads."""

import asyncio
from collections.abc import Iterator

import pytest
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

IMAGE = b"firmware " * 5000


class FileServer:
    """Remembers what was asked for and what was delivered."""

    def __init__(self) -> None:
        self.ranges: list[str | None] = []
        self.uploads: list[tuple[str, str, bytes]] = []
        self.image: bytes | None = IMAGE
        self.supports_range = True
        self.refuses_uploads = False
        self.asked = asyncio.Event()
        self.gate: asyncio.Event | None = None  # while it is shut, nothing is handed out
        self._server: HTTPServer | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        listener, self._port = bind_unused_port()
        self._server = HTTPServer(Application([(r"/(.*)", _File, {"files": self})]))
        self._server.add_socket(listener)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.stop()
        await self._server.close_all_connections()


class _File(RequestHandler):
    def initialize(self, files: FileServer) -> None:
        self.files = files

    async def get(self, name: str) -> None:
        asked = self.request.headers.get("Range")
        self.files.ranges.append(asked)
        self.files.asked.set()
        if self.files.gate is not None:
            await self.files.gate.wait()
        if self.files.image is None:
            self.set_status(404)
        elif asked and self.files.supports_range:
            self.set_status(206)
            self.write(self.files.image[int(asked.removeprefix("bytes=").removesuffix("-")) :])
        else:
            self.write(self.files.image)

    def put(self, name: str) -> None:
        self._take(name)

    def post(self, name: str) -> None:
        self._take(name)

    def _take(self, name: str) -> None:
        if self.files.refuses_uploads:
            self.set_status(403)
            return
        files = self.request.files.get("file")
        content = files[0]["body"] if files else self.request.body
        self.files.uploads.append((self.request.method or "", name, content))


@pytest.fixture
def files(io_loop: IOLoop) -> Iterator[FileServer]:
    server = FileServer()
    io_loop.run_sync(server.start)
    yield server
    io_loop.run_sync(server.stop)
