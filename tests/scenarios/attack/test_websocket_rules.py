"""What RFC 6455 asks of a server, rule by rule, on both ports: frames, fragments, control frames and the end (R-25).

Two things differ from the letter, both on purpose. Text that is no UTF-8 ends no connection: it is the session's
business, which answers it as far as it can be read. And nothing above a mebibyte is taken.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from edge_csms.central.clock import SiteClock
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.web.carrier import carry, take_buffer
from edge_csms.web.tls import OwnFiles, ServerTls
from edge_csms.web.websocket import MAX_MESSAGE_BYTES, WebSocket
from tests.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame, read_frame

SECONDS = 10.0
Frames = list[tuple[int, bytes]]
Contexts = tuple[ssl.SSLContext, ssl.SSLContext]  # of the server and of its client


class Echo:
    """A user that sends every text back."""

    most_bytes = MAX_MESSAGE_BYTES

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    def on_message(self, message: bytes) -> None:
        self._websocket.send(message)

    def on_sign_of_life(self) -> None: ...

    def on_fault(self, reason: str) -> None: ...

    def on_end(self) -> None: ...


class EchoHandler(RequestHandler):
    async def get(self) -> None:
        self.set_status(101)
        self.finish()
        stream = self.detach()
        await carry(stream, WebSocket(Echo, take_buffer(stream)))


class Case(NamedTuple):
    """What is sent, and what comes back up to the server's Close frame, or up to the answer to a last ping."""

    sent: bytes
    expected: Frames


LAST_PING = frame(b"the end", PING)
STAYS_OPEN: Frames = [(PONG, b"the end")]


def answered(*sent: bytes, by: Frames) -> Case:
    """Describe what is answered, after which the connection lives."""
    return Case(b"".join(sent) + LAST_PING, by + STAYS_OPEN)


def ended(*sent: bytes, code: int, after: Frames | None = None) -> Case:
    """Describe what ends the connection with a code."""
    return Case(b"".join(sent), [*(after or []), (CLOSE, code.to_bytes(2, "big") if code else b"")])


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(code.to_bytes(2, "big") + reason, CLOSE)


def part(payload: bytes, opcode: int = CONTINUATION, *, last: bool = False) -> bytes:
    return frame(payload, opcode, final=last)


SIZES = (0, 1, 125, 126, 127, 128, 65535, 65536)
GOOD_CODES = (1000, 1001, 1003, 1007, 1011, 1014, 3000, 3999, 4999)
BAD_CODES = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)
CASES = {
    # Frames and their lengths
    **{f"a text of {size}": answered(frame(b"*" * size), by=[(TEXT, b"*" * size)]) for size in SIZES},
    **{f"{size} octets": answered(frame(b"\xfe" * size, BINARY), by=[(TEXT, b"\xfe" * size)]) for size in SIZES},
    "the largest text": answered(frame(b"x" * MAX_MESSAGE_BYTES), by=[(TEXT, b"x" * MAX_MESSAGE_BYTES)]),
    "one octet too many": ended(frame(b"x" * (MAX_MESSAGE_BYTES + 1)), code=1009),
    "a gibibyte is announced": ended(b"\x81\xff" + (2**30).to_bytes(8, "big"), code=1009),
    "the longest length there is": ended(b"\x81\xff" + b"\xff" * 8, code=1009),
    "many texts at once": answered(frame(b"x") * 100, by=[(TEXT, b"x")] * 100),
    # Pings and pongs
    "a ping without payload": answered(frame(b"", PING), by=[(PONG, b"")]),
    "a ping of 125": answered(frame(b"\xff" * 125, PING), by=[(PONG, b"\xff" * 125)]),
    "a ping of 126": ended(frame(b"x" * 126, PING), code=1002),
    "pongs that nobody asked for": answered(frame(b"", PONG), frame(b"unasked", PONG), by=[]),
    "many pings": answered(frame(b"p", PING) * 10, by=[(PONG, b"p")] * 10),
    # Reserved bits and opcodes
    **{f"reserved bits {bits:03b}": ended(frame(b"x", reserved=bits << 4), code=1002) for bits in range(1, 8)},
    **{f"opcode {opcode}": ended(frame(b"x", opcode), code=1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "a reserved opcode after a text": ended(frame(b"a"), frame(b"", 3), code=1002, after=[(TEXT, b"a")]),
    "no mask": ended(frame(b"x", masked=False), code=1002),
    "a ping without a mask": ended(frame(b"x", PING, masked=False), code=1002),
    # Fragments
    "two parts": answered(part(b"one ", TEXT), part(b"two", last=True), by=[(TEXT, b"one two")]),
    "parts of nothing": answered(part(b"", TEXT), part(b""), part(b"", last=True), by=[(TEXT, b"")]),
    "octets in parts": answered(part(b"\x00", BINARY), part(b"\xff", last=True), by=[(TEXT, b"\x00\xff")]),
    "a ping between parts": answered(
        part(b"one ", TEXT), frame(b"ping", PING), part(b"two", last=True), by=[(PONG, b"ping"), (TEXT, b"one two")]
    ),
    "a pong between parts": answered(
        part(b"one ", TEXT), frame(b"pong", PONG), part(b"two", last=True), by=[(TEXT, b"one two")]
    ),
    "a close between parts": ended(part(b"one ", TEXT), closing(1000), code=1000),
    "a ping in parts": ended(part(b"pi", PING), part(b"ng", last=True), code=1002),
    "a pong in parts": ended(part(b"po", PONG), part(b"ng", last=True), code=1002),
    "a close in parts": ended(part(b"\x03", CLOSE), part(b"\xe8", last=True), code=1002),
    "a part of nothing that was begun": ended(part(b"x", last=True), code=1002),
    "an open part of nothing that was begun": ended(part(b"x"), code=1002),
    "a part after the last one": ended(
        part(b"a", TEXT), part(b"b", last=True), part(b"c", last=True), code=1002, after=[(TEXT, b"ab")]
    ),
    "a text inside a text": ended(part(b"a", TEXT), frame(b"b"), code=1002),
    "octets inside a text": ended(part(b"a", TEXT), frame(b"b", BINARY), code=1002),
    "reserved bits in a later part": ended(part(b"a", TEXT), frame(b"b", CONTINUATION, reserved=0x40), code=1002),
    "2,000 parts": answered(part(b"a", TEXT), part(b"b") * 1998, part(b"", last=True), by=[(TEXT, b"a" + b"b" * 1998)]),
    "parts that never end": ended(part(b"a", TEXT), part(b"x" * 60_000) * 18, code=1009),
    # Text: whatever it is
    "text in many languages": answered(frame("κόσμε 漢字 😀".encode()), by=[(TEXT, "κόσμε 漢字 😀".encode())]),
    "a sign cut by a fragment": answered(part(b"\xce", TEXT), part(b"\xba", last=True), by=[(TEXT, b"\xce\xba")]),
    "no UTF-8": answered(frame(b"\xed\xa0\x80 \xff"), by=[(TEXT, b"\xed\xa0\x80 \xff")]),
    # The end
    "a close without a code": ended(frame(b"", CLOSE), code=0),
    "half a code": ended(frame(b"\x03", CLOSE), code=1002),
    **{f"code {code}": ended(closing(code), code=code) for code in GOOD_CODES},
    **{f"code {code}": ended(closing(code), code=1002) for code in BAD_CODES},
    "a reason": ended(closing(1000, b"bye"), code=1000),
    "the longest reason": ended(closing(1000, b"x" * 123), code=1000),
    "too long a reason": ended(closing(1000, b"x" * 124), code=1002),
    "a reason that is no text": ended(closing(1000, b"\xff"), code=1007),
}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """Give the TLS settings of a server and of its client."""
    authority = CertificateAuthority(tmp_path_factory.mktemp("authority"), "Charging site")
    server = ServerTls(authority, OwnFiles(), lambda: ["localhost"])
    server.prepare(SiteClock().now())
    return server.context, ssl.create_default_context(cadata=authority.root_pem())


async def read_frames(reader: asyncio.StreamReader, count: int) -> Frames:
    return [await read_frame(reader) for _ in range(count)]


class Server:
    """A server of echoes on one of the two kinds of port."""

    def __init__(self, contexts: Contexts | None) -> None:
        context, self._trusting = contexts or (None, None)
        self._server = HTTPServer(Application([("/", EchoHandler)]), ssl_options=context)
        listener, self._port = bind_unused_port()
        self._server.add_socket(listener)

    async def play(self, case: Case, pieces: Iterator[bytes]) -> Frames:
        """Send a case in pieces, and give as many frames as it expects; after a Close frame nothing must come."""
        host = "localhost" if self._trusting else "127.0.0.1"
        reader, writer = await asyncio.open_connection(host, self._port, ssl=self._trusting)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        reading = asyncio.create_task(read_frames(reader, len(case.expected)))
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0)
            if reading.done():
                break
        frames = await reading
        if frames[-1][0] == CLOSE:
            frames[-1] = CLOSE, frames[-1][1][:2]  # the reason is free
            writer.write(closing(1000))
            with contextlib.suppress(ConnectionResetError):  # what wasn't read any more makes it one
                assert await reader.read() == b""
        writer.close()
        return frames

    async def stop(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()


def chopped(sent: bytes) -> Iterator[bytes]:
    """Cut what is sent into single octets, which the socket may still send together; a long one into larger pieces."""
    size = max(1, len(sent) // 1000)
    return (sent[start : start + size] for start in range(0, len(sent), size))


@pytest.fixture(params=["plain", "encrypted"])
def contexts(request: pytest.FixtureRequest, tls: Contexts, monkeypatch: pytest.MonkeyPatch) -> Contexts | None:
    monkeypatch.setattr("edge_csms.web.websocket.CLOSE_SECONDS", 0.05)  # for those who never answer a Close
    return tls if request.param == "encrypted" else None


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_rule(contexts: Contexts | None, case: Case) -> None:
    server = Server(contexts)
    for pieces in (iter((case.sent,)), chopped(case.sent)):
        async with asyncio.timeout(SECONDS):
            assert await server.play(case, pieces) == case.expected
    await server.stop()


async def test_nothing_counts_that_comes_after_a_close(contexts: Contexts | None) -> None:
    server = Server(contexts)
    case = ended(frame(b"a"), closing(1000), frame(b"b"), LAST_PING, code=1000, after=[(TEXT, b"a")])
    async with asyncio.timeout(SECONDS):
        assert await server.play(case, iter((case.sent,))) == case.expected
    await server.stop()
