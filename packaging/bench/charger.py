"""One charger of the benchmark: it carries out a script CALL by CALL, and takes the time of every answer."""

import asyncio
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Generator
from typing import Any, TypeAlias

import msgspec

from bench import messages
from bench.frames import CLOSE, PING, PONG, TEXT, Frames, Handshake, encode
from bench.messages import Call

# A script gives CALLs and is told their answers, None where the answer was wrong.
Script: TypeAlias = Generator[Call, Any, None]

_decode = msgspec.json.Decoder().decode


class Tally:
    """What came of the CALLs of many chargers."""

    def __init__(self) -> None:
        self.seconds = array("d")  # that each right answer took
        self.faults: Counter[str] = Counter()


class Charger(asyncio.Protocol):
    """A connection that speaks OCPP 1.6J: one CALL at a time, each answer checked."""

    def __init__(self, identity: str, handshake: Handshake) -> None:
        self.identity = identity
        self.id_tag = f"TAG-{identity}".encode()[:20]
        self.register_wh = 0
        self.transaction_id = 0
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._handshake: Handshake | None = handshake
        self._transport: asyncio.Transport
        self._frames = Frames()
        self._head = b""
        self._tally = Tally()
        self._script: Script | None = None
        self._ended: asyncio.Future[None]
        self._answer: Any = None
        self._numbers = 0
        self._message_id: str | None = None  # of the CALL that waits for its answer
        self._action = ""
        self._since = 0.0
        self._paced = False
        self._due: deque[float] = deque()
        self._caught_up: asyncio.Future[None] | None = None

    def play(self, script: Script, tally: Tally, *, paced: bool = False) -> asyncio.Future[None]:
        """Carry out a script: each CALL as soon as the one before is answered, or, paced, when it is `due`."""
        self._script, self._tally, self._paced, self._answer = script, tally, paced, None
        self._due.clear()
        self._ended = asyncio.get_running_loop().create_future()
        if self._transport.is_closing():
            self._end()
        elif not paced:
            self._go_on()
        return self._ended

    def due(self, at: float) -> None:
        """Send the next CALL of a paced script, which was due at this time, now or when the one before is answered."""
        self._due.append(at)
        if self._message_id is None:
            self._go_on()

    def caught_up(self) -> asyncio.Future[None]:
        """Give a future that is done when all that was due is answered."""
        self._caught_up = asyncio.get_running_loop().create_future()
        if self._message_id is None:
            self._caught_up.set_result(None)
        return self._caught_up

    def unpace(self, tally: Tally) -> asyncio.Future[None]:
        """Carry out the rest of a paced script as fast as it goes."""
        self._paced, self._tally = False, tally
        if self._message_id is None and self._script is not None:
            self._go_on()
        return self._ended

    def count_in(self, tally: Tally) -> None:
        """Count the answers from now on elsewhere."""
        self._tally = tally

    def hang_up(self) -> None:
        """Leave in good order."""
        self._end()
        if not self._transport.is_closing():
            self._transport.write(encode(CLOSE, b"\x03\xe8"))
            self._transport.close()

    # What the connection tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        assert isinstance(transport, asyncio.Transport)
        assert self._handshake is not None
        self._transport = transport
        transport.write(self._handshake.request)

    def data_received(self, data: bytes) -> None:
        """Take frames."""
        if self._handshake is not None:
            data = self._read_head(self._handshake, data)
        for kind, payload in self._frames.feed(data):
            if kind == TEXT:
                self._read(payload)
            elif kind == PING:
                self._transport.write(encode(PONG, payload))
            elif kind == CLOSE:
                self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Note an end that nobody wanted."""
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed during the handshake"))
        if self._script is not None:
            self._tally.faults["connection lost"] += 1
            self._end()

    def _read_head(self, handshake: Handshake, data: bytes) -> bytes:
        head, end, rest = (self._head + data).partition(b"\r\n\r\n")
        if not end:
            self._head = head
            return b""
        self._handshake = None
        fault = handshake.fault(head)
        if fault is not None:
            self.opened.set_exception(ConnectionError(fault))
            self._transport.abort()
            return b""
        self.opened.set_result(None)
        return rest

    def _read(self, text: bytes) -> None:
        now = time.perf_counter()
        frame = _decode(text)
        if frame[0] == 2:  # a CALL of the central system: it gets an answer, so that it doesn't wait
            refusal = [4, frame[1], "NotSupported", "", {}]
            self._transport.write(encode(TEXT, msgspec.json.encode(refusal)))
        elif frame[1] != self._message_id:
            self._tally.faults["an answer to no CALL"] += 1
        else:
            self._message_id = None
            self._judge(frame, now)
            self._go_on()

    def _judge(self, frame: list[Any], now: float) -> None:
        self._answer = None
        if frame[0] != 3:
            self._tally.faults[f"{self._action}: CALLERROR {frame[2:4]}"[:200]] += 1
        elif not messages.is_right(self._action, frame[2]):
            self._tally.faults[f"{self._action}: answered {frame[2]}"[:200]] += 1
        else:
            self._tally.seconds.append(now - self._since)
            self._answer = frame[2]

    def _go_on(self) -> None:
        if self._script is None:
            return
        since = time.perf_counter()
        if self._paced:
            if not self._due:
                if self._caught_up is not None:
                    self._caught_up.set_result(None)
                return
            since = self._due.popleft()
        try:
            self._action, payload = self._script.send(self._answer)
        except StopIteration:
            self._end()
            return
        self._numbers += 1
        self._message_id = str(self._numbers)
        self._since = since
        self._transport.write(encode(TEXT, b'[2,"%d","%b",%b]' % (self._numbers, self._action.encode(), payload)))

    def _end(self) -> None:
        if self._script is not None:
            self._script = None
            self._ended.set_result(None)


# The scripts


def boot(charger: Charger) -> Script:
    """Boot once."""
    yield messages.boot(charger.identity)


def heartbeats(charger: Charger, goes_on: Callable[[], bool]) -> Script:
    """Send Heartbeats."""
    while goes_on():
        yield messages.HEARTBEAT


def metering(charger: Charger, goes_on: Callable[[], bool]) -> Script:
    """Send MeterValues within a transaction."""
    yield from _start(charger)
    while goes_on():
        yield from _meter(charger)
    yield from _stop(charger)


def sessions(charger: Charger, goes_on: Callable[[], bool]) -> Script:
    """Charge again and again: 17 CALLs each time, ten of them MeterValues."""
    while goes_on():
        yield from _session(charger, 10)
        yield messages.HEARTBEAT


def day(charger: Charger, transactions: int) -> Script:
    """Live through a day: each transaction takes two hours, and every five minutes there is a sign of life."""
    for _ in range(transactions):
        yield from _session(charger, 24)
        for _ in range(288 // transactions - 24):
            yield messages.HEARTBEAT


def history(charger: Charger, starts: list[float]) -> Script:
    """Bring a past: a transaction of an hour for each of these times."""
    for started in starts:
        yield from _start(charger, started)
        charger.register_wh += 9000
        yield from _stop(charger, started + 3600)


def _session(charger: Charger, meter_values: int) -> Script:
    yield messages.status(b"Preparing")
    yield messages.authorize(charger.id_tag)
    yield from _start(charger)
    yield messages.status(b"Charging")
    for _ in range(meter_values):
        yield from _meter(charger)
    yield from _stop(charger)
    yield messages.status(b"Available")


def _start(charger: Charger, seconds: float | None = None) -> Script:
    answer = yield messages.start(charger.id_tag, charger.register_wh, seconds)
    charger.transaction_id = 0 if answer is None else answer["transactionId"]


def _meter(charger: Charger) -> Script:
    charger.register_wh += 25
    yield messages.meter_values(charger.transaction_id, charger.register_wh)


def _stop(charger: Charger, seconds: float | None = None) -> Script:
    yield messages.stop(charger.transaction_id, charger.id_tag, charger.register_wh, seconds)
