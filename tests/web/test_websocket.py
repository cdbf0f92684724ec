"""Frames over a real socket: what RFC 6455 asks of a server, and that nothing large is kept before it is judged."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_csms.web import websocket
from edge_csms.web.websocket import MAX_MESSAGE_BYTES, WebSocket
from tests.frames import frame, read_frame

SECONDS = 10.0


class Echo:
    """A user that sends back what it gets, and remembers what it is told."""

    most_bytes = MAX_MESSAGE_BYTES

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.messages: list[bytes] = []
        self.signs_of_life = 0
        self.faults: list[str] = []
        self.ended = asyncio.Event()
        self.wants_next: asyncio.Future[None] | None = None

    def on_message(self, message: bytes) -> asyncio.Future[None] | None:
        self.messages.append(message)
        self.websocket.send(message)
        return self.wants_next

    def on_sign_of_life(self) -> None:
        self.signs_of_life += 1

    def on_fault(self, reason: str) -> None:
        self.faults.append(reason)

    def on_end(self) -> None:
        self.ended.set()


class Client:
    """The other end, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, echo: Echo) -> None:
        self._reader = reader
        self.writer = writer
        self.echo = echo

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def frame(self) -> tuple[int, bytes]:
        """Give opcode and payload of the next frame."""
        async with asyncio.timeout(SECONDS):
            return await read_frame(self._reader)

    async def end(self) -> None:
        """Wait until the server has said its last."""
        async with asyncio.timeout(SECONDS):
            assert await self._reader.read() == b""

    async def close_code(self) -> int:
        """Give the code of the Close frame that comes."""
        opcode, payload = await self.frame()
        assert opcode == 8
        return int.from_bytes(payload[:2], "big")


@asynccontextmanager
async def connected() -> AsyncIterator[Client]:
    echoes: asyncio.Queue[Echo] = asyncio.Queue()

    def begin(websocket: WebSocket) -> Echo:
        echo = Echo(websocket)
        echoes.put_nowait(echo)
        return echo

    server = await asyncio.get_running_loop().create_server(lambda: WebSocket(begin), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    client = Client(reader, writer, await echoes.get())
    yield client
    writer.close()
    async with asyncio.timeout(SECONDS):
        await client.echo.ended.wait()
    server.close()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, MAX_MESSAGE_BYTES])
async def test_a_text_of_any_size_comes_and_goes_whole(size: int) -> None:
    async with connected() as client:
        client.send(frame(b"x" * size))
        assert await client.frame() == (1, b"x" * size)


async def test_fragments_are_joined_with_a_ping_between_them() -> None:
    async with connected() as client:
        client.send(frame(b"one ", final=False) + frame(b"are you there?", 9) + frame(b"message", 0))
        assert await client.frame() == (10, b"are you there?")
        assert await client.frame() == (1, b"one message")
        assert client.echo.signs_of_life == 1


async def test_text_that_is_no_utf8_is_the_business_of_the_session() -> None:
    async with connected() as client:
        client.send(frame(b"\xff\xfe"))
        assert await client.frame() == (1, b"\xff\xfe")


@pytest.mark.parametrize(
    "broken",
    [
        frame(b"x", masked=False),
        frame(b"x", reserved=0x40),
        frame(b"x", 3),
        frame(b"x", 0),
        frame(b"x" * 126, 9),
        frame(b"x", 9, final=False),
        frame(b"x", final=False) + frame(b"y"),
    ],
    ids=["unmasked", "compressed", "opcode 3", "continues nothing", "long ping", "ping in parts", "text inside a text"],
)
async def test_what_breaks_the_protocol_ends_the_connection_with_1002_and_is_told(broken: bytes) -> None:
    async with connected() as client:
        client.send(broken)
        assert await client.close_code() == 1002
        assert len(client.echo.faults) == 1


async def test_after_a_fault_the_end_waits_for_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose bytes are out of step answers in a place where no frame begins, or never."""
    monkeypatch.setattr(websocket, "CLOSE_SECONDS", 10 * SECONDS)
    async with connected() as client:
        client.send(frame(b"x", reserved=0x40) + b"crumbs of what follows")
        assert await client.close_code() == 1002
        await client.end()


async def test_a_message_that_is_too_large_is_refused_before_its_payload_comes() -> None:
    async with connected() as client:
        client.send(bytes([0x81, 0xFF]) + struct.pack(">Q", 2**30))
        assert await client.close_code() == 1009


async def test_fragments_that_are_too_large_together_are_refused_also_empty_ones() -> None:
    async with connected() as client:
        client.send(frame(b"x" * 600_000, final=False) + frame(b"x" * 600_000, 0, final=False))
        assert await client.close_code() == 1009


async def test_a_close_is_answered_with_its_code() -> None:
    async with connected() as client:
        client.send(frame(struct.pack(">H", 3001) + b"bye", 8))
        assert await client.close_code() == 3001
        assert client.echo.faults == []


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"\x03", 1002), (struct.pack(">H", 1005), 1002), (struct.pack(">H", 1000) + b"\xff", 1007)],
    ids=["half a code", "a code for nobody", "a reason that is no text"],
)
async def test_a_close_that_can_not_be_is_answered_with_what_is_wrong_and_told(payload: bytes, code: int) -> None:
    async with connected() as client:
        client.send(frame(payload, 8))
        assert await client.close_code() == code
        assert len(client.echo.faults) == 1


async def test_nothing_is_delivered_while_the_user_wants_nothing() -> None:
    async with connected() as client:
        client.echo.wants_next = wanted = asyncio.get_running_loop().create_future()
        client.send(frame(b"one") + frame(b"two") + frame(b"three"))
        assert await client.frame() == (1, b"one")
        client.send(frame(b"four"))
        await asyncio.sleep(0)
        assert client.echo.messages == [b"one"]
        client.echo.wants_next = None
        wanted.set_result(None)
        assert [await client.frame() for _ in range(3)] == [(1, b"two"), (1, b"three"), (1, b"four")]


class Loopback:
    """A carrier that keeps what is written, for rules that hold for all inputs."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def write_eof(self) -> None: ...

    def close(self) -> None: ...

    def abort(self) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Keeper(Echo):
    """A user outside of any loop, who keeps what he gets."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def on_message(self, message: bytes) -> None:
        self.messages.append(message)


def heard(pieces: Iterable[bytes]) -> list[bytes]:
    """Give the messages in a stream of bytes that comes in these pieces."""
    keeper = Keeper()
    websocket = WebSocket(lambda _: keeper)
    websocket.connection_made(Loopback())
    for piece in pieces:
        websocket.data_received(piece)
    return keeper.messages


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=6), st.data())
def test_however_the_bytes_are_cut_the_same_messages_come(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frame(message) for message in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert heard(filter(None, pieces)) == messages


def test_a_large_message_that_comes_in_crumbs_costs_no_more_than_its_size() -> None:
    """Copying for every crumb all that has come would take seconds."""
    message = b"x" * MAX_MESSAGE_BYTES
    stream, begun = frame(message), time.process_time()
    assert heard(stream[start : start + 20] for start in range(0, len(stream), 20)) == [message]
    assert time.process_time() - begun < 1.0
