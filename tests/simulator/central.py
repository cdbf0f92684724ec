"""A small central system with real sockets that the simulated charge points are tried against."""

import asyncio
import base64
import itertools
import json
import ssl
from collections.abc import Callable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler

DEADLINE_SECONDS = 5.0
TIME = "2031-05-06T07:08:09Z"


class Central:
    """Answers every CALL as a friendly central system does, and remembers what it got."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.sockets: list[_Socket] = []
        self.handshakes: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.answers: dict[str, Any] = {}
        self.refuses_with: int | None = None
        self.refusals = 0
        self._transaction_ids = itertools.count(1)
        self._changed = asyncio.Event()
        self._server: HTTPServer | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"{'wss' if self._tls else 'ws'}://127.0.0.1:{self._port}/ocpp"

    async def start(self) -> None:
        listener, self._port = bind_unused_port()
        self._server = HTTPServer(Application([(r"/.*", _Socket, {"central": self})]), ssl_options=self._tls)
        self._server.add_socket(listener)

    async def stop(self) -> None:
        for socket in self.sockets:
            socket.close()
        assert self._server is not None
        self._server.stop()
        await self._server.close_all_connections()

    def actions(self) -> list[str]:
        return [action for action, _ in self.calls]

    def of(self, action: str) -> list[dict[str, Any]]:
        return [payload for name, payload in self.calls if name == action]

    def statuses(self, connector_id: int) -> list[str]:
        return [each["status"] for each in self.of("StatusNotification") if each["connectorId"] == connector_id]

    async def until(self, holds: Callable[[], Any]) -> None:
        """Wait until something holds; it is asked whenever anything happens."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def call(self, action: str, payload: dict[str, Any] | None = None) -> Any:
        """Send a CALL to the newest connection and return the answering frame without its type and id."""
        frame = await self.sockets[-1].call(action, payload or {})
        return frame[2] if frame[0] == 3 else frame[2:]

    def answer(self, action: str, payload: dict[str, Any]) -> Any:
        answer = self.answers.get(action, self._friendly(action))
        return answer(payload) if callable(answer) else answer

    def changed(self) -> None:
        self._changed.set()

    def _friendly(self, action: str) -> Any:
        match action:
            case "BootNotification":
                return {"currentTime": TIME, "interval": 300, "status": "Accepted"}
            case "Heartbeat":
                return {"currentTime": TIME}
            case "Authorize":
                return {"idTagInfo": {"status": "Accepted"}}
            case "StartTransaction":
                return {"idTagInfo": {"status": "Accepted"}, "transactionId": next(self._transaction_ids)}
            case "DataTransfer" | "SignCertificate":
                return {"status": "Accepted"}
        return {}


class _Socket(WebSocketHandler):
    def initialize(self, central: Central) -> None:
        self.central = central
        self.frames: list[str] = []
        self.pings = self.pongs = 0
        self.is_gone = False
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    async def prepare(self) -> None:
        if self.central.refuses_with is not None:
            self.central.refusals += 1
            self.central.changed()
            self.set_status(self.central.refuses_with)
            self.finish()

    def check_origin(self, origin: str) -> bool:
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return "ocpp1.6" if "ocpp1.6" in subprotocols else None

    def open(self, *args: str, **kwargs: str) -> None:
        self.central.sockets.append(self)
        self.central.handshakes.append(dict(self.request.headers))
        self.central.paths.append(self.request.uri or "")
        self.central.changed()

    def on_ping(self, data: bytes) -> None:
        self.pings += 1

    def on_pong(self, data: bytes) -> None:
        self.pongs += 1
        self.central.changed()

    def on_close(self) -> None:
        self.is_gone = True
        self.central.changed()

    def on_message(self, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode()
        self.frames.append(text)
        try:
            frame = json.loads(text)
        except ValueError:
            frame = [0, ""]
        match frame:
            case [2, message_id, action, payload]:
                self._answer(message_id, action, payload)
            case [3 | 4, message_id, *_]:
                if (future := self._waiting.pop(message_id, None)) is not None:
                    future.set_result(frame)
        self.central.changed()

    async def call(self, action: str, payload: dict[str, Any]) -> list[Any]:
        message_id = f"central-{next(self._ids)}"
        self._waiting[message_id] = asyncio.get_running_loop().create_future()
        await self.write_message(json.dumps([2, message_id, action, payload]))
        return await asyncio.wait_for(self._waiting[message_id], DEADLINE_SECONDS)

    def lose(self) -> None:
        """End the TCP connection without a Close frame."""
        assert self.ws_connection is not None
        self.ws_connection.stream.close()

    def credentials(self) -> bytes:
        return base64.b64decode(self.request.headers["Authorization"].removeprefix("Basic "))

    def _answer(self, message_id: str, action: str, payload: dict[str, Any]) -> None:
        self.central.calls.append((action, payload))
        answer = self.central.answer(action, payload)
        if isinstance(answer, tuple):  # a CALLERROR: code and description
            self.write_message(json.dumps([4, message_id, *answer, {}]))
        elif answer is not None:
            self.write_message(json.dumps([3, message_id, answer]))
