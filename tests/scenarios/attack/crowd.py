"""Many connections of one address that mean no good, and chargers beside them that want to be answered."""

import asyncio
import contextlib
import resource
import socket
import ssl
import time
from collections.abc import Iterator

from tests.torture.charger import Line

AT_ONCE = 50  # connections that are opened before others get a turn
BEAT_SECONDS = 0.02
SLOW_HEAD = b"GET /ocpp/CP1 HTTP/1.1\r\nHost: localhost\r\nUpgr"


def greeting() -> bytes:
    """Give what a client of TLS says first."""
    sent = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    return sent.read()


@contextlib.contextmanager
def many_files() -> Iterator[None]:
    """Let this process open as many files as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Crowd:
    """Connections that were opened from an address of this machine, and say no more than their first words."""

    def __init__(self, address: str = "127.0.0.2") -> None:
        self._address = address
        self._sockets: list[socket.socket] = []

    async def come(self, port: int, count: int, words: bytes) -> None:
        """Open connections; the server may have closed some of them before the last one comes."""
        for number in range(count):
            one = socket.socket()
            one.bind((self._address, 0))
            one.setblocking(False)
            self._sockets.append(one)
            with contextlib.suppress(BlockingIOError):
                one.connect(("127.0.0.1", port))
            with contextlib.suppress(OSError):
                one.send(words)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0.005)

    def count_open(self) -> int:
        """Count those that the server hasn't closed yet, and forget the others."""
        self._sockets = [one for one in self._sockets if not _is_closed(one)]
        return len(self._sockets)

    def leave(self) -> None:
        """Close what is left."""
        for one in self._sockets:
            one.close()
        self._sockets.clear()


def _is_closed(one: socket.socket) -> bool:
    try:
        gone = one.recv(1 << 16) == b""
    except BlockingIOError:
        return False
    except OSError:
        gone = True
    if gone:
        one.close()
    return gone


class Beats:
    """Heartbeats of some chargers, each sent a moment after the answer to the one before; how long each took."""

    def __init__(self, lines: list[Line]) -> None:
        self.seconds: list[float] = []
        self._tasks = [asyncio.create_task(self._beat(line)) for line in lines]

    @classmethod
    async def of(cls, port: int, count: int = 5) -> "Beats":
        """Let some chargers connect."""
        return cls([await Line.open(port, f"CP{number}") for number in range(count)])

    async def p99(self) -> float:
        """Give the time that 99 of 100 did not exceed since this was last asked, at least one."""
        while not self.seconds:
            await asyncio.sleep(BEAT_SECONDS)
        seconds, self.seconds = sorted(self.seconds), []
        return seconds[int(len(seconds) * 0.99)]

    async def end(self) -> None:
        """Stop; raises what went wrong."""
        for task in self._tasks:
            task.cancel()
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if not isinstance(outcome, asyncio.CancelledError):
                raise AssertionError("a charger lost its connection") from outcome

    async def _beat(self, line: Line) -> None:
        while True:
            begun = time.perf_counter()
            await line.send("Heartbeat", b"{}")
            self.seconds.append(time.perf_counter() - begun)
            await asyncio.sleep(BEAT_SECONDS)
