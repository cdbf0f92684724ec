"""A charger that sends to the letter what a test wants: odd handshakes, odd frames, silence."""

import asyncio
import base64
import itertools
import json
import struct
from collections.abc import Mapping
from types import TracebackType
from typing import Any

SECONDS = 8.0  # within which everything that is waited for must come
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
COMPRESSED = 0x40
MASK = b"\x11\x22\x33\x44"


class Refused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, status: int, headers: dict[str, str], body: str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.headers = headers
        self.body = body


class RawCharger:
    """One WebSocket connection of a charger, from the first byte of its handshake on.

    `headers` are added to those of a usual handshake, or replace them; None leaves one out. `path` replaces
    /ocpp/IDENTITY. It calls from `address`, which may be any of 127.*. Pings are answered unless `sends_pongs` is
    False; CALLs of the central system never by themselves.
    """

    def __init__(
        self,
        port: int,
        identity: str = "CP1",
        *,
        path: str | None = None,
        subprotocols: str | None = "ocpp1.6",
        headers: Mapping[str, str | None] | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self._port = port
        self._address = address
        self._path = f"/ocpp/{identity}" if path is None else path
        self._headers = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": subprotocols,
        } | dict(headers or {})
        self.headers: dict[str, str] = {}  # of the answer to the handshake, names in small letters
        self.frames: list[str] = []  # every text that came
        self.pings = 0
        self.pongs = 0
        self.sends_pongs = True
        self.close_code: int | None = None
        self.close_reason = ""
        self._calls: asyncio.Queue[list[Any]] = asyncio.Queue()
        self._answers: dict[Any, asyncio.Future[list[Any]]] = {}
        self._ids = itertools.count(1)
        self._closed = asyncio.Event()
        self._frame_came = asyncio.Event()

    async def __aenter__(self) -> "RawCharger":
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    async def connect(self) -> None:
        """Shake hands; raises Refused."""
        self._reader, self._writer = await asyncio.open_connection(
            "127.0.0.1", self._port, local_addr=(self._address, 0)
        )
        lines = [f"GET {self._path} HTTP/1.1", *(f"{k}: {v}" for k, v in self._headers.items() if v is not None)]
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), SECONDS)).decode().split("\r\n")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if (status := int(head[0].split()[1])) != 101:
            body = await self._reader.readexactly(int(self.headers.get("content-length", "0")))
            self._writer.close()
            raise Refused(status, self.headers, body.decode())
        self._listener = asyncio.create_task(self._listen())

    def hang_up(self) -> None:
        """End the TCP connection without a Close frame."""
        self._listener.cancel()
        self._writer.close()

    def stop_reading(self) -> None:
        """Leave everything that comes in the kernel, as a process does that hangs."""
        self._listener.cancel()
        transport: Any = self._writer.transport
        transport.pause_reading()

    def read_on(self) -> None:
        """Read what has come meanwhile."""
        transport: Any = self._writer.transport
        transport.resume_reading()
        self._listener = asyncio.create_task(self._listen())

    async def closed(self) -> int | None:
        """Wait until the other side has closed, and give its code, None without a Close frame."""
        await asyncio.wait_for(self._closed.wait(), SECONDS)
        return self.close_code

    @property
    def is_open(self) -> bool:
        return not self._closed.is_set()

    def send_frame(
        self, opcode: int, payload: bytes, *, final: bool = True, reserved: int = 0, length: int | None = None
    ) -> None:
        """Send a WebSocket frame, which may be a fragment, have reserved bits, or lie about its length."""
        first_byte = (0x80 if final else 0) | reserved | opcode
        size = len(payload) if length is None else length
        head = (
            struct.pack("!BB", first_byte, 0x80 | size) if size < 126 else struct.pack("!BBQ", first_byte, 0xFF, size)
        )
        masked = bytes(byte ^ MASK[index % 4] for index, byte in enumerate(payload))
        self._writer.write(head + MASK + masked)

    def send(self, text: str | bytes) -> None:
        """Send a text message."""
        self.send_frame(TEXT, text.encode() if isinstance(text, str) else text)

    async def ask(self, text: str, message_id: Any) -> list[Any]:
        """Send a text and wait for the frame that answers this message id; raises ConnectionError at the end."""
        if self._closed.is_set():
            raise ConnectionError("closed before the question")
        future = self._answers[message_id] = asyncio.get_running_loop().create_future()
        self.send(text)
        return await asyncio.wait_for(future, SECONDS)

    async def call(self, action: str, payload: Any = None) -> Any:
        """Send a CALL and give the payload of its CALLRESULT, or code and description of its CALLERROR as a tuple."""
        message_id = f"raw-{next(self._ids)}"
        answer = await self.ask(json.dumps([2, message_id, action, {} if payload is None else payload]), message_id)
        return answer[2] if answer[0] == 3 else tuple(answer[2:4])

    async def heartbeat(self) -> None:
        """Show that the connection lives and is served."""
        assert "currentTime" in await self.call("Heartbeat")

    async def boot(self) -> Any:
        """Boot."""
        return await self.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "Box"})

    async def pong(self) -> None:
        """Send a ping and wait for its pong."""
        before = self.pongs
        self.send_frame(PING, b"are you there?")
        async with asyncio.timeout(SECONDS):
            while self.pongs == before:
                self._frame_came.clear()
                await self._frame_came.wait()

    async def next_call(self) -> list[Any]:
        """Wait for a CALL of the central system: [2, message id, action, payload]."""
        return await asyncio.wait_for(self._calls.get(), SECONDS)

    def answer(self, call: list[Any], payload: Any) -> None:
        """Answer a CALL of the central system."""
        self.send(json.dumps([3, call[1], payload]))

    @property
    def has_calls(self) -> bool:
        """Whether CALLs have come that nobody took."""
        return not self._calls.empty()

    async def _listen(self) -> None:
        try:
            while True:
                opcode, payload = await self._read_frame()
                self._take(opcode, payload)
                self._frame_came.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            self._closed.set()
            for future in self._answers.values():
                future.set_exception(ConnectionError("closed before the answer"))

    async def _read_frame(self) -> tuple[int, bytes]:
        first, length = struct.unpack("!BB", await self._reader.readexactly(2))
        if length == 126:
            (length,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 0x0F, await self._reader.readexactly(length)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.pings += 1
            if self.sends_pongs:
                self.send_frame(PONG, payload)
        elif opcode == PONG:
            self.pongs += 1
        elif opcode == CLOSE:
            self.close_code, self.close_reason = struct.unpack("!H", payload[:2])[0], payload[2:].decode()
            self.send_frame(CLOSE, payload[:2])
        elif opcode == TEXT:
            self.frames.append(payload.decode())
            frame = json.loads(payload)
            if not isinstance(frame, list):
                return  # what pages are told
            if frame[0] == 2:
                self._calls.put_nowait(frame)
            elif (future := self._answers.pop(frame[1], None)) is not None:
                future.set_result(frame)


def basic(identity: str | bytes, key: str | bytes) -> dict[str, str | None]:
    """Give the headers with which a charger proves its identity."""
    name, secret = (text.encode() if isinstance(text, str) else text for text in (identity, key))
    return {"Authorization": "Basic " + base64.b64encode(name + b":" + secret).decode()}
