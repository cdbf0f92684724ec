"""Session: one connection of a charge point, with its Endpoint, its transport and a worker that answers in order."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from edge_csms.central.dialect import Dialect
from edge_csms.central.inspector import Message
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.probation import Probation
from edge_csms.domain.errors import CallRefused as Refused
from edge_csms.domain.errors import NoAnswer, Offline, StorageUnavailable
from edge_csms.ocpp.endpoint import (
    CallAnswered,
    CallReceived,
    CallRefused,
    CallTimedOut,
    Endpoint,
    InvalidFrame,
    PendingCall,
    StrayAnswer,
)
from edge_csms.ocpp.errors import FormationViolation, InternalError, WireError
from edge_csms.ocpp.frames import Ignored, MessageId

log = logging.getLogger(__name__)

MAX_WAITING = 64  # CALLs of a charge point that wait for their answer; it may have one, by OCPP-J §4.1.1
HOLD_WHILE_SILENT_SECONDS = 5.0  # one that only reconnects may say nothing for a while, and has no Boot to digest
PING_SECONDS = 30.0  # without a frame, until we ask whether the other side lives
MAX_TIMEOUTS = 3  # in a row, until the connection is ended so that the charger makes a new one


class Transport(Protocol):
    """What carries the frames; Tornado's WebSocket handler is one."""

    def send(self, frame: bytes) -> None:
        """Send a text frame."""

    def ping(self) -> None:
        """Send a ping."""

    def close(self, code: int, reason: str) -> None:
        """Close with a Close frame."""

    def abort(self) -> None:
        """End the TCP connection without a Close frame."""


class Session:
    """One connection. `receive` never waits; CALLs are answered one by one in order by one worker."""

    def __init__(
        self,
        live: LiveChargePoint,
        dialect: Dialect,
        transport: Transport,
        endpoint: Endpoint,
        counts: Counter[tuple[str, str]],
        hold_after_boot_seconds: float,
        probation: Probation,
    ) -> None:
        self.live = live
        self.dialect = dialect
        self.transport = transport
        self.last_heard = self.pinged_at = time.monotonic()
        self.first_action: str | None = None
        self.on_first_frame: Callable[[], None] | None = None
        self._endpoint = endpoint
        self._counts = counts
        self._hold_after_boot_seconds = hold_after_boot_seconds
        self._probation = probation
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[CallReceived, Message]] = []  # mostly empty, and then smaller than a deque
        self._wake: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._messages: dict[str, Message] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._holding: asyncio.TimerHandle | None = None
        self._has_answered = False
        self._closed = False
        self._hold(HOLD_WHILE_SILENT_SECONDS)
        self._worker = self._loop.create_task(self._serve())
        self._worker.add_done_callback(self._check_worker)

    def receive(self, frame: str | bytes) -> asyncio.Future[None] | None:
        """Take a frame from the reader; a future, where one is returned, asks the reader to pause until it resolves."""
        self.heard()
        event = self._endpoint.receive(frame, self.last_heard)
        match event:
            case CallReceived():
                return self._enqueue(event, frame)
            case CallAnswered(call, payload, fault):
                self._note_broken(f"answer to {call.action}", fault, frame)
                self._resolve(call, frame, payload)
            case CallRefused(call, code, description, _, fault):
                self._note_broken(f"answer to {call.action}", fault, frame)
                self._resolve(call, frame, Refused(code, description), f"{code}: {description}")
            case InvalidFrame(raw, reason, reply_to):
                self._note_invalid(raw, reason, reply_to)
            case StrayAnswer():
                self._note("stray_answer", "It answered a CALL that no longer waited, or that was never sent.", frame)
            case Ignored(reason):
                self._note("ignored_frame", f"It sent a frame that means nothing and was passed over: {reason}.", frame)
        return None

    def check_liveness(self, longest_seconds: float) -> None:
        """Ping a charge point that was quiet, and end the connection if it was silent for too long."""
        now = time.monotonic()
        if now - self.last_heard > longest_seconds:
            silence = now - self.last_heard
            log.warning("%s was silent for %.0f s: its connection is ended", self.live.charge_point_id, silence)
            self.transport.abort()
        elif now - max(self.pinged_at, self.last_heard) > PING_SECONDS:
            self.pinged_at = now
            self.transport.ping()

    def heard(self) -> None:
        """Note a sign of life: any frame, pings and pongs too."""
        self.last_heard = time.monotonic()

    async def call(
        self, action: str, payload: bytes, timeout_seconds: float | None = None, *, urgent: bool = False
    ) -> bytes:
        """Send a CALL, an urgent one before those that are not, and return the payload of its CALLRESULT.

        Raises domain.errors.CallRefused after a CALLERROR, NoAnswer after the deadline, Offline if the connection ends.
        """
        if self._closed:
            raise Offline(f"{self.live.charge_point_id} is not connected")
        pending = self._endpoint.call(action, payload, timeout_seconds, urgent=urgent)
        future = self._answers[pending.message_id] = self._loop.create_future()
        self._send_calls()
        try:
            return await future  # type: ignore[no-any-return]
        finally:
            self._answers.pop(pending.message_id, None)
            self._endpoint.cancel(pending)

    def end(self) -> None:
        """Note that the connection is gone: nothing is answered any more, what waited for an answer fails."""
        if self._closed:
            return
        self._closed = True
        self._worker.cancel()
        self._hold()
        if self._timer is not None:
            self._timer.cancel()
        offline = Offline(f"{self.live.charge_point_id} went offline before it answered")
        for pending in self._endpoint.fail_all():
            self._resolve(pending, None, offline, "the connection ended before the answer")
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _note(self, code: str, words: str, frame: str | bytes) -> None:
        """Keep a frame that brings nothing about."""
        shown = self._concealed(None, frame)
        self.live.recorder.note(shown, words)
        self.live.note_finding(code, "", words, shown)

    def _note_broken(self, what: str, fault: str, frame: str | bytes) -> None:
        if fault:
            words = f"Its {what} was broken JSON: {fault}."
            self.live.note_finding("broken_json", what, words, self._concealed(None, frame))

    def _concealed(self, action: str | None, frame: str | bytes) -> bytes:
        return self.dialect.conceal(action, frame.encode("utf-8", "replace") if isinstance(frame, str) else frame)

    def _note_invalid(self, raw: str, reason: str, reply_to: MessageId | None) -> None:
        log.warning("%s sent a frame that can't be read: %s", self.live.charge_point_id, reason)
        self._note("invalid_frame", f"It sent text that is no OCPP-J frame: {reason}.", raw)
        if reply_to is not None:  # it waits for an answer; without one it would hang until its timeout
            self.transport.send(self._endpoint.reply_error(reply_to, FormationViolation(reason)))

    def _enqueue(self, call: CallReceived, frame: str | bytes) -> asyncio.Future[None] | None:
        message = self.live.recorder.begin("in", call.action, call.message_id, frame)
        self._note_broken(call.action, call.fault, frame)
        self._waiting.append((call, message))
        if self.first_action is None:
            self.first_action = call.action
            self._hold()
            if self.on_first_frame is not None:
                self.on_first_frame()
        elif self.dialect.is_boot(call.action):
            self._hold()
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
        if len(self._waiting) < MAX_WAITING:
            return None
        if self._room is None or self._room.done():
            self._room = self._loop.create_future()
        return self._room

    async def _serve(self) -> None:
        while True:
            while not self._waiting:
                self._wake = self._loop.create_future()
                await self._wake
            call, message = self._waiting[0]
            if self._probation.is_on:
                await self._probation.wait_for_end()
            answer, fault = await self._respond(call)
            self._waiting.pop(0)
            if answer is not None:
                self.transport.send(answer)
            self.live.recorder.end(message, answer, fault)
            known = call.action if self.dialect.operations.get(call.action) is not None else "unknown"
            self._counts[known, "answered" if fault is None else "refused"] += 1
            self._after(call)
            if self._room is not None and len(self._waiting) < MAX_WAITING and not self._room.done():
                self._room.set_result(None)

    def _check_worker(self, worker: asyncio.Task[None]) -> None:
        """End the connection if a bug ended the worker: on a new one the charge point is answered again."""
        if not worker.cancelled() and (bug := worker.exception()) is not None:
            log.error("%s is answered no more", self.live.charge_point_id, exc_info=bug)
            self.transport.abort()

    async def _respond(self, call: CallReceived) -> tuple[bytes | None, str | None]:
        """Make the answer to a CALL and what was wrong, if anything: the only place where CALLERRORs are made."""
        try:
            payload = await self.dialect.answer(self.live, call)
            if self.live.unsaved and self.dialect.is_vital(call.action):
                self.live.unsaved = 0
            return self._endpoint.reply(call.message_id, payload), None
        except WireError as error:
            log.info("%s: %s refused: %s %s", self.live.charge_point_id, call.action, error.code, error.description)
            return self._endpoint.reply_error(call.message_id, error), f"{error.code}: {error.description}"
        except StorageUnavailable as error:
            log.error("%s: %s not stored: %s", self.live.charge_point_id, call.action, error.detail)
            return self._refuse_unsaved(call, error), error.detail
        except Exception:
            log.exception("%s: %s failed", self.live.charge_point_id, call.action)
            return self._endpoint.reply_error(
                call.message_id, InternalError("the central system failed")
            ), "our own fault: see the log"

    def _refuse_unsaved(self, call: CallReceived, error: StorageUnavailable) -> bytes | None:
        """Refuse once what can't be stored; then end the connection, since chargers count their retries after errors.

        Nothing limits what a charger keeps that is offline: it stays so until the storage is back (see OcppSocket).
        """
        if self.dialect.is_vital(call.action):
            self.live.unsaved += 1
            if self.live.unsaved > 1:
                self.transport.abort()
                return None
        return self._endpoint.reply_error(call.message_id, InternalError(error.detail))

    def _after(self, call: CallReceived) -> None:
        """Let our CALLs out after the first answer, after a Boot a little later."""
        if self.dialect.is_boot(call.action):
            of_its_own = self.live.quirks.switches.hold_after_boot_seconds
            self._hold(self._hold_after_boot_seconds if of_its_own is None else of_its_own)
        elif not self._has_answered and not any(self.dialect.is_boot(one.action) for one, _ in self._waiting):
            self._release()
        self._has_answered = True

    def _hold(self, seconds: float | None = None) -> None:
        """Keep our CALLs back, for some seconds or until something lets them out."""
        self._endpoint.hold()
        if self._holding is not None:
            self._holding.cancel()
        self._holding = None if seconds is None else self._loop.call_later(seconds, self._release)

    def _release(self) -> None:
        if self._probation.is_on:
            self._hold(HOLD_WHILE_SILENT_SECONDS)
            return
        self._endpoint.release()
        self._send_calls()

    def _send_calls(self) -> None:
        now = time.monotonic()
        for frame in self._endpoint.take_outgoing(now):
            self.transport.send(frame)
            if (pending := self._endpoint.in_flight) is not None:
                shown = self.dialect.conceal(pending.action, frame)
                self._messages[pending.message_id] = self.live.recorder.begin(
                    "out", pending.action, pending.message_id, shown
                )
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._endpoint.next_deadline) is not None:
            self._timer = self._loop.call_later(max(0.0, deadline - now), self._expire)

    def _expire(self) -> None:
        self._timer = None
        for timed_out in self._endpoint.expire(time.monotonic()):
            self._time_out(timed_out)
        self._send_calls()

    def _time_out(self, timed_out: CallTimedOut) -> None:
        call = timed_out.call
        words = f"{self.live.charge_point_id} did not answer {call.action} within {call.timeout_seconds:g} s"
        log.warning("%s", words)
        self._resolve(call, None, NoAnswer(words), "no answer in time")
        if self._endpoint.consecutive_timeouts >= MAX_TIMEOUTS:
            log.warning(
                "%s left %s CALLs unanswered: closing, so that it connects anew",
                self.live.charge_point_id,
                MAX_TIMEOUTS,
            )
            self.transport.abort()

    def _resolve(self, call: PendingCall, frame: str | bytes | None, outcome: Any, fault: str | None = None) -> None:
        """Give a CALL of ours its outcome: a payload, or the Refusal to raise."""
        if (message := self._messages.pop(call.message_id, None)) is not None:
            self.live.recorder.end(message, None if frame is None else self._concealed(call.action, frame), fault)
        future = self._answers.get(call.message_id)
        if future is not None and not future.done():
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(bytes(outcome))
        if not self._closed:
            self._send_calls()
