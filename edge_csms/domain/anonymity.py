"""Takes names out of what chargers sent: idTags, and signed values that say who charged. Energy and times stay."""

import json
from collections.abc import Collection
from typing import Any

from edge_csms.domain.model import fold
from edge_csms.domain.signed_values import SIGNED, is_signed, unwrap

ANONYMOUS = "anonymous"
TAG_MEMBERS = frozenset(("idtag", "parentidtag", "idtoken", "id_tag"))  # compared without regard to case
TELLING = 6  # characters: a shorter tag inside of another text may be anything, such as a value or a part of a time


def without_names(payload: bytes, tags: Collection[str]) -> bytes:
    """Give a payload in which nobody is named; one that names nobody comes back byte for byte.

    `tags` are those of its transaction, folded; they are looked for wherever a charger may have put them. What can't
    be read can't be cleared either: nothing of it is left.
    """
    try:
        read = json.loads(payload)
    except (ValueError, RecursionError):
        return b"{}"
    cleared = _cleared(read, [tag for tag in tags if len(tag) >= TELLING])
    return payload if cleared == read else json.dumps(cleared, separators=(",", ":")).encode()


def names_somebody(value: str) -> bool:
    """Say whether a signed value tells who charged: an OCMF text with an identification, or one that can't be read.

    Its signature covers the name, so that the value is the one without the other nothing worth.
    """
    found = unwrap(value)
    if found.format != "OCMF":
        return True
    try:
        signed = json.loads(found.data.split("|")[1])
        return bool(signed.get("ID"))
    except (ValueError, IndexError, AttributeError, RecursionError):
        return True


def _cleared(value: Any, tags: Collection[str]) -> Any:
    if isinstance(value, dict):
        is_signed_data = value.get("format") == SIGNED
        return {name: _cleared_member(name, one, is_signed_data, tags) for name, one in value.items()}
    if isinstance(value, list):
        return [_cleared(one, tags) for one in value]
    if not isinstance(value, str):
        return value
    if is_signed(value, "") and names_somebody(value):
        return ANONYMOUS
    return ANONYMOUS if any(tag in fold(value) for tag in tags) else value


def _cleared_member(name: str, value: Any, is_signed_data: bool, tags: Collection[str]) -> Any:
    if name.casefold() in TAG_MEMBERS and value is not None:
        return ANONYMOUS
    if is_signed_data and name == "value" and names_somebody(str(value)):
        return ANONYMOUS
    return _cleared(value, tags)
