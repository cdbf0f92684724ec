"""The CALLs that the central system has sent, as a log that can be waited on."""

import asyncio
from typing import Any

import msgspec

from edge_csms.ocpp.frames import MessageId


class ReceivedCall(msgspec.Struct, frozen=True):
    """A CALL of the central system, as it came."""

    action: str
    payload: dict[str, Any]
    message_id: MessageId


class ReceivedCalls(list[ReceivedCall]):
    """All of them, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self._unclaimed: list[ReceivedCall] = []
        self._arrived = asyncio.Event()

    def add(self, call: ReceivedCall) -> None:
        """Remember a CALL and wake whoever waits for it."""
        self.append(call)
        self._unclaimed.append(call)
        self._arrived.set()

    async def next(self, action: str, timeout_seconds: float) -> ReceivedCall:
        """Return the oldest CALL of this Action that was not returned before. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds):
            while (call := self._claim(action)) is None:
                self._arrived.clear()
                await self._arrived.wait()
        return call

    def of(self, action: str) -> list[ReceivedCall]:
        """Return all CALLs of this Action."""
        return [call for call in self if call.action == action]

    def _claim(self, action: str) -> ReceivedCall | None:
        for call in self._unclaimed:
            if call.action == action:
                self._unclaimed.remove(call)
                return call
        return None
