"""Reads a number from whatever a charge point sends for one."""

import math
import re
from typing import Any

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
MAX_DIGITS = 300  # a float holds no more, and Python refuses to read thousands of them
_IGNORED = "".join(map(chr, range(33))) + "\x7f"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")


def read(value: Any) -> int | float | None:
    """Return the finite number that a JSON value means, as a number or as text, or None."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return _read_text(value.strip(_IGNORED))
        case _:
            return None


def _read_text(text: str) -> int | float | None:
    if _INTEGER.fullmatch(text):
        digits = text.lstrip("+-0")
        if len(digits) > MAX_DIGITS:
            digits = "9" * MAX_DIGITS
        number = int(digits or "0")
        return -number if text.startswith("-") else number
    if _DECIMAL.fullmatch(text):
        number_or_infinity = float(text)
        return number_or_infinity if math.isfinite(number_or_infinity) else None
    return None
