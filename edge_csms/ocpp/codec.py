"""Payload struct <-> wire payload: a strict verdict, or a tolerant reading with its findings."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from edge_csms.ocpp import lenient_json, reading
from edge_csms.ocpp.errors import FormationViolation, OccurenceConstraintViolation, WireError
from edge_csms.ocpp.finding import Finding, example_of
from edge_csms.ocpp.operation import WireStruct

__all__ = ["Decoded", "Finding", "decode", "decode_answer", "encode"]

S = TypeVar("S", bound=WireStruct)


class Decoded(msgspec.Struct, Generic[S], frozen=True, gc=False):
    """A payload as it was understood, and in which ways it is not as the standard says."""

    payload: S
    findings: tuple[Finding, ...] = ()


class _Decoders(dict[type[WireStruct], Callable[[bytes], Any] | None]):
    """The msgspec decoder of each payload class, made at first use; None where msgspec can't check everything."""

    def __missing__(self, struct_type: type[WireStruct]) -> Callable[[bytes], Any] | None:
        suffices = reading.msgspec_suffices(msgspec.inspect.type_info(struct_type))
        decoder = self[struct_type] = msgspec.json.Decoder(struct_type).decode if suffices else None
        return decoder


_DECODERS = _Decoders()

encode: Callable[[WireStruct], bytes] = msgspec.json.Encoder().encode
"""Write a payload as compact JSON, its members in the order of the specification's table, absent ones left out."""


def decode(
    struct_type: type[S], raw: bytes | msgspec.Raw, *, essential: tuple[str, ...] = (), strict: bool = False
) -> Decoded[S]:
    """Read a payload.

    Raises the matching WireError if `strict` and anything deviates from the standard, or if an essential field
    (attribute name) is missing or can't be read.
    """
    data = bytes(raw)
    decoder = _DECODERS[struct_type]
    # msgspec reads null as absent, the standard does not know it: look closer if it may be there.
    if decoder is not None and b"null" not in data:
        try:
            return Decoded(decoder(data))
        except (ValueError, RecursionError):
            pass
    value = _load(data, strict=strict, must_be_object=strict or bool(essential))
    if not isinstance(value, dict):
        empty, _ = reading.read(struct_type, {})
        return Decoded(empty, (_not_an_object(value),))
    payload, findings = reading.read(struct_type, value)
    if strict and findings:
        raise findings[0].as_error()
    for name in essential:
        if getattr(payload, name) is None:
            raise _why_none(struct_type, name, findings)
    return Decoded(payload, findings)


def decode_answer(struct_type: type[S], raw: bytes | msgspec.Raw) -> Decoded[S]:
    """Read the payload of a CALLRESULT, always tolerantly. Never raises."""
    return decode(struct_type, raw)


def _load(data: bytes, *, strict: bool, must_be_object: bool) -> Any:
    """Return the JSON value of a payload; raise FormationViolation where there is no use for it."""
    try:
        if strict:
            msgspec.json.decode(data)  # the lenient reading would repair it
        value = lenient_json.load(data)
    except (ValueError, RecursionError) as fault:
        if must_be_object:
            raise FormationViolation(f"unreadable payload: {fault}") from None
        return lenient_json.tidy(data)
    if value is None:  # another way to write a payload without members (OCPP-J 1.6 §4.2.1)
        return {}
    if must_be_object and not isinstance(value, dict):
        raise _not_an_object(value).as_error()
    return value


def _not_an_object(value: Any) -> Finding:
    return Finding("not_an_object", "", "expected a JSON object", example_of(value), "")


def _why_none(struct_type: type[WireStruct], attribute: str, findings: tuple[Finding, ...]) -> WireError:
    fields = msgspec.structs.fields(struct_type)
    wire_name = next(field.encode_name for field in fields if field.name == attribute)
    for finding in findings:
        if finding.field == wire_name:
            return finding.as_error()
    return OccurenceConstraintViolation(f"{wire_name}: is required")
