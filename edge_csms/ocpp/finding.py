"""Findings: the ways in which a payload is not as the standard says."""

import json
import re
from typing import Any, Literal, TypeAlias

import msgspec

from edge_csms.ocpp.errors import (
    FormationViolation,
    OccurenceConstraintViolation,
    PropertyConstraintViolation,
    TypeConstraintViolation,
    WireError,
)

FindingCode: TypeAlias = Literal[
    "not_an_object",
    "unknown_field",
    "field_case",
    "missing_field",
    "too_few_items",
    "null_field",
    "wrong_type",
    "unreadable",
    "out_of_range",
    "too_long",
    "control_characters",
    "unknown_word",
    "word_case",
    "too_many_decimals",
    "odd_time",
    "unreadable_time",
    "odd_format",
]

_VERDICTS: dict[FindingCode, type[WireError]] = {
    "not_an_object": FormationViolation,
    "unknown_field": FormationViolation,
    "field_case": FormationViolation,
    "missing_field": OccurenceConstraintViolation,
    "too_few_items": OccurenceConstraintViolation,
    "null_field": TypeConstraintViolation,
    "wrong_type": TypeConstraintViolation,
    "unreadable": TypeConstraintViolation,
}

_MAX_EXAMPLE_LENGTH = 60
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One deviation of a payload.

    `field` has no indexes, so that the same deviation is the same finding: `meterValue[].timestamp`; `place` has
    them. `example` is what was found, shortened and with control characters escaped.
    """

    code: FindingCode
    field: str
    explanation: str
    example: str
    place: str

    def as_error(self) -> WireError:
        """Return what a strict receiver answers."""
        where = f"{self.place}: " if self.place else ""
        found = f", found {self.example}" if self.example else ""
        error = _VERDICTS.get(self.code, PropertyConstraintViolation)
        return error(f"{where}{self.explanation}{found}")


def example_of(value: Any) -> str:
    """Write a JSON value so that it can be shown in a line."""
    return shorten(json.dumps(value, ensure_ascii=False))


def shorten(text: str) -> str:
    """Return the beginning of a text, with its control characters escaped."""
    text = _CONTROL_CHARACTER.sub(lambda match: f"\\x{ord(match[0]):02x}", text[: _MAX_EXAMPLE_LENGTH + 1])
    return text if len(text) <= _MAX_EXAMPLE_LENGTH else text[: _MAX_EXAMPLE_LENGTH - 1] + "…"
