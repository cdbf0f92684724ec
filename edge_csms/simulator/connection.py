"""One WebSocket to the central system with an Endpoint on it, from the charger's side."""

import asyncio
import itertools
import socket as sockets
import struct
from collections.abc import Awaitable, Callable

import msgspec
from tornado.httpclient import HTTPError
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, WebSocketError, WebSocketProtocol13

from edge_csms.ocpp.endpoint import (
    CallAnswered,
    CallReceived,
    CallRefused,
    Endpoint,
    PendingCall,
)
from edge_csms.simulator.behaviour import Behaviour
from edge_csms.simulator.errors import CannotConnect, NoAnswer, Offline, Refused
from edge_csms.simulator.handshake import Handshake

_MAX_MESSAGE_BYTES = 1 << 20
_NO_HTTP_STATUS = 599  # Tornado's number for time-outs and connections that close without an answer

Answer = Callable[[CallReceived], Awaitable[bytes | None]]
"""Makes the frame that answers a CALL, or None to stay silent."""


class Connection:
    """A live connection: sends CALLs and waits for their answers, answers those of the central system in order."""

    def __init__(self, behaviour: Behaviour, answer: Answer, answered: Callable[[], None], timeout: float) -> None:
        ids = itertools.count(1)
        self.subprotocol: str | None = None
        self.close_code: int | None = None
        self.pings = 0
        self._behaviour = behaviour
        self._answer = answer
        self._answered = answered
        self._endpoint = Endpoint(timeout, lambda: str(next(ids)))
        self._waiting: dict[str, asyncio.Future[msgspec.Raw]] = {}
        self._inbox: asyncio.Queue[CallReceived] = asyncio.Queue()
        self._closed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._socket: _Socket | None = None
        self._stream: IOStream | None = None
        self._answering: asyncio.Task[None] | None = None

    async def open(self, handshake: Handshake) -> None:
        """Connect. Raises CannotConnect."""
        try:
            socket = _Socket(handshake, self._on_message, self._on_ping, sends_pong=self._behaviour.sends_pong)
            await socket.connect_future
        except HTTPError as error:
            status = error.code if error.code != _NO_HTTP_STATUS else None
            raise CannotConnect(handshake.url, error.message if status is None else str(error), status) from None
        except (OSError, WebSocketError, StreamClosedError, ValueError) as error:
            raise CannotConnect(handshake.url, str(error) or type(error).__name__) from None
        assert isinstance(socket.protocol, WebSocketProtocol13)
        self._socket, self._stream = socket, socket.protocol.stream
        self.subprotocol = socket.selected_subprotocol
        self._answering = asyncio.create_task(self._answer_calls())

    @property
    def is_open(self) -> bool:
        """Whether frames can still be sent."""
        return self._socket is not None and not self._closed.is_set()

    async def wait_closed(self) -> None:
        """Wait for the connection's end, whoever ends it."""
        await self._closed.wait()

    async def call(self, action: str, payload: bytes, timeout_seconds: float | None = None) -> msgspec.Raw:
        """Send a CALL in its turn and return the payload of its answer. Raises Offline, NoAnswer or Refused."""
        if not self.is_open:
            raise Offline(f"no connection for {action}")
        call = self._endpoint.call(action, payload, timeout_seconds)
        future: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        self._waiting[call.message_id] = future
        self._send_waiting()
        try:
            return await future
        finally:
            self._waiting.pop(call.message_id, None)
            self._endpoint.cancel(call)

    def send(self, frame: str | bytes) -> None:
        """Send a text message as it is."""
        if self._socket is None:
            raise Offline("no connection")
        try:
            self._socket.write_message(frame).add_done_callback(_forget_error)
        except WebSocketClosedError:
            raise Offline("the connection is closed") from None

    def send_bytes(self, data: bytes) -> None:
        """Write to the TCP connection, past everything that knows WebSocket."""
        if self._stream is None or self._stream.closed():
            raise Offline("no connection")
        self._stream.write(data).add_done_callback(_forget_error)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say good-bye properly."""
        if self._socket is not None:
            self._socket.close(code, reason)

    def abort(self) -> None:
        """Reset the TCP connection without a word."""
        if self._stream is not None and self._socket is not None and not self._stream.closed():
            self._stream.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
            self._stream.close()
            self._socket.close()

    def go_deaf(self) -> None:
        """Read nothing any more and keep the socket: to the other side the line is dead, and nothing tells it so."""
        if self._stream is not None and self.is_open:
            IOLoop.current().remove_handler(self._stream.fileno())
            self._end()

    def _on_ping(self) -> None:
        self.pings += 1

    def _on_message(self, message: str | bytes | None) -> None:
        if self._closed.is_set() or self._socket is None:
            return
        if message is None:
            self.close_code = self._socket.close_code
            self._socket.close()
            self._end()
            return
        match self._endpoint.receive(message, asyncio.get_running_loop().time()):
            case CallReceived() as call:
                self._inbox.put_nowait(call)
            case CallAnswered(call, payload):
                self._resolve(call, payload)
            case CallRefused(call, code, description, details):
                self._fail(call, Refused(call.action, code, description, details))
            case _:  # stray answers and broken frames: a charge point passes over them
                pass
        self._send_waiting()

    def _send_waiting(self) -> None:
        now = asyncio.get_running_loop().time()
        for frame in self._endpoint.take_outgoing(now):
            self._send_edited(frame)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._endpoint.next_deadline) is not None:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._expire)

    def _expire(self) -> None:
        for timed_out in self._endpoint.expire(asyncio.get_running_loop().time()):
            self._fail(timed_out.call, NoAnswer(f"no answer to {timed_out.call.action}"))
        self._send_waiting()

    def _send_edited(self, frame: bytes) -> None:
        if not self.is_open:
            return
        for edited in self._behaviour.edit_frame(frame):
            self.send(edited)

    async def _answer_calls(self) -> None:
        while True:
            call = await self._inbox.get()
            frame = await self._answer(call)
            if frame is not None:
                self._send_edited(frame)
            self._answered()

    def _resolve(self, call: PendingCall, payload: msgspec.Raw) -> None:
        future = self._waiting.get(call.message_id)
        if future is not None and not future.done():
            future.set_result(payload)

    def _fail(self, call: PendingCall, error: Exception) -> None:
        future = self._waiting.get(call.message_id)
        if future is not None and not future.done():
            future.set_exception(error)

    def _end(self) -> None:
        self._closed.set()
        if self._timer is not None:
            self._timer.cancel()
        if self._answering is not None:
            self._answering.cancel()
        for call in self._endpoint.fail_all():
            self._fail(call, Offline(f"the connection ended before {call.action} was answered"))


class _Socket(WebSocketClientConnection):
    """Tornado's client with the freedoms that real chargers take: any header, no pong."""

    def __init__(
        self,
        handshake: Handshake,
        on_message: Callable[[str | bytes | None], None],
        on_ping: Callable[[], None],
        *,
        sends_pong: bool,
    ) -> None:
        request = handshake.request()
        super().__init__(
            request,
            on_message_callback=on_message,
            max_message_size=_MAX_MESSAGE_BYTES,
            subprotocols=list(handshake.subprotocols) or None,
        )
        self._sends_pong = sends_pong
        self._count_ping = on_ping
        for name, value in handshake.headers.items():
            if value is None:
                request.headers.pop(name, None)
            else:
                request.headers[name] = value

    def get_websocket_protocol(self) -> WebSocketProtocol13:
        return (WebSocketProtocol13 if self._sends_pong else _NoPong)(self, mask_outgoing=True, params=self.params)

    def on_ping(self, data: bytes) -> None:
        self._count_ping()


class _NoPong(WebSocketProtocol13):
    def _send_pong(self, data: bytes) -> None:
        pass


def _forget_error(write: "asyncio.Future[None]") -> None:
    """The end of the connection is noticed elsewhere."""
    if not write.cancelled():
        write.exception()
