"""Heads of requests that are too long, for a token of a megabyte perhaps: refused in words, and never kept.

Tornado would only end the connection, which looks like a broken network.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

from tornado.iostream import IOStream, SSLIOStream, UnsatisfiableReadError

from edge_csms.web.base import SECURITY_HEADERS, Problem

DETAIL = "The head of the request, or of a piece of its body, is too long."
PARTING_SECONDS = 2.0
PARTING_BYTES = 1 << 16  # that are thrown away at a time
MOST_PARTING = 50  # at once; more are just ended


class Partings:
    """Connections that were refused while the other side still sends: closed at once, they would lose the answer."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, connection: socket.socket) -> None:
        """Let the other side come to its end for a moment."""
        if len(self._tasks) >= MOST_PARTING:
            connection.close()
            return
        task = asyncio.get_running_loop().create_task(_part(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: connection.close())

    async def close(self) -> None:
        """Wait for nobody any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Stream(IOStream):
    """A stream that says why it ends, if it is for a head that is too long."""

    def __init__(self, connection: socket.socket, part: Callable[[socket.socket], None], **options: Any) -> None:
        self._part = part
        super().__init__(connection, **options)

    def close_fd(self) -> None:
        """Close the connection, for Tornado."""
        if not isinstance(self.error, UnsatisfiableReadError):
            super().close_fd()
            return
        with contextlib.suppress(OSError):
            self.write_to_fd(memoryview(_refusal()))
        connection = socket.socket(fileno=self.socket.detach())
        super().close_fd()
        self._part(connection)


class PlainStream(_Stream):
    """One without TLS."""


class EncryptedStream(_Stream, SSLIOStream):
    """One with TLS."""


async def _part(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError, TimeoutError):
        connection.setblocking(False)
        connection.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(PARTING_SECONDS):
            while await loop.sock_recv(connection, PARTING_BYTES):
                pass


def _refusal() -> bytes:
    problem = Problem(431, DETAIL)
    content_type, body = problem.render("v1")
    headers = {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"{name}: {value}\r\n" for name, value in (headers | SECURITY_HEADERS).items()]
    return f"HTTP/1.1 431 Request Header Fields Too Large\r\n{''.join(lines)}\r\n".encode() + body
