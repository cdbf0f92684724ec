"""What happens to names after a time that the site sets: transactions stay, with their energy and times, of nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge_csms.domain import signed_values
from edge_csms.domain.anonymity import without_names
from edge_csms.domain.model import fold
from edge_csms.storage import anonymity, follower_cursors, meter_history, packing, transactions
from edge_csms.storage.anonymity import Named

# Beside transactions: what lists the rows in question, and what clears them.
Rows = tuple[Callable[[datetime], list[int]], Callable[[Sequence[int]], None]]
OTHER_ROWS: tuple[Rows, ...] = (
    (anonymity.list_reservations, anonymity.clear_reservations),
    (anonymity.list_audit_entries, anonymity.clear_audit_entries),
    (anonymity.list_examples, anonymity.clear_examples),
    (anonymity.list_retired_id_tags, anonymity.delete_id_tags),
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be stored for one transaction: its meter values first, so that what is cut off is done again."""

    named: Named
    start_payload: bytes | None
    stop_payload: bytes | None
    meter_values: list[tuple[int, bytes]]  # the packed payloads that change, by key


def list_named(before: datetime, after: Named | None, count: int) -> list[Named]:
    """List transactions that ended before a time and name somebody, from behind one of them."""
    return anonymity.list_named(before, after, count)


def prepare(found: Sequence[Named]) -> list[Changes]:
    """Find out what becomes of transactions; those that a follower has not read are left for later."""
    read_by_all = follower_cursors.list_read_by_all()
    return [_changes(named) for named in found if _is_read(named, read_by_all.get(named.charge_point_key))]


def store(changes: Sequence[Changes]) -> None:
    """Store transactions without names; their meter values must be stored already."""
    for one in changes:
        anonymity.make_anonymous(one.named, one.start_payload, one.stop_payload)


def store_meter_values(payloads: Sequence[tuple[int, bytes]]) -> None:
    """Store packed payloads in which nobody is named."""
    meter_history.replace_payloads(payloads)


def clear_packed(packed: bytes) -> bytes:
    """Give a packed payload of meter values without names; only signed values have any."""
    payload = packing.unpack(packed)
    cleared = without_names(payload, ()) if signed_values.may_be_in(payload) else payload
    return packed if cleared == payload else packing.pack(cleared)


def _is_read(named: Named, read_to: int | None) -> bool:
    newest = max(named.start_arrival or 0, named.stop_arrival or 0)
    return read_to is None or newest <= read_to


def _changes(named: Named) -> Changes:
    tags = {fold(tag) for tag in named.tags}
    start, stop = (
        None if sent is None else without_names(sent, tags) for sent in (named.start_payload, named.stop_payload)
    )
    return Changes(named, start, stop, _changed_meter_values(named, tags))


def _changed_meter_values(named: Named, tags: set[str]) -> list[tuple[int, bytes]]:
    known = transactions.get_known(named.transaction_id)
    if known is None or known.values_since is None or known.values_to is None:
        return []
    between = (known.values_since, known.values_to)
    keys = meter_history.list_keys_between(named.charge_point_key, named.transaction_id, *between)
    changed = []
    for key, packed in meter_history.list_payloads(keys):
        payload = packing.unpack(packed)
        if (cleared := without_names(payload, tags)) != payload:
            changed.append((key, packing.pack(cleared)))
    return changed
