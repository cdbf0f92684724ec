"""A connection is listened to until its first words are whole, without taking them and without being woken in vain."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from edge_csms.central.attempts import Stage
from edge_csms.web.callers import HUNG_UP, MAX_HEAD_BYTES, SILENT, Caller, Fault, is_whole_head, is_whole_record

SECONDS = 5.0
WRONG: Fault = (Stage.TLS, "not this", "something else")
SLOW: Fault = (Stage.TCP, "too slow", "be quick")
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Host:
    """Waits for a head; what begins with an exclamation mark is wrong."""

    unfinished = SLOW

    def __init__(self, silence_seconds: float = 60, first_words_seconds: float = 60) -> None:
        self.silence_seconds = silence_seconds
        self.first_words_seconds = first_words_seconds
        self.looks = 0
        self.outcome: asyncio.Future[Fault | None] = asyncio.get_running_loop().create_future()

    def fault_of(self, data: bytes) -> Fault | None:
        return WRONG if data.startswith(b"!") else None

    def is_whole(self, data: bytes) -> bool:
        self.looks += 1
        return is_whole_head(data)

    def welcome(self, caller: Caller, words: bytes) -> None:
        caller.leave()
        self.outcome.set_result(None)

    def turn_away(self, caller: Caller, fault: Fault) -> None:
        caller.leave()
        self.outcome.set_result(fault)

    async def end(self) -> Fault | None:
        return await asyncio.wait_for(self.outcome, SECONDS)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give both ends of a connection over TCP."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _ = listener.accept()
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


Pair = tuple[socket.socket, socket.socket]


async def test_first_words_that_come_slowly_are_whole_in_the_end_and_still_lie_there(pair: Pair) -> None:
    ours, theirs = pair
    host = Host()
    Caller(theirs, ("127.0.0.1", 1), host)
    for octet in HEAD + b"body":
        ours.send(bytes((octet,)))
        await asyncio.sleep(0)
    assert await host.end() is None
    theirs.setblocking(True)
    assert theirs.recv(100) == HEAD + b"body"


async def test_one_that_stops_amid_its_words_wakes_nobody(pair: Pair) -> None:
    ours, theirs = pair
    host = Host()
    Caller(theirs, ("127.0.0.1", 1), host)
    ours.send(HEAD[:10])
    async with asyncio.timeout(SECONDS):
        while not host.looks:
            await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)
    assert host.looks == 1
    ours.send(HEAD[10:])
    assert await host.end() is None


async def test_a_kernel_that_wakes_in_vain_ends_nothing_and_costs_little(pair: Pair) -> None:
    ours, theirs = pair
    host = Host()
    Caller(theirs, ("127.0.0.1", 1), host)
    ours.send(HEAD[:10])
    async with asyncio.timeout(SECONDS):
        while not host.looks:
            await asyncio.sleep(0)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)  # as if it had never been told
    for _ in range(100):
        await asyncio.sleep(0)
    assert (host.looks, host.outcome.done()) == (1, False)
    ours.send(HEAD[10:])
    assert await host.end() is None


@pytest.mark.parametrize(("words", "fault"), [(b"", HUNG_UP), (HEAD[:10], SLOW), (b"!", WRONG)])
async def test_one_that_hangs_up_or_is_wrong_is_turned_away(pair: Pair, words: bytes, fault: Fault) -> None:
    ours, theirs = pair
    host = Host()
    Caller(theirs, ("127.0.0.1", 1), host)
    ours.send(words)
    ours.shutdown(socket.SHUT_WR)
    assert await host.end() == fault


async def test_one_that_says_nothing_and_one_that_never_ends_are_turned_away(pair: Pair) -> None:
    ours, theirs = pair
    silent = Host(silence_seconds=0.02)
    Caller(theirs, ("127.0.0.1", 1), silent)
    assert await silent.end() == SILENT
    slow = Host(silence_seconds=0.5, first_words_seconds=0.02)
    Caller(theirs, ("127.0.0.1", 1), slow)
    ours.send(HEAD[:10])
    assert await slow.end() == SLOW


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (HEAD, True),
        (HEAD[:-1], False),
        (b"GET / HTTP/1.1\n\n", True),
        (b"GET / HTTP/1.1\r\n\n", True),
        (b"\r\n\r", False),
        (b"x" * MAX_HEAD_BYTES, True),
        (b"x" * (MAX_HEAD_BYTES - 1), False),
    ],
)
def test_a_head_is_whole_at_an_empty_line_or_when_it_is_too_long(data: bytes, whole: bool) -> None:
    assert is_whole_head(data) is whole


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (b"\x16", False),
        (b"\x16\x03\x01\x00", False),
        (b"\x16\x03\x01\x00\x02a", False),
        (b"\x16\x03\x01\x00\x02ab", True),
        (b"\x16\x03\x01\x00\x02abc", True),
        (b"\x16\x03\x01\xff\xff", True),
        (b"G", True),
    ],
)
def test_a_record_is_whole_with_its_last_octet_or_when_it_can_be_none(data: bytes, whole: bool) -> None:
    assert is_whole_record(data) is whole
