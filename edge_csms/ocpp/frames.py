"""CALL, CALLRESULT and CALLERROR as Python values and as JSON text (OCPP-J 1.6 §4)."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from edge_csms.ocpp import lenient_json

MessageId: TypeAlias = str | int | float
"""As it came: text on paper, but numbers happen and are echoed as numbers."""

EMPTY = msgspec.Raw(b"{}")
_MAX_DESCRIPTION_LENGTH = 255  # OCPP-J 1.6 §4.2.3


class Call(msgspec.Struct, array_like=True, tag=2, forbid_unknown_fields=True, frozen=True, gc=False):
    """A request: [2, message id, action, payload]."""

    message_id: MessageId
    action: str
    payload: msgspec.Raw = EMPTY


class CallResult(msgspec.Struct, array_like=True, tag=3, forbid_unknown_fields=True, frozen=True, gc=False):
    """An answer: [3, message id, payload]."""

    message_id: MessageId
    payload: msgspec.Raw = EMPTY


class CallError(msgspec.Struct, array_like=True, tag=4, forbid_unknown_fields=True, frozen=True, gc=False):
    """A refusal: [4, message id, code, description, details]. Some send the id alone."""

    message_id: MessageId
    code: str = "GenericError"
    description: str = ""
    details: dict[str, Any] = {}


Frame: TypeAlias = Call | CallResult | CallError


class Invalid(msgspec.Struct, frozen=True, gc=False):
    """Text that is no valid frame, and what could be read of it.

    `frame` is what the text means after a repair; with `payload_lost` only its head could be read and its payload
    stands for nothing. `reply_to` is the id of a CALL of which not even the action could be read.
    """

    raw: str
    reason: str
    frame: Frame | None = None
    payload_lost: bool = False
    reply_to: MessageId | None = None


class Ignored(msgspec.Struct, frozen=True, gc=False):
    """A frame to pass over: an empty one, or of a type number that we don't know (OCPP-J 1.6 §4.1.3)."""

    reason: str


_decode: Callable[[str | bytes], Frame] = msgspec.json.Decoder(Frame).decode
_encode = msgspec.json.Encoder().encode

_NUMERALS = {"2": 2, "3": 3, "4": 4}

# The head of a frame whose rest is broken. A string that never ends reaches to the end of the text.
_STRING = r'"(?:[^"\\]|\\.)*+"'
_HEAD = re.compile(
    rf"\[\s*([234])\s*,\s*({_STRING}|-?\d{{1,20}}(?:\.\d{{1,20}})?)\s*(?:,\s*({_STRING})|[,\]]|\Z)", re.DOTALL
)


def parse(text: str | bytes) -> Frame | Invalid | Ignored:
    """Read one frame. Never raises."""
    try:
        return _decode(text)
    except (ValueError, RecursionError) as fault:
        return _read_broken(lenient_json.tidy(text), str(fault))


def encode_call(message_id: MessageId, action: str, payload: bytes) -> bytes:
    """Write a CALL."""
    return b"".join((b"[2,", _encode(message_id), b",", _encode(action), b",", payload, b"]"))


def encode_result(message_id: MessageId, payload: bytes) -> bytes:
    """Write a CALLRESULT."""
    return b"".join((b"[3,", _encode(message_id), b",", payload, b"]"))


def encode_error(
    message_id: MessageId, code: str, description: str = "", details: dict[str, Any] | None = None
) -> bytes:
    """Write a CALLERROR, always with all five elements."""
    return _encode((4, message_id, code, description[:_MAX_DESCRIPTION_LENGTH], details or {}))


def _read_broken(text: str, fault: str) -> Invalid | Ignored:
    if not text:
        return Ignored("empty")
    try:
        value = lenient_json.load(text)
    except ValueError as worse_fault:
        return _read_head(text, str(worse_fault))
    if not isinstance(value, list) or not value:
        return Invalid(text, "not a JSON array with elements")
    return _interpret(value, text, fault)


def _interpret(value: list[Any], text: str, fault: str) -> Invalid | Ignored:
    """Read the elements of an array that is no frame as it stands."""
    kind, *rest = value
    if isinstance(kind, str):
        kind = _NUMERALS.get(kind)
    if not _is_number(kind):
        return Invalid(text, "no message type number")
    if kind not in (2, 3, 4):
        return Ignored(f"unknown message type {kind}")
    if not rest or not (isinstance(rest[0], str) or _is_number(rest[0])):
        return Invalid(text, "no message id")
    message_id, *rest = rest
    match kind, rest:
        case 2, [str(action), *payload]:
            return Invalid(text, fault, Call(message_id, action, _raw(payload)))
        case 2, _:
            return Invalid(text, "a CALL without an action", reply_to=message_id)
        case 3, payload:
            return Invalid(text, fault, CallResult(message_id, _raw(payload)))
        case _:
            return Invalid(text, fault, _call_error(message_id, rest))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _raw(payload: list[Any]) -> msgspec.Raw:
    return msgspec.Raw(lenient_json.dump(payload[0])) if payload else EMPTY


def _call_error(message_id: MessageId, rest: list[Any]) -> CallError:
    code, description, details = (*rest, None, None, None)[:3]
    return CallError(
        message_id,
        code if isinstance(code, str) else "GenericError",
        description if isinstance(description, str) else "",
        details if isinstance(details, dict) else {},
    )


def _read_head(text: str, fault: str) -> Invalid:
    """Read the message id and the action of a frame whose payload is beyond repair."""
    head = _HEAD.match(text)
    if head is None:
        return Invalid(text, fault)
    kind, id_text, action_text = head.groups()
    message_id = _read_token(id_text)
    if kind == "2":
        if action_text is None:
            return Invalid(text, fault, reply_to=message_id)
        return Invalid(text, fault, Call(message_id, _read_token(action_text)), payload_lost=True)
    frame = CallResult(message_id) if kind == "3" else CallError(message_id)
    return Invalid(text, fault, frame, payload_lost=True)


def _read_token(text: str) -> Any:
    """Read a string or number; a string with an escape that JSON doesn't know stays as it is."""
    try:
        return lenient_json.load(text)
    except ValueError:
        return text.strip('"')
