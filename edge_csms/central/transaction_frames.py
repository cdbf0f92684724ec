"""Finds the frames that are about a certain transaction among those that were kept of its charge point."""

from collections.abc import Iterable
from typing import Any

import msgspec

from edge_csms.central.inspector import Message

# Where a frame says which transaction it is about: at the top of its payload, and in the older words of a Start only in
# the answer.
MEMBER = "transactionId"


def find(messages: Iterable[Message], wire_id: str) -> list[Message]:
    """Give the messages whose request or answer names the transaction, in their order."""
    return [one for one in messages if wire_id in (_named(one.request), _named(one.answer))]


def _named(frame: str | bytes | None) -> str | None:
    try:
        read: Any = None if frame is None else msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    payload = read[-1] if isinstance(read, list) and read else None
    named = payload.get(MEMBER) if isinstance(payload, dict) else None
    return None if named is None else str(named)
