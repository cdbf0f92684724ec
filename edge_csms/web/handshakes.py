"""Handshakes of WebSockets on the plain port, whose head is at hand already: no stream of Tornado's is made for them.

When a site comes back after a power cut, its chargers all connect at once, and streams would take most of the time.
What answers is Tornado's application, as for every other request; what is odd goes the usual way, where it is refused.
"""

import asyncio
import contextlib
import re
import socket
from collections.abc import Callable
from typing import Any, NamedTuple

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPInputError,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
    parse_request_start_line,
)

UPGRADE = re.compile(rb"\r\nupgrade:[ \t]*websocket[ \t]*\r\n", re.IGNORECASE)
SWITCHING_PROTOCOLS = 101
MOST_THROWN_AWAY = 1 << 16


class Context(NamedTuple):
    """What a request wants to know of its connection."""

    remote_ip: str
    protocol: str = "http"


class Connection(HTTPConnection):
    """A bare socket over which one request came and one answer goes; it stands for the stream as well."""

    def __init__(self, bare: socket.socket, remote_ip: str, on_end: Callable[["Connection"], None]) -> None:
        self.socket: socket.socket | None = bare
        self.context = Context(remote_ip)
        self._on_end = on_end
        self._has_switched = False
        self._read_buffer = b""  # what comes behind the head still lies in the kernel

    @property
    def stream(self) -> "Connection":
        """Give what stands for the stream."""
        return self

    def set_close_callback(self, callback: Callable[[], None] | None) -> None:
        """Tell nobody: whether the other side is still there, the answer will show."""

    def write_headers(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders, chunk: bytes | None = None
    ) -> "asyncio.Future[None]":
        """Send the head of the answer and what there is of its body."""
        assert isinstance(start_line, ResponseStartLine)
        self._has_switched = start_line.code == SWITCHING_PROTOCOLS
        if not self._has_switched:
            headers["Connection"] = "close"
        lines = (f"{name}: {value}" for name, value in headers.get_all())
        head = "\r\n".join((f"HTTP/1.1 {start_line.code} {start_line.reason}", *lines, "", ""))
        return self.write(head.encode("latin-1") + (chunk or b""))

    def write(self, chunk: bytes) -> "asyncio.Future[None]":
        """Send more; a new socket takes at once the little that there is."""
        with contextlib.suppress(OSError):
            if self.socket is not None:
                self.socket.send(chunk)
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def finish(self) -> None:
        """End the connection, unless it goes on as a WebSocket."""
        if not self._has_switched:
            with contextlib.suppress(OSError):  # unread bytes would make a reset of the end, which destroys the answer
                if self.socket is not None:
                    self.socket.recv(MOST_THROWN_AWAY)
            self.close()

    def detach(self) -> "Connection":
        """Let the connection be used as what comes after the handshake."""
        return self

    def closed(self) -> bool:
        """Say whether it is gone."""
        return self.socket is None

    def close(self) -> None:
        """Close the socket, if that wasn't done."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
            self._on_end(self)


def read(head: bytes, connection: Connection) -> HTTPServerRequest | None:
    """Read the head of a request for a charger's WebSocket; None for any other, and for what may have to be refused."""
    if not head.startswith(b"GET ") or UPGRADE.search(head) is None:
        return None
    first, _, rest = head.decode("latin-1").partition("\r\n")
    named: Any = {"connection": connection, "server_connection": connection}
    try:
        start_line, headers = parse_request_start_line(first), HTTPHeaders.parse(rest)
        request = HTTPServerRequest(headers=headers, start_line=start_line, **named)
    except (HTTPInputError, ValueError):
        return None
    has_body = "Content-Length" in headers or "Transfer-Encoding" in headers
    return None if has_body or start_line.version != "HTTP/1.1" or request.path.startswith("/api/") else request
