"""One end of a connection without its socket: one CALL in flight, answers matched to it, deadlines.

It does not know on which side it stands. The caller feeds it frames and the time, and sends what it hands out.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from edge_csms.ocpp import frames
from edge_csms.ocpp.errors import FormationViolation, WireError
from edge_csms.ocpp.frames import Call, CallError, CallResult, Ignored, Invalid, MessageId


class PendingCall(msgspec.Struct, eq=False, gc=False):
    """A CALL of ours: waiting for its turn until `sent_at`, then in flight until its deadline. Times are seconds."""

    message_id: str
    action: str
    payload: bytes
    timeout_seconds: float
    sent_at: float | None = None
    deadline: float | None = None
    answered_at: float | None = None


class CallReceived(msgspec.Struct, frozen=True, gc=False):
    """The other side asks. It must be answered exactly once.

    With `repaired` the text was broken and its meaning is sure; with `damaged` the payload was lost and is empty.
    `fault` says what was broken, `raw` is the text of a damaged one.
    """

    message_id: MessageId
    action: str
    payload: msgspec.Raw
    repaired: bool = False
    damaged: bool = False
    fault: str = ""
    raw: str = ""


class CallAnswered(msgspec.Struct, frozen=True, gc=False):
    """A CALLRESULT to our CALL. With a `fault` its text was broken and its meaning is sure."""

    call: PendingCall
    payload: msgspec.Raw
    fault: str = ""


class CallRefused(msgspec.Struct, frozen=True, gc=False):
    """A CALLERROR to our CALL, or an answer to it that can't be read. With a `fault` its text was broken."""

    call: PendingCall
    code: str
    description: str
    details: dict[str, Any]
    fault: str = ""


class StrayAnswer(msgspec.Struct, frozen=True, gc=False):
    """An answer that no CALL waits for: late, doubled or made up."""

    message_id: MessageId
    raw: str | bytes


class InvalidFrame(msgspec.Struct, frozen=True, gc=False):
    """Text that means nothing. If it began as a CALL, `reply_to` is its message id."""

    raw: str
    reason: str
    reply_to: MessageId | None = None


class CallTimedOut(msgspec.Struct, frozen=True, gc=False):
    """No answer came before the deadline."""

    call: PendingCall


Event: TypeAlias = CallReceived | CallAnswered | CallRefused | StrayAnswer | InvalidFrame | Ignored


class Endpoint:
    """The state of one connection: our CALL in flight, and those that wait behind it."""

    __slots__ = (
        "_held",
        "_in_flight",
        "_new_message_id",
        "_timeout_seconds",
        "_urgent",
        "_waiting",
        "consecutive_timeouts",
    )

    def __init__(self, timeout_seconds: float, new_message_id: Callable[[], str]) -> None:
        self.consecutive_timeouts = 0
        self._timeout_seconds = timeout_seconds
        self._new_message_id = new_message_id
        self._held = False
        self._in_flight: PendingCall | None = None
        # Lists, though they are queues: few CALLs ever wait, and an empty deque takes 760 bytes of each connection.
        self._urgent: list[PendingCall] = []
        self._waiting: list[PendingCall] = []

    def receive(self, text: str | bytes, now: float) -> Event:
        """Take one frame of the other side and say what it means. Never raises."""
        frame = frames.parse(text)
        if isinstance(frame, Call):
            return CallReceived(frame.message_id, frame.action, frame.payload)
        match frame:
            case CallResult() | CallError():
                return self._match_answer(frame, text, now)
            case Invalid():
                return self._receive_broken(frame, now)
            case _:
                return frame

    def reply(self, message_id: MessageId, payload: bytes) -> bytes:
        """Return the CALLRESULT for a CALL that was received."""
        return frames.encode_result(message_id, payload)

    def reply_error(self, message_id: MessageId, error: WireError) -> bytes:
        """Return the CALLERROR for a CALL that was received."""
        return frames.encode_error(message_id, error.code, error.description, error.details)

    def call(
        self,
        action: str,
        payload: bytes,
        timeout_seconds: float | None = None,
        *,
        urgent: bool = False,
    ) -> PendingCall:
        """Queue a CALL; `take_outgoing` hands it out in its turn. Urgent ones go before those that are not."""
        timeout = self._timeout_seconds if timeout_seconds is None else timeout_seconds
        call = PendingCall(self._new_message_id(), action, payload, timeout)
        (self._urgent if urgent else self._waiting).append(call)
        return call

    def take_outgoing(self, now: float) -> list[bytes]:
        """Return the CALL frames to send now. The deadline of a CALL counts from here."""
        if self._held or self._in_flight is not None or not (queue := self._urgent or self._waiting):
            return []
        call = self._in_flight = queue.pop(0)
        call.sent_at = now
        call.deadline = now + call.timeout_seconds
        return [frames.encode_call(call.message_id, call.action, call.payload)]

    def hold(self) -> None:
        """Send no CALL until `release`. Replies and the CALL in flight go on."""
        self._held = True

    def release(self) -> None:
        """Let CALLs go out again."""
        self._held = False

    @property
    def in_flight(self) -> PendingCall | None:
        """The CALL of ours that was sent and waits for its answer."""
        return self._in_flight

    @property
    def next_deadline(self) -> float | None:
        """When `expire` is due, or None while nothing is in flight."""
        return self._in_flight.deadline if self._in_flight is not None else None

    def expire(self, now: float) -> list[CallTimedOut]:
        """Give up the CALL whose deadline has passed. A late answer to it is a StrayAnswer."""
        call = self._in_flight
        if call is None or call.deadline is None or now < call.deadline:
            return []
        self._in_flight = None
        self.consecutive_timeouts += 1
        return [CallTimedOut(call)]

    def cancel(self, call: PendingCall) -> bool:
        """Take back a CALL that waits. One that was sent can't be: it stays in flight until its answer or deadline."""
        for queue in (self._urgent, self._waiting):
            if call in queue:
                queue.remove(call)
                return True
        return False

    def fail_all(self) -> list[PendingCall]:
        """Give up everything at the connection's end and return it: what was in flight, then what waited."""
        in_flight = [self._in_flight] if self._in_flight is not None else []
        failed = [*in_flight, *self._urgent, *self._waiting]
        self._in_flight = None
        self._urgent.clear()
        self._waiting.clear()
        return failed

    def _receive_broken(self, broken: Invalid, now: float) -> Event:
        match broken.frame:
            case None:
                return InvalidFrame(broken.raw, broken.reason, broken.reply_to)
            case Call(message_id, action, payload) if broken.payload_lost:
                fault = broken.reason
                return CallReceived(message_id, action, payload, damaged=True, fault=fault, raw=broken.raw)
            case Call(message_id, action, payload):
                return CallReceived(message_id, action, payload, repaired=True, fault=broken.reason)
            case CallResult(message_id) if broken.payload_lost:
                unreadable = CallError(message_id, FormationViolation.code, f"unreadable answer: {broken.reason}")
                return self._match_answer(unreadable, broken.raw, now, broken.reason)
            case answer:
                return self._match_answer(answer, broken.raw, now, broken.reason)

    def _match_answer(self, answer: CallResult | CallError, raw: str | bytes, now: float, fault: str = "") -> Event:
        call = self._in_flight
        # Our ids are text; some chargers send a numeric-looking one back as a number.
        if call is None or str(answer.message_id) != call.message_id:
            return StrayAnswer(answer.message_id, raw)
        self._in_flight = None
        self.consecutive_timeouts = 0
        call.answered_at = now
        if isinstance(answer, CallResult):
            return CallAnswered(call, answer.payload, fault)
        return CallRefused(call, answer.code, answer.description, answer.details, fault)
