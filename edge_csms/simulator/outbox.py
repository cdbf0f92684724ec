"""The queue of transaction messages: nothing is lost while offline, and all is sent in order until answered."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import msgspec

from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16.core import MeterValues, StartTransaction, StartTransactionResponse, StopTransaction
from edge_csms.simulator.clock import Clock
from edge_csms.simulator.configuration import Configuration
from edge_csms.simulator.errors import Offline, SimulatorError
from edge_csms.simulator.transaction import Transaction

TransactionMessage: TypeAlias = StartTransaction | MeterValues | StopTransaction


class Queued(msgspec.Struct, eq=False):
    """A message that waits to be answered. Settled, it has its answer, or the error that it was given up for."""

    request: TransactionMessage
    transaction: Transaction | None
    settled: asyncio.Future[None]
    attempts: int = 0
    answer: Any = None
    error: SimulatorError | None = None


class Outbox:
    """Sends transaction messages one by one, oldest first (OCPP 1.6 §3.7)."""

    def __init__(
        self,
        send: Callable[[Request[Any]], Awaitable[Any]],
        on_verdict: Callable[[Transaction], None],
        configuration: Configuration,
        clock: Clock,
    ) -> None:
        self._send = send
        self._on_verdict = on_verdict
        self._configuration = configuration
        self._clock = clock
        self._queue: deque[Queued] = deque()
        self._filled = asyncio.Event()
        self._flowing = asyncio.Event()
        self._held = asyncio.Event()
        self._held.set()

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def is_flowing(self) -> bool:
        """Whether messages are being sent."""
        return self._flowing.is_set()

    def let_flow(self, flows: bool) -> None:
        """Send from now on, or keep everything back."""
        if flows:
            self._held.clear()
            self._flowing.set()
        else:
            self._flowing.clear()
            self._held.set()

    def put(self, request: TransactionMessage, transaction: Transaction | None = None) -> Queued:
        """Queue a message. Its transaction id is filled in when it is sent."""
        queued = Queued(request, transaction, asyncio.get_running_loop().create_future())
        self._queue.append(queued)
        self._filled.set()
        return queued

    async def wait_settled(self, queued: Queued) -> None:
        """Wait for the end of a message, but only while messages flow. Raises what it was given up for."""
        held = asyncio.ensure_future(self._held.wait())
        await asyncio.wait((queued.settled, held), return_when=asyncio.FIRST_COMPLETED)
        held.cancel()
        if queued.error is not None:
            raise queued.error

    async def wait_empty(self) -> None:
        """Wait until everything is settled, or held back."""
        while self._queue and self.is_flowing:
            await self.wait_settled(self._queue[-1])

    async def run(self) -> None:
        """Deliver for as long as the charge point has power."""
        while True:
            await self._filled.wait()
            await self._flowing.wait()
            await self._deliver(self._queue[0])
            if not self._queue:
                self._filled.clear()

    async def _deliver(self, queued: Queued) -> None:
        request, transaction = queued.request, queued.transaction
        if transaction is not None and not isinstance(request, StartTransaction):
            request.transaction_id = transaction.wire_id
        try:
            queued.answer = await self._send(request)
        except Offline:  # the message stays the first; whoever knows that the line is down stops the flow
            await asyncio.sleep(0)
        except SimulatorError as error:
            await self._try_again(queued, error)
        else:
            self._settle(queued)

    async def _try_again(self, queued: Queued, error: SimulatorError) -> None:
        queued.attempts += 1
        if queued.attempts >= max(1, self._configuration.number("TransactionMessageAttempts")):
            queued.error = error
            self._settle(queued)
            return
        pause = self._configuration.number("TransactionMessageRetryInterval")
        await self._clock.sleep(pause * queued.attempts)

    def _settle(self, queued: Queued) -> None:
        self._queue.popleft()
        if isinstance(queued.answer, StartTransactionResponse) and queued.transaction is not None:
            queued.transaction.transaction_id = queued.answer.transaction_id
            queued.transaction.id_tag_info = queued.answer.id_tag_info
            self._on_verdict(queued.transaction)
        queued.settled.set_result(None)
