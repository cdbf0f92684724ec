"""Chargers that insist: each sends what it has to say until it is answered, and remembers every answer that it saw."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.frames import CLOSE, PING, PONG, TEXT, Frames, Handshake, encode

PAUSE_SECONDS = 0.05  # between two attempts to connect
ANSWER_SECONDS = 60.0
HEAD_END = b"\r\n\r\n"


class Lost(Exception):
    """The connection was refused, or it ended before the answer."""


class Refused(Exception):
    """A CALL was answered with a CALLERROR."""


class Line(asyncio.Protocol):
    """One WebSocket connection: CALLs out, their answers in; what the central system asks is declined."""

    def __init__(self, port: int, identity: str) -> None:
        self._handshake: Handshake | None = Handshake(f"127.0.0.1:{port}", f"/ocpp/{identity}")
        self._frames = Frames()
        self._head = b""
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._ids = itertools.count(1)
        self._transport: asyncio.Transport
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False

    @classmethod
    async def open(cls, port: int, identity: str) -> "Line":
        """Connect; raises Lost."""
        try:
            _, line = await asyncio.get_running_loop().create_connection(lambda: cls(port, identity), "127.0.0.1", port)
        except OSError as error:
            raise Lost(str(error)) from error
        await line.opened
        return line

    def send(self, action: str, payload: bytes) -> "asyncio.Future[Any]":
        """Send a CALL; the future gives the payload of its CALLRESULT, or Lost or Refused."""
        future = asyncio.get_running_loop().create_future()
        if self.is_lost:
            future.set_exception(Lost("closed"))
            return future
        message_id = str(next(self._ids))
        self._waiting[message_id] = future
        self._transport.write(encode(TEXT, f'[2,"{message_id}","{action}",'.encode() + payload + b"]"))
        return future

    def hang_up(self) -> None:
        """End the connection without a word."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        assert self._handshake is not None
        self._transport = transport
        transport.write(self._handshake.request)

    def data_received(self, data: bytes) -> None:
        if self._handshake is not None:
            self._head += data
            head, end, data = self._head.partition(HEAD_END)
            if not end:
                return
            fault, self._handshake = self._handshake.fault(head), None
            if fault is not None:
                self.opened.set_exception(Lost(fault))
                self._transport.abort()
                return
            self.opened.set_result(None)
        for kind, payload in self._frames.feed(data):
            self._take(kind, payload)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        if not self.opened.done():
            self.opened.set_exception(Lost("closed during the handshake"))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Lost("closed before the answer"))
                future.exception()  # nobody may wait for it any more

    def _take(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self._transport.write(encode(PONG, payload))
        elif kind == CLOSE:
            self._transport.abort()
        elif kind == TEXT:
            frame = json.loads(payload)
            future = None if frame[0] == 2 else self._waiting.pop(frame[1], None)
            if frame[0] == 2:
                self._transport.write(encode(TEXT, json.dumps([4, frame[1], "NotImplemented", "", {}]).encode()))
            elif future is not None and not future.done():
                if frame[0] == 3:
                    future.set_result(frame[2])
                else:
                    future.set_exception(Refused(f"{frame[2]}: {frame[3]}"))


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer that a charger saw. `number` stands in the message, and in no other one of this charger."""

    identity: str
    action: str
    number: int
    payload: bytes
    answer: Any


class Charger:
    """One charger, whose connection may end at any moment."""

    def __init__(self, port: int, identity: str, seen: list[Seen], *, seed: int = 0) -> None:
        self.port = port
        self.identity = identity
        self.counts: Counter[str] = Counter()  # of what went wrong
        self.sent_numbers: set[int] = set()  # of the Starts that were sent, answered or not
        self.chance = random.Random(f"{identity}/{seed}")
        self._seen = seen
        self._line: Line | None = None
        self._numbers = itertools.count(1)

    async def live(self) -> None:
        """Boot, and charge again and again, until cancelled."""
        await self.boot()
        while True:
            await self.charge(values=self.chance.randrange(1, 5))

    async def boot(self) -> None:
        """Boot until it is welcome."""
        boot = b'{"chargePointVendor":"Acme","chargePointModel":"Box"}'
        while (await self.insist("BootNotification", boot))["status"] != "Accepted":
            await asyncio.sleep(PAUSE_SECONDS)

    async def charge(self, values: int) -> None:
        """Charge once, with so many meter values."""
        transaction_id = await self.start()
        for _ in range(values):
            await self.meter(transaction_id)
        await self.stop(transaction_id)

    async def start(self, at: datetime | None = None) -> int:
        """Start, and give the id."""
        number, payload = self._say({"connectorId": 1, "idTag": "CARD", "meterStart": 0}, "meterStart", at)
        self.sent_numbers.add(number)
        answer = await self._note("StartTransaction", number, payload)
        transaction_id: int = answer["transactionId"]
        return transaction_id

    async def meter(self, transaction_id: int, at: datetime | None = None) -> None:
        """Send meter values."""
        number = next(self._numbers)
        values = [{"timestamp": _wire_time(at), "sampledValue": [{"value": str(number)}]}]
        payload = {"connectorId": 1, "transactionId": transaction_id, "meterValue": values}
        await self._note("MeterValues", number, json.dumps(payload).encode())

    async def stop(self, transaction_id: int, at: datetime | None = None) -> None:
        """Stop."""
        number, payload = self._say({"transactionId": transaction_id, "meterStop": 0}, "meterStop", at)
        await self._note("StopTransaction", number, payload)

    async def insist(self, action: str, payload: bytes) -> Any:
        """Send a CALL, always the same, until it is answered with a CALLRESULT; connects anew where that is needed."""
        while True:
            try:
                line = await self.line()
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await line.send(action, payload)
            except (Lost, Refused) as error:
                self.counts[str(error)] += 1
            await asyncio.sleep(PAUSE_SECONDS * self.chance.uniform(0.5, 1.5))

    async def line(self) -> Line:
        """Give the connection, a new one where the old one has ended; raises Lost."""
        if self._line is None or self._line.is_lost:
            self._line = await Line.open(self.port, self.identity)
            self.counts["connected"] += 1
        return self._line

    def hang_up(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line.hang_up()

    def _say(self, payload: dict[str, Any], register: str, at: datetime | None) -> tuple[int, bytes]:
        number = next(self._numbers)
        return number, json.dumps({**payload, register: number, "timestamp": _wire_time(at)}).encode()

    async def _note(self, action: str, number: int, payload: bytes) -> Any:
        answer = await self.insist(action, payload)
        self._seen.append(Seen(self.identity, action, number, payload, answer))
        return answer


class Fleet:
    """Many chargers under load, and all the answers that they saw."""

    def __init__(self, port: int, count: int, *, seed: int = 0) -> None:
        self.seen: list[Seen] = []
        self.chargers = [Charger(port, f"CP{number:03}", self.seen, seed=seed) for number in range(count)]
        self._lives: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Let all of them live."""
        self._lives = [asyncio.create_task(charger.live()) for charger in self.chargers]

    async def end(self) -> None:
        """End their lives, wherever they are; raises what went wrong in one."""
        for life in self._lives:
            life.cancel()
        outcomes = await asyncio.gather(*self._lives, return_exceptions=True)
        for charger in self.chargers:
            charger.hang_up()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def answered(self, more: int, within_seconds: float = 60.0) -> None:
        """Wait until so many more answers were seen."""
        wanted, begun = len(self.seen) + more, time.monotonic()
        while len(self.seen) < wanted:
            assert time.monotonic() - begun < within_seconds, f"{len(self.seen)} of {wanted} answers came"
            for life in self._lives:
                if life.done():
                    life.result()
            await asyncio.sleep(0.01)

    def counts(self) -> Counter[str]:
        """Count what went wrong on the way."""
        total: Counter[str] = Counter()
        for charger in self.chargers:
            total += charger.counts
        return total


def _wire_time(at: datetime | None) -> str:
    return f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
