"""Reads a payload field by field: what is not as the standard says is understood as far as its meaning allows.

Every deviation becomes a finding. A field that is missing or can't be read becomes None, whatever its annotation.
"""

import functools
import json
import math
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import inspect

from edge_csms.ocpp import numerals, times
from edge_csms.ocpp.finding import Finding, FindingCode, example_of, shorten
from edge_csms.ocpp.operation import WireStruct

S = TypeVar("S", bound=WireStruct)

_MAX_FINDINGS = 20  # of one payload: a broken charger must not flood the list of its findings
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
_SPACES_AND_CONTROLS = "".join(map(chr, range(33))) + "\x7f"


def read(struct_type: type[S], payload: dict[str, Any]) -> tuple[S, tuple[Finding, ...]]:
    """Read a payload that `lenient_json.load` returned. Never raises."""
    reader = _Reader()
    struct = reader.read_struct(struct_type, payload)
    return struct, tuple(reader.findings.values())


def msgspec_suffices(shape: inspect.Type) -> bool:
    """Return whether msgspec can check all that the standard asks of this type: it can't count decimals."""
    match shape:
        case inspect.Metadata(inner, extra):
            return "multipleOf" not in (extra or {}) and msgspec_suffices(inner)
        case inspect.StructType():
            return all(msgspec_suffices(field.type) for field in shape.fields)
        case inspect.ListType(item_type=item):
            return msgspec_suffices(item)
        case inspect.UnionType(types):
            return all(map(msgspec_suffices, types))
        case _:
            return True


@functools.cache
def _fields_of(struct_type: type[WireStruct]) -> tuple[tuple[inspect.Field, inspect.Type], ...]:
    """Return the fields of a payload class, each with its type where it is present."""
    shape = inspect.type_info(struct_type)
    assert isinstance(shape, inspect.StructType)
    return tuple((field, _present(field.type)) for field in shape.fields)


def _present(shape: inspect.Type) -> inspect.Type:
    if isinstance(shape, inspect.UnionType):
        return next(member for member in shape.types if not isinstance(member, inspect.NoneType))
    return shape


class _Reader:
    """One walk through one payload."""

    def __init__(self) -> None:
        self.findings: dict[tuple[str, str], Finding] = {}
        self._path: list[str | int] = []

    def read_struct(self, struct_type: type[S], value: dict[str, Any]) -> S:
        members = dict(value)
        fields = _fields_of(struct_type)
        self._match_case(members, [field.encode_name for field, _ in fields])
        attributes: dict[str, Any] = {}
        for field, shape in fields:
            self._path.append(field.encode_name)
            if field.encode_name in members:
                attributes[field.name] = self._read(shape, members.pop(field.encode_name))
            else:
                attributes[field.name] = None
                if field.required:
                    self._find("missing_field", "is required")
            self._path.pop()
        for name, stranger in members.items():
            self._path.append(shorten(name))
            self._find("unknown_field", "is not known here", stranger)
            self._path.pop()
        return struct_type(**attributes)

    def _match_case(self, members: dict[str, Any], known: list[str]) -> None:
        """Rename members that differ in case alone, unless the right one is there as well."""
        missing = {name.lower(): name for name in known if name not in members}
        for stranger in [name for name in members if name.lower() in missing]:
            right = missing.pop(stranger.lower(), None)
            if right is not None:
                members[right] = members.pop(stranger)
                self._path.append(right)
                self._find("field_case", f"expected the name {right}", stranger)
                self._path.pop()

    def _read(self, shape: inspect.Type, value: Any) -> Any:
        if value is None:
            self._find("null_field", "must be left out rather than null")
            return None
        match shape:
            case inspect.Metadata(inner, extra):
                return self._read_special(inner, extra or {}, value)
            case inspect.StructType():
                return self._read_object(shape.cls, value)
            case inspect.ListType():
                return self._read_list(shape, value)
            case inspect.LiteralType(words):
                return self._read_word(words, value)
            case inspect.IntType():
                return self._read_integer(value)
            case inspect.BoolType():
                return self._read_boolean(value)
            case inspect.StrType():
                return self._read_text(shape, value)
            case _:
                raise TypeError(f"payload fields can't be {shape}")

    def _read_special(self, shape: inspect.Type, extra: dict[str, Any], value: Any) -> Any:
        match shape, extra:
            case inspect.StrType(), {"format": "date-time"}:
                return self._read_time(shape, value)
            case inspect.StrType(), {"format": "uri"}:
                return self._read_uri(shape, value)
            case inspect.FloatType(), {"multipleOf": 0.1}:
                return self._read_decimal(value)
            case _:
                return self._read(shape, value)

    def _read_object(self, struct_type: type[Any], value: Any) -> Any:
        if isinstance(value, dict):
            return self.read_struct(struct_type, value)
        self._find("unreadable", "expected an object", value)
        return None

    def _read_list(self, shape: inspect.ListType, value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            item = self._read(shape.item_type, value)
            if item is None:
                return None
            self._find("wrong_type", "expected a list", value)
            return [item]
        if len(value) < (shape.min_length or 0):
            self._find("too_few_items", f"expected at least {shape.min_length} item", value)
        return list(self._read_items(shape.item_type, value))

    def _read_items(self, shape: inspect.Type, values: list[Any]) -> Iterable[Any]:
        """Read the items of a list, without those that can't be read."""
        for index, value in enumerate(values):
            self._path.append(index)
            item = self._read(shape, value)
            self._path.pop()
            if item is not None:
                yield item

    def _read_word(self, words: tuple[Any, ...], value: Any) -> str | None:
        if value in words:
            return str(value)
        text = self._as_text(value)
        if text is None:
            return None
        meant = text.strip(_SPACES_AND_CONTROLS).lower()
        for word in words:
            if word.lower() == meant:
                self._find("word_case", f"expected {word}", value)
                return str(word)
        self._find("unknown_word", f"expected {_one_of(words)}", value)
        return text

    def _read_integer(self, value: Any) -> int | None:
        number = numerals.read(value)
        if number is None:
            self._find("unreadable", "expected an integer", value)
            return None
        integer = min(max(round(number), numerals.INT64_MIN), numerals.INT64_MAX)
        if integer != round(number):
            self._find("out_of_range", "expected an integer of at most 64 bits", value)
        elif not isinstance(value, int):
            self._find("wrong_type", "expected an integer", value)
        return integer

    def _read_decimal(self, value: Any) -> float | None:
        number = numerals.read(value)
        if number is None:
            self._find("unreadable", "expected a number", value)
            return None
        if isinstance(value, str):
            self._find("wrong_type", "expected a number", value)
        if not _has_one_decimal(number):
            self._find("too_many_decimals", "expected at most one decimal", value)
        return float(number)

    def _read_boolean(self, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        meant = str(value).strip(_SPACES_AND_CONTROLS).lower()
        if meant not in ("true", "false", "1", "0"):
            self._find("unreadable", "expected true or false", value)
            return None
        self._find("wrong_type", "expected true or false", value)
        return meant in ("true", "1")

    def _read_text(self, shape: inspect.StrType, value: Any) -> str | None:
        unbounded = shape.max_length is None and shape.pattern is None
        if unbounded and isinstance(value, dict | list):  # DataTransfer.data as an object
            self._find("wrong_type", "expected text", value)
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text = self._as_text(value)
        if text is not None and shape.pattern is not None and _CONTROL_CHARACTERS.search(text):
            self._find("control_characters", "expected printable characters", value)
            text = _CONTROL_CHARACTERS.sub("", text)
        if text is not None and shape.max_length is not None and len(text) > shape.max_length:
            self._find("too_long", f"expected at most {shape.max_length} characters", value)
        return text

    def _read_time(self, shape: inspect.StrType, value: Any) -> str | None:
        text = self._as_text(value)
        if text is not None and not re.search(shape.pattern or "", text):
            if times.parse(text) is None:
                self._find("unreadable_time", "expected a time like 2026-01-31T12:00:00Z", value)
            else:
                self._find("odd_time", "expected a time like 2026-01-31T12:00:00Z", value)
        return text

    def _read_uri(self, shape: inspect.StrType, value: Any) -> str | None:
        text = self._as_text(value)
        if text is not None and not re.search(shape.pattern or "", text):
            self._find("odd_format", "expected a URI", value)
        return text

    def _as_text(self, value: Any) -> str | None:
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            self._find("unreadable", "expected text", value)
            return None
        self._find("wrong_type", "expected text", value)
        return json.dumps(value)

    def _find(self, code: FindingCode, explanation: str, value: Any = None) -> None:
        """Note a deviation of the field that is being read."""
        field = _render(self._path, indexes=False)
        if (code, field) in self.findings or len(self.findings) >= _MAX_FINDINGS:
            return
        example = "" if value is None else example_of(value)
        place = _render(self._path, indexes=True)
        self.findings[code, field] = Finding(code, field, explanation, example, place)


def _has_one_decimal(number: float) -> bool:
    """Return whether a number has at most one decimal, but for how a computer may hold it: 16.100000381469727."""
    tenths = number * 10
    return math.isinf(tenths) or math.isclose(tenths, round(tenths), rel_tol=1e-7, abs_tol=1e-6)


def _render(path: list[str | int], *, indexes: bool) -> str:
    parts = [f".{part}" if isinstance(part, str) else f"[{part}]" if indexes else "[]" for part in path]
    return "".join(parts).removeprefix(".")


def _one_of(words: tuple[Any, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
