"""What carries a WebSocket once Tornado has accepted its handshake: the bare socket, or Tornado's own TLS stream."""

import asyncio
import logging
import socket

from tornado.iostream import IOStream, SSLIOStream, StreamClosedError

from edge_csms.web.websocket import WebSocket

log = logging.getLogger(__name__)

READ_BYTES = 64 * 1024


def take_buffer(stream: IOStream) -> bytes:
    """Give what a stream has read beyond the handshake: some clients send their first frame in the same packet."""
    return bytes(stream._read_buffer)


async def carry(stream: IOStream, websocket: WebSocket) -> None:
    """Let a WebSocket live on a stream's connection from now on: asyncio reads a bare socket, Tornado one with TLS."""
    if isinstance(stream, SSLIOStream):
        StreamCarrier(stream, websocket).start()
        return
    assert stream.socket is not None
    bare = stream.socket.dup()
    bare.setblocking(False)
    bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream.close()  # of its own descriptor; the connection lives on in ours
    await asyncio.get_running_loop().connect_accepted_socket(lambda: websocket, bare)


class StreamCarrier:
    """A TLS stream of Tornado's, used like an asyncio transport: no other reader can take over its TLS state."""

    def __init__(self, stream: SSLIOStream, websocket: WebSocket) -> None:
        self._stream = stream
        self._websocket = websocket
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._reading: asyncio.Task[None]

    def start(self) -> None:
        """Begin, and read until the connection is gone."""
        self._stream.set_nodelay(True)
        self._websocket.connection_made(self)
        self._reading = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                await self._may_read.wait()
                self._websocket.data_received(await self._stream.read_bytes(READ_BYTES, partial=True))
        except StreamClosedError:
            pass
        except Exception:
            log.exception("reading from a WebSocket failed")
            self._stream.close()
        self._websocket.connection_lost(None)

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if not self._stream.closed():
            self._stream.write(data).add_done_callback(_forget)

    def write_eof(self) -> None:
        """Do nothing: TLS can't end one direction alone, the other side ends the connection at our Close frame."""

    def close(self) -> None:
        """Close once everything is sent."""
        if not self._stream.closed():
            self._stream.write(b"").add_done_callback(lambda _: self._stream.close())

    def abort(self) -> None:
        """Close at once."""
        self._stream.close()

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._may_read.clear()

    def resume_reading(self) -> None:
        """Read again."""
        self._may_read.set()


def _forget(future: "asyncio.Future[None]") -> None:
    if not future.cancelled():
        future.exception()  # the end of the connection is told by the reader
