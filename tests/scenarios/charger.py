"""A charge point that says what a scenario wants; what it hears must be as the official schemas have it."""

import asyncio
import itertools
import json
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from types import TracebackType
from typing import Any

import websockets
from jsonschema.protocols import Validator

from edge_csms.ocpp.v16 import OPERATIONS
from tests.ocpp.v16 import official
from tests.raw_charger import basic
from tests.running import Answer, RunningSite

SECONDS = 8.0  # within which everything that is waited for must come
ACCEPTED = {"status": "Accepted"}

Payload = dict[str, Any]


class CallFailed(Exception):
    """A CALL was answered with a CALLERROR."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description


class HandshakeRefused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, status: int, headers: Any, body: str) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.headers = headers
        self.body = body


class Command:
    """A CALL of the central system that waits for its answer."""

    def __init__(self, charger: "Charger", message_id: str, action: str, payload: Payload) -> None:
        self.action = action
        self.payload = payload
        self._charger = charger
        self._message_id = message_id

    async def answer(self, payload: Payload) -> None:
        """Answer with a CALLRESULT."""
        await self._charger.send([3, self._message_id, payload])

    async def refuse(self, code: str, description: str = "") -> None:
        """Answer with a CALLERROR."""
        await self._charger.send([4, self._message_id, code, description, {}])


class Charger:
    """One connection. `answers` holds, by Action, what CALLs are answered with at once: a payload or what makes one."""

    def __init__(
        self,
        url: str,
        identity: str = "CP1",
        *,
        password: str | bytes | None = None,
        tls: ssl.SSLContext | None = None,
        subprotocols: Sequence[str] = ("ocpp1.6",),
        source: str = "127.0.0.1",
    ) -> None:
        self.identity = identity
        self.answers: dict[str, Payload | Callable[[Payload], Payload]] = {}
        self.said: list[list[Any]] = []  # every frame of the central system, in order
        self._url = f"{url}/{identity}"
        self._options: dict[str, Any] = {"subprotocols": subprotocols or None, "ssl": tls, "local_addr": (source, 0)}
        if password is not None:
            self._options["additional_headers"] = basic(identity, password)
        self._ids = map(str, itertools.count(1))
        self._waiting: dict[str, asyncio.Future[Payload]] = {}
        self._commands: asyncio.Queue[Command] = asyncio.Queue()

    async def __aenter__(self) -> "Charger":
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    async def connect(self) -> None:
        """Shake hands; raises HandshakeRefused, or an SSLError where TLS fails."""
        try:
            self.socket = await websockets.connect(
                self._url, compression=None, proxy=None, ping_interval=None, open_timeout=SECONDS, **self._options
            )
        except websockets.InvalidStatus as error:
            response = error.response
            body = (response.body or b"").decode()
            raise HandshakeRefused(response.status_code, response.headers, body) from None
        self._reader = asyncio.create_task(self._read())

    async def disconnect(self) -> None:
        """Close, and tell whether anything that came was against the schemas."""
        await self.socket.close()
        await self._reader

    async def wait_closed(self) -> int | None:
        """Wait until the other side has closed, and give its code."""
        await asyncio.wait_for(asyncio.shield(self._reader), SECONDS)
        return self.socket.close_code

    async def send(self, frame: list[Any]) -> None:
        """Send a frame."""
        await self.socket.send(json.dumps(frame))

    async def call(self, action: str, payload: Payload | None = None) -> Payload:
        """Send a CALL and give the payload of its CALLRESULT; raises CallFailed."""
        message_id = next(self._ids)
        future = self._waiting[message_id] = asyncio.get_running_loop().create_future()
        await self.send([2, message_id, action, payload or {}])
        answer = await asyncio.wait_for(future, SECONDS)
        check(action, "response", answer)
        return answer

    async def next(self, action: str) -> Command:
        """Wait for the next CALL of the central system, which must be of this Action."""
        command = await asyncio.wait_for(self._commands.get(), SECONDS)
        assert command.action == action, (command.action, command.payload)
        check(action, "request", command.payload)
        return command

    @property
    def has_commands(self) -> bool:
        """Whether CALLs came that nobody has taken."""
        return not self._commands.empty()

    async def told(self, site: RunningSite, action: str, payload: Payload, answer: Payload) -> Payload:
        """Let a technician send a CALL here, answer it, and hold that it came, and went back, to the letter."""
        asked = asyncio.create_task(command(site, self.identity, action, payload))
        came = await self.next(action)
        assert came.payload == payload
        await came.answer(answer)
        answered = await asked
        assert (answered.status, answered.json) == (200, answer), answered.body
        check(action, "response", answered.json)
        return came.payload

    # What chargers say all the time

    async def boot(self, **more: Any) -> Payload:
        """Boot."""
        return await self.call("BootNotification", {"chargePointVendor": "Acme", "chargePointModel": "Box", **more})

    async def status(self, connector_id: int, status: str, error_code: str = "NoError", **more: Any) -> None:
        """Tell the status of a connector."""
        told = {"connectorId": connector_id, "errorCode": error_code, "status": status, **more}
        assert await self.call("StatusNotification", told) == {}

    async def authorize(self, id_tag: str) -> str:
        """Ask whether a tag may charge, and give the verdict."""
        return str((await self.call("Authorize", {"idTag": id_tag}))["idTagInfo"]["status"])

    async def start(self, id_tag: str, connector_id: int = 1, **more: Any) -> tuple[int, str]:
        """Start a transaction; gives its id and the verdict on its tag."""
        told = {"connectorId": connector_id, "idTag": id_tag, "meterStart": 100, "timestamp": now(), **more}
        answer = await self.call("StartTransaction", told)
        return answer["transactionId"], answer["idTagInfo"]["status"]

    async def stop(self, transaction_id: int, reason: str = "Local", **more: Any) -> Payload:
        """Stop a transaction."""
        told = {"transactionId": transaction_id, "meterStop": 1100, "timestamp": now(), "reason": reason, **more}
        return await self.call("StopTransaction", told)

    async def charge(self, id_tag: str = "VALID", connector_id: int = 1) -> int:
        """Go from a free connector to charging, and give the transaction's id."""
        await self.status(connector_id, "Preparing")
        assert await self.authorize(id_tag) == "Accepted"
        transaction_id, verdict = await self.start(id_tag, connector_id)
        assert verdict == "Accepted"
        await self.status(connector_id, "Charging")
        return transaction_id

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                self.said.append(frame)
                await self._hear(frame)

    async def _hear(self, frame: Any) -> None:
        match frame:
            case [2, message_id, action, payload] if action in self.answers:
                check(action, "request", payload)
                answer = self.answers[action]
                await self.send([3, message_id, answer(payload) if callable(answer) else answer])
            case [2, message_id, action, payload]:
                self._commands.put_nowait(Command(self, message_id, action, payload))
            case [3, message_id, payload]:
                self._waiting.pop(message_id).set_result(payload)
            case [4, message_id, code, description, dict()]:
                self._waiting.pop(message_id).set_exception(CallFailed(code, description))
            case _:
                raise AssertionError(f"no frame of OCPP-J: {frame}")


async def command(site: RunningSite, identity: str, action: str, payload: Any) -> Answer:
    """Send a CALL to a charge point over REST."""
    return await site.ask("POST", f"/api/v1/charge-points/{identity}/calls/{action}", payload)


async def refused(charger: Charger) -> HandshakeRefused:
    """Hold that a charger is not let in, and give how it was told."""
    try:
        await charger.connect()
    except HandshakeRefused as refusal:
        return refusal
    await charger.disconnect()
    raise AssertionError("it was let in")


async def until(holds: Callable[[], Any]) -> None:
    """Wait until something that happens in the server, and tells nobody, has happened."""
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.005)


def check(action: str, kind: str, payload: Any) -> None:
    """Hold that a payload is as its official schema has it."""
    text = json.dumps(payload)
    _validator(action, kind).validate(json.loads(text, parse_float=official.Decimal))


@cache
def _validator(action: str, kind: str) -> Validator:
    operation = OPERATIONS.get(action)
    assert operation is not None, f"{action} is no operation of OCPP 1.6"
    return official.validator(official.schema_of(operation, kind))


def now() -> str:
    """Give the time as the standard writes it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
