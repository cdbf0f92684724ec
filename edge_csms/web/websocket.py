"""The server's end of a WebSocket (RFC 6455) that reads frames straight from the socket.

Tornado accepts the handshake; from there on its own reader would cost twice as much a frame, in tasks and futures.
This one never closes for what a payload holds: text that is no UTF-8 is the session's business.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from tornado.util import _websocket_mask as unmask

MAX_MESSAGE_BYTES = 2**20
FEW_BYTES = 2**16  # which everybody may send
CLOSE_SECONDS = 2.0  # that the other side has to answer a Close frame

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FINAL, MASKED, RESERVED, OPCODE, LENGTH = 0x80, 0x80, 0x70, 0x0F, 0x7F
TWO_BYTES, EIGHT_BYTES, MAX_CONTROL = 126, 127, 125

PROTOCOL_ERROR, NOT_TEXT, TOO_BIG = 1002, 1007, 1009
MAY_CLOSE = frozenset((*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)))  # codes in a frame, RFC 6455 §7.4


class Carrier(Protocol):
    """What of an asyncio transport is needed; a TLS stream of Tornado's offers the same."""

    def write(self, data: bytes) -> None:
        """Send bytes."""

    def write_eof(self) -> None:
        """Say that nothing more comes, once everything is sent."""

    def close(self) -> None:
        """Close once everything is sent."""

    def abort(self) -> None:
        """Close at once."""

    def pause_reading(self) -> None:
        """Read no more for now."""

    def resume_reading(self) -> None:
        """Read again."""


class User(Protocol):
    """Who is told of a connection."""

    @property
    def most_bytes(self) -> int:
        """Say how large a message may be just now."""

    def on_message(self, message: bytes) -> asyncio.Future[None] | None:
        """Take a text; the future, where one is returned, says when the next one is wanted."""

    def on_sign_of_life(self) -> None:
        """Know that a ping or pong came."""

    def on_fault(self, reason: str) -> None:
        """Know that the other side breaks the protocol: the connection is about to be closed."""

    def on_end(self) -> None:
        """Know that the connection is gone."""


class Nobody:
    """The user of a connection that is closed as soon as it is open."""

    most_bytes = FEW_BYTES

    def on_message(self, message: bytes) -> None:
        """Pass a text over."""

    def on_sign_of_life(self) -> None:
        """Pass it over."""

    def on_fault(self, reason: str) -> None:
        """Pass it over."""

    def on_end(self) -> None:
        """Pass it over."""


class WebSocket(asyncio.Protocol):
    """One connection; `begin` is called once frames can be sent, and gives the user, who is told of all the rest."""

    def __init__(self, begin: Callable[["WebSocket"], User], begun: bytes = b"") -> None:
        self._begin: Callable[[WebSocket], User] | None = begin
        self._user: User
        self._carrier: Carrier
        self._buffer = bytearray(begun)  # what came in the same packet as the handshake, then a frame that isn't whole
        self._wanted_bytes = 0  # in the buffer, before it is worth another look
        self._fragments: list[bytes] | None = None
        self._fragments_size = 0
        self._waiting = False  # for on_message to want the next text
        self._closing = False

    # What the session does

    def send(self, frame: bytes) -> None:
        """Send a text message; one that comes too late is lost with the connection."""
        self._write(TEXT, frame)

    def ping(self) -> None:
        """Send a ping."""
        self._write(PING, b"")

    def close(self, code: int, reason: str) -> None:
        """Send a Close frame and end the connection when it is answered, or soon."""
        if not self._closing:
            self._write(CLOSE, code.to_bytes(2, "big") + reason.encode()[: MAX_CONTROL - 2])
            self._closing = True
            asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._carrier.abort)

    def abort(self) -> None:
        """End the connection without a Close frame."""
        self._closing = True
        self._carrier.abort()

    # What the carrier does

    def connection_made(self, transport: asyncio.BaseTransport | Carrier) -> None:
        """Take over the carrier, and begin with what has come already."""
        self._carrier = transport  # type: ignore[assignment]
        begin, self._begin = self._begin, None  # it holds on to the whole handshake
        assert begin is not None
        self._user = begin(self)
        self._on_message = self._user.on_message
        if self._buffer and not self._closing:
            self._read_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that the connection is gone."""
        self._closing = True
        self._user.on_end()

    def data_received(self, data: bytes) -> None:
        """Take bytes as they come."""
        if self._closing:
            if data[0] == FINAL | CLOSE:  # the answer to our own Close frame
                self._carrier.close()
            return
        if self._buffer or self._waiting:
            self._buffer += data
            if len(self._buffer) >= self._wanted_bytes and not self._waiting:
                self._read_on()
        else:
            self._buffer += self._read_frames(data)

    def pause_writing(self) -> None:
        """Read no more while the other side doesn't take our answers."""
        self._carrier.pause_reading()

    def resume_writing(self) -> None:
        """Go on reading."""
        if not self._waiting:
            self._carrier.resume_reading()

    # Frames

    def _read_on(self) -> None:
        data = bytes(self._buffer)
        self._buffer.clear()
        self._buffer += self._read_frames(data)

    def _read_frames(self, data: bytes) -> bytes:
        """Read all whole frames and give the rest."""
        position, end = 0, len(data)
        self._wanted_bytes = 0
        while end - position >= 2 and not self._waiting:
            first, second = data[position], data[position + 1]
            length, start = second & LENGTH, position + 2
            if length >= TWO_BYTES:
                size = 2 if length == TWO_BYTES else 8
                if end - start < size:
                    break
                length, start = int.from_bytes(data[start : start + size], "big"), start + size
            if not self._may_come(first, second, length):
                return b""
            if end - start < length + 4:
                self._wanted_bytes = start - position + length + 4
                break
            position = start + 4 + length
            self._take(first, unmask(data[start : start + 4], data[start + 4 : position]))
            if self._closing:
                return b""
        return data[position:]

    def _may_come(self, first: int, second: int, length: int) -> bool:
        """Judge the head of a frame, before any of its payload is kept."""
        if first & RESERVED:  # compression that nobody agreed on
            self._fail(PROTOCOL_ERROR, "reserved bits: compression was not agreed on")
        elif not second & MASKED:
            self._fail(PROTOCOL_ERROR, "frames from a client are masked")
        elif (size := length + self._fragments_size) > FEW_BYTES and size > (most := self._user.most_bytes):
            self._fail(TOO_BIG, f"more than {most} bytes")
        elif first & CLOSE and (length > MAX_CONTROL or not first & FINAL):
            self._fail(PROTOCOL_ERROR, "a control frame that is long or in parts")
        else:
            return True
        return False

    def _fail(self, code: int, reason: str) -> None:
        """Fail the connection (RFC 6455 §7.1.7): what else comes is no frame any more, and can hold no answer."""
        self._user.on_fault(reason)
        self.close(code, reason)
        self._carrier.write_eof()

    def _take(self, first: int, payload: bytes) -> None:
        match first & OPCODE:
            case 0x1 | 0x2 if self._fragments is None:
                if first & FINAL:
                    self._deliver(payload)
                else:
                    self._fragments, self._fragments_size = [payload], len(payload)
            case 0x0 if self._fragments is not None:
                self._fragments.append(payload)
                self._fragments_size += len(payload) + 1  # empty ones count, too
                if first & FINAL:
                    payload, self._fragments, self._fragments_size = b"".join(self._fragments), None, 0
                    self._deliver(payload)
            case 0x8:
                self._answer_close(payload)
            case 0x9:
                self._write(PONG, payload)
                self._user.on_sign_of_life()
            case 0xA:
                self._user.on_sign_of_life()
            case _:
                self._fail(PROTOCOL_ERROR, "a frame that has no place here")

    def _deliver(self, payload: bytes) -> None:
        wanted = self._on_message(payload)
        if wanted is not None:
            self._waiting = True
            self._carrier.pause_reading()
            wanted.add_done_callback(self._go_on)

    def _go_on(self, wanted: asyncio.Future[None]) -> None:
        self._waiting = False
        if not self._closing:
            self._read_on()
        if not self._waiting and not self._closing:
            self._carrier.resume_reading()

    def _answer_close(self, payload: bytes) -> None:
        code, fault = _judge_close(payload)
        if fault:
            self._user.on_fault(fault)
        self._write(CLOSE, code)
        self._closing = True
        self._carrier.close()

    def _write(self, opcode: int, payload: bytes) -> None:
        if self._closing:
            return
        size = len(payload)
        if size < TWO_BYTES:
            head = bytes((FINAL | opcode, size))
        elif size < 2**16:
            head = bytes((FINAL | opcode, TWO_BYTES)) + size.to_bytes(2, "big")
        else:
            head = bytes((FINAL | opcode, EIGHT_BYTES)) + size.to_bytes(8, "big")
        self._carrier.write(head + payload)


def _judge_close(payload: bytes) -> tuple[bytes, str]:
    """Give the code with which a Close frame is answered, mostly its own, and what is wrong with it, if anything."""
    if payload and (len(payload) == 1 or int.from_bytes(payload[:2], "big") not in MAY_CLOSE):
        return PROTOCOL_ERROR.to_bytes(2, "big"), "it closes with a code that no frame may hold"
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        return NOT_TEXT.to_bytes(2, "big"), "it closes with a reason that is no text"
    return payload[:2], ""
