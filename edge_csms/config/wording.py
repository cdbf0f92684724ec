"""Words for people about settings: what a value must be, what was probably meant, why a file is no TOML."""

import json
import re
import zoneinfo
from collections.abc import Collection
from typing import Any

import msgspec
from msgspec.inspect import BoolType, FloatType, IntType, LiteralType, Metadata, Type, VarTupleType, type_info

from edge_csms.config.settings import SECTIONS

UNITS = ("seconds", "minutes", "days", "megabytes")
LONGEST_VALUE_SHOWN = 60


def describe(key: str, expected: Any) -> str:
    """Say what the value of a key must be; the unit stands in the key's name."""
    unit = next((f" ({unit})" for unit in UNITS if key.endswith(f"_{unit}")), "")
    return _describe(type_info(expected)) + unit


def _describe(wanted: Type) -> str:
    match wanted:
        case BoolType():
            return "true or false"
        case IntType():
            return f"a whole number from {wanted.ge} to {wanted.le}"
        case FloatType():
            return f"a number from {wanted.ge} to {wanted.le}"
        case LiteralType():
            return " or ".join(show(value) for value in wanted.values)
        case VarTupleType():
            return f"a list, each item {_describe(wanted.item_type)}"
        case Metadata(extra_json_schema={"description": str(words)}):
            return words
    raise TypeError(f"no words for {wanted}")


def show(value: Any) -> str:
    """Write a value as it stands in the file, cut where it is long; control characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE_SHOWN else text[: LONGEST_VALUE_SHOWN - 3] + "..."


def hint_at_value(value: Any, expected: Any) -> str:
    """Guess what was meant by a value that doesn't fit."""
    wanted = type_info(expected)
    if isinstance(wanted, LiteralType):
        return suggest(str(value), [str(word) for word in wanted.values])
    if isinstance(wanted, VarTupleType) and isinstance(value, str):
        return f"write a list: [{show(value)}]"
    try:
        msgspec.convert(value, expected, strict=False)
    except msgspec.ValidationError:
        return ""
    return "write it without quotes"


def suggest(word: str, known: Collection[str]) -> str:
    """Name the known word that is nearest to a mistyped one, or nothing."""
    import difflib  # when a fault is told: 200 KiB of memory

    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return f"did you mean {by_folded[near[0]]}?" if near else ""


def suggest_key(section: str, key: str) -> str:
    """Say what was meant by an unknown key: a neighbour's name, a key of another section, or one of this section's."""
    keys = SECTIONS[section].__struct_fields__
    homes = [f"[{name}]" for name, struct in SECTIONS.items() if key in struct.__struct_fields__]
    if homes:
        return f"{key} belongs to {' or '.join(homes)}"
    return suggest(key, keys) or f"[{section}] has {', '.join(keys)}"


def suggest_section(name: str) -> str:
    """Say what was meant by an unknown name at the top of the file, often a key before its section's line."""
    homes = [f"[{section}]" for section, struct in SECTIONS.items() if name in struct.__struct_fields__]
    if homes:
        return f"{name} belongs to {' or '.join(homes)}, below that line"
    return suggest(name, SECTIONS) or f"there are {', '.join(SECTIONS)}"


def suggest_time_zone(name: str) -> str:
    """Say what was meant by an unknown time zone; a city alone is enough to find it."""
    zones = zoneinfo.available_timezones()
    if not zones:
        return "this machine knows no time zones: install the package tzdata"
    city = name.rpartition("/")[2].casefold().replace(" ", "_")
    of_city = sorted(zone for zone in zones if zone.rpartition("/")[2].casefold() == city)
    return f"did you mean {of_city[0]}?" if of_city else suggest(name, zones) or "such as Europe/Berlin"


def explain_toml_error(error: Exception) -> tuple[int | None, str, str]:
    """Return line, explanation and hint for what the TOML parser raised: it tells the place inside its text only."""
    if isinstance(error, RecursionError):
        return None, "is nested too deeply", ""
    reason, _, position = str(error).partition(" (at ")
    line = re.match(r"line (\d+)", position)
    hint = 'a text stands in quotes: name = "Depot"' if reason == "Invalid value" else ""
    return int(line[1]) if line else None, f"is not TOML: {reason[:1].lower()}{reason[1:]}", hint
