"""Connections that have said nothing whole yet: nothing is made for them, and what they send stays in the kernel.

Thousands of them may be silent, or slow on purpose. Each is a row in a table here, while serving takes streams, tasks
and the state of TLS, and of that memory the system gets little back afterwards.
"""

import asyncio
import re
import select
import socket
from typing import Any, Protocol

from edge_csms.central.attempts import Stage

MAX_HEAD_BYTES = 1 << 16  # of a request; Tornado refuses a longer one
MAX_RECORD_BYTES = (1 << 14) + 256  # of TLS, without its head of five
RECORD_HEAD_BYTES = 5
PAUSE_SECONDS = 0.1
HANDSHAKE_RECORD = b"\x16"  # how TLS begins, and no request does
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")

Address = tuple[Any, ...]
Fault = tuple[Stage, str, str]  # how far it got, why not further, and what to do

SILENT = Stage.TCP, "it connected and said nothing", "Check what of the charger connects, and its firmware."
HUNG_UP = Stage.TCP, "it connected and hung up without a word", "Check what connects: a charger would go on."


class Host(Protocol):
    """Who is told what becomes of a caller."""

    silence_seconds: float  # that it may say nothing
    first_words_seconds: float  # that it may take from its first byte to the end of its first words
    unfinished: Fault  # of one that takes longer

    def fault_of(self, data: bytes) -> Fault | None:
        """Say what is wrong with its first bytes, if anything."""

    def is_whole(self, data: bytes) -> bool:
        """Say whether its first words are there as a whole."""

    def welcome(self, caller: "Caller", words: bytes) -> None:
        """Serve it, whose first words these are."""

    def turn_away(self, caller: "Caller", fault: Fault) -> None:
        """Note why it got no further, and close it."""


class Caller:
    """One connection until its first words are there as a whole; they are looked at, never taken."""

    __slots__ = ("_again", "_heard_bytes", "_host", "_timer", "address", "connection")

    def __init__(self, connection: socket.socket, address: Address, host: Host) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.address = address
        self._host = host
        self._heard_bytes = 0
        self._again: asyncio.TimerHandle | None = None
        loop = asyncio.get_running_loop()
        loop.add_reader(connection.fileno(), self._listen)
        self._timer = loop.call_later(host.silence_seconds, host.turn_away, self, SILENT)

    def leave(self) -> None:
        """Look at the connection no more."""
        self._timer.cancel()
        if self._again is not None:
            self._again.cancel()
        asyncio.get_running_loop().remove_reader(self.connection.fileno())
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def _listen(self) -> None:
        try:
            data = self.connection.recv(MAX_HEAD_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._host.turn_away(self, self._host.unfinished if self._heard_bytes else HUNG_UP)
        elif len(data) <= self._heard_bytes:
            self._hear_nothing_new()
        elif (fault := self._host.fault_of(data)) is not None:
            self._host.turn_away(self, fault)
        elif self._host.is_whole(data):
            self._host.welcome(self, data)
        else:
            self._wait_for_more(len(data))

    def _hear_nothing_new(self) -> None:
        """Know the end by it; or wait a moment, where a kernel wakes us although it was told not to."""
        if _has_hung_up(self.connection):
            self._host.turn_away(self, self._host.unfinished)
            return
        loop, descriptor = asyncio.get_running_loop(), self.connection.fileno()
        loop.remove_reader(descriptor)
        self._again = loop.call_later(PAUSE_SECONDS, loop.add_reader, descriptor, self._listen)

    def _wait_for_more(self, heard_bytes: int) -> None:
        if not self._heard_bytes:
            self._timer.cancel()
            host, loop = self._host, asyncio.get_running_loop()
            self._timer = loop.call_later(host.first_words_seconds, host.turn_away, self, host.unfinished)
        self._heard_bytes = heard_bytes
        # What was looked at still lies there; the socket counts as readable again once there is more, or the end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, heard_bytes + 1)


def _has_hung_up(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return bool(poll.poll(0))


def is_whole_head(data: bytes) -> bool:
    """Say whether the head of a request is there to its end, or is too long anyway."""
    return len(data) >= MAX_HEAD_BYTES or END_OF_HEAD.search(data) is not None


def is_whole_record(data: bytes) -> bool:
    """Say whether the first record of TLS is there; of what is none, TLS says itself what is wrong with it."""
    if not data.startswith(HANDSHAKE_RECORD):
        return True
    size = int.from_bytes(data[3:RECORD_HEAD_BYTES], "big")
    return len(data) >= RECORD_HEAD_BYTES and (size > MAX_RECORD_BYTES or len(data) >= RECORD_HEAD_BYTES + size)
