"""Puts the members of a payload into the specification's order and leaves every value as it came."""

from typing import Any

import msgspec
from msgspec import inspect

from edge_csms.ocpp.operation import WireStruct

_encode = msgspec.json.Encoder().encode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw] | None).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


def arrange(struct_type: type[WireStruct], payload: bytes) -> bytes:
    """Write a payload anew, compact and in order; 16 stays 16, and 16.0 stays 16.0.

    It must have passed the strict check: members that the specification doesn't know would be lost.
    """
    return _arrange(inspect.type_info(struct_type), payload)


def _arrange(kind: Any, raw: bytes | msgspec.Raw) -> bytes:
    match _without_none(kind):
        case inspect.StructType(fields=fields):
            members = _members(raw) or {}  # null is another way to write {} (OCPP-J 1.6 §4.2.1)
            known = [field for field in fields if field.encode_name in members]
            pairs = [
                _encode(field.encode_name) + b":" + _arrange(field.type, members[field.encode_name]) for field in known
            ]
            return b"{" + b",".join(pairs) + b"}"
        case inspect.ListType(item_type=item):
            return b"[" + b",".join(_arrange(item, one) for one in _items(raw)) + b"]"
        case _:
            return bytes(raw)


def _without_none(kind: Any) -> Any:
    """Give the type of a member that may be absent."""
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind
