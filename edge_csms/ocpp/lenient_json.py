"""Reads JSON that is not quite JSON, where a repair cannot change its meaning, and within limits."""

import json
import math
import re
from typing import Any

from edge_csms.ocpp.numerals import MAX_DIGITS

MAX_DEPTH = 32

# A string that never ends reaches to the end of the text: so no place is looked at twice.
_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
_MISSING_VALUE = re.compile(rf"({_STRING})|(:\s*(?=[,}}]))|,\s*(?=[\]}}])", re.DOTALL)
_STRING_OR_BRACKET = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)


def load(text: str | bytes) -> Any:
    """Read one JSON value; raise ValueError if it can't be read or nests too deep.

    Tolerated are raw control characters in strings, a BOM or NULs around, anything behind the value, a missing
    value (read as null), a comma too many and broken Unicode. NaN, Infinity and numbers beyond any float become
    their own text, so that the result never holds a number that JSON lacks.
    """
    text = tidy(text)
    if too_deep(text):
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    try:
        value = _first_value(text)
    except ValueError:
        value = _first_value(_MISSING_VALUE.sub(_repair, text))
    return value


def dump(value: Any) -> bytes:
    """Write a value that `load` returned as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def tidy(text: str | bytes) -> str:
    """Return the text without what may stand around JSON: spaces, a BOM, NULs."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return text.strip("\ufeff\0 \t\r\n")


def too_deep(text: str) -> bool:
    """Return whether arrays and objects nest deeper than MAX_DEPTH, without descending into them."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        token = match[0]
        depth += (token in "[{") - (token in "]}")
        if depth > MAX_DEPTH:
            return True
    return False


def _first_value(text: str) -> Any:
    value, _ = _DECODER.raw_decode(text)
    if "\\u" in text:  # an escaped lone surrogate is text that can't be written again
        value, _ = _DECODER.raw_decode(dump(value).decode())
    return value


def _repair(match: re.Match[str]) -> str:
    string, missing_value = match.groups()
    return string or (":null" if missing_value else "")


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= MAX_DIGITS else text


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_float=_float, parse_constant=str)
