"""Reads bodies and query strings into structs, and names every member that is wrong, not only the first."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import msgspec

from edge_csms.domain.errors import Invalid

T = TypeVar("T", bound=msgspec.Struct)

INT64 = range(-(2**63), 2**63)  # what the database can keep
REQUIRED = "This field is required."
UNKNOWN = "There is no field of this name."


def read_body(kind: type[T], body: bytes) -> T:
    """Read a JSON body; an empty one counts as {}. Raises Invalid with all its faults."""
    try:
        data = msgspec.json.decode(body) if body.strip() else {}
    except RecursionError:
        raise Invalid("JSON parse error - nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"JSON parse error - {error}") from None
    if not isinstance(data, dict):
        text = f"Invalid data. Expected an object, but got {_json_name(data)}."
        raise Invalid(text, {"non_field_errors": [text]})
    return read_fields(kind, data)


def read_query(kind: type[T], arguments: Mapping[str, list[bytes]]) -> T:
    """Read a query string: texts, of which the last of a name counts. Raises Invalid with all its faults."""
    try:
        data = {name: values[-1].decode() for name, values in arguments.items() if values}
    except UnicodeDecodeError:
        raise Invalid("the query string is not UTF-8") from None
    return read_fields(kind, data, strict=False)


def read_fields(kind: type[T], data: Mapping[str, Any], *, strict: bool = True) -> T:
    """Convert member by member; with strict=False from texts. Raises Invalid with all faults."""
    values: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    fields = {info.encode_name: info for info in msgspec.structs.fields(kind)}
    for name, info in fields.items():
        if name not in data:
            if info.required:
                faults[name] = [REQUIRED]
            continue
        try:
            values[info.name] = msgspec.convert(data[name], info.type, strict=strict or _holds_time(info.type))
        except (msgspec.ValidationError, ValueError) as error:
            faults[name] = [_words(error, data[name])]
        else:
            if values[info.name] is None and not strict:  # the word "null"
                faults[name] = ["This field may not be null."]
            elif not _storable(data[name] if strict else values[info.name]):
                faults[name] = ["A number is too large."]
            elif not _has_utc(values[info.name]):
                faults[name] = ["A time is out of range."]
    if kind.__struct_config__.forbid_unknown_fields:
        faults.update((name, [UNKNOWN]) for name in data if name not in fields)
    if faults:
        raise Invalid("; ".join(f"{name}: {' '.join(texts)}" for name, texts in faults.items()), faults)
    try:
        return kind(**values)
    except ValueError as error:  # from __post_init__
        raise Invalid(str(error), {"non_field_errors": [str(error)]}) from None


def _holds_time(kind: Any) -> bool:
    """Tell whether a field is a time: no number is one, though `2026` read loosely would be a second of 1970."""
    return kind is datetime or any(_holds_time(part) for part in get_args(kind))


def _storable(value: Any) -> bool:
    """Tell whether every whole number within has a place in a 64-bit column."""
    if isinstance(value, int):
        return value in INT64
    if isinstance(value, dict):
        return all(_storable(item) for item in value.values())
    if isinstance(value, list):
        return all(_storable(item) for item in value)
    return True


def _has_utc(value: Any) -> bool:
    """Tell whether every time within is one in UTC too: before the year 1 and after 9999 there is none."""
    if isinstance(value, datetime):
        try:
            value.astimezone(UTC)
        except OverflowError:
            return False
    if isinstance(value, msgspec.Struct):
        return all(_has_utc(getattr(value, name)) for name in value.__struct_fields__)
    return True


def _words(error: Exception, value: Any) -> str:
    if value is None:
        return "This field may not be null."
    return f"{error}."


def _json_name(value: Any) -> str:
    if value is None:
        return "null"
    return {list: "an array", str: "a string", bool: "a boolean"}.get(type(value), "a number")
