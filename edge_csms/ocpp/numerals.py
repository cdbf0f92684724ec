"""Reads a number from whatever a charge point sends for one."""

import math
import re
from typing import Any

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1

_MAX_DIGITS = 400  # more are beyond any float; Python's own limit of 4300 would raise
_IGNORED = "".join(map(chr, range(33))) + "\x7f"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")


def read(value: Any) -> int | float | None:
    """Return the finite number that a JSON value means, as a number or as text, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    return _read_text(value.strip(_IGNORED)) if isinstance(value, str) else None


def _read_text(text: str) -> int | float | None:
    if _INTEGER.fullmatch(text):
        digits = text.lstrip("+-0")
        if len(digits) > _MAX_DIGITS:
            digits = "9" * _MAX_DIGITS
        number = int(digits or "0")
        return -number if text.startswith("-") else number
    if _DECIMAL.fullmatch(text):
        number_or_infinity = float(text)
        return number_or_infinity if math.isfinite(number_or_infinity) else None
    return None
