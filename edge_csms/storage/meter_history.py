"""Meter values from long ago: read in the order in which they came, thinned, and put back from archives."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import EPOCH, MICROSECOND, Transaction
from edge_csms.storage.tables import MeterValue as Row


class Message(NamedTuple):
    """A row as it is stored; times are microseconds, the payload is packed."""

    key: int
    charge_point_key: int
    connector_id: int
    transaction_id: int | None
    taken_at: int
    arrival: int
    content_hash: int
    register_wh: int | None
    payload: bytes


_columns = [getattr(Row, name) for name in Message._fields]
_after = Compiled(lambda: Row.select(*_columns).where(Row.key > bind("key")).order_by(Row.key).limit(bind("count")))
_put_back = Compiled(
    lambda: Row.insert({getattr(Row, name): bind(name) for name in Message._fields}).on_conflict_ignore()
)
_replace = Compiled(lambda: Row.update({Row.payload: bind("payload")}).where(Row.key == bind("key")))


def list_after(key: int, count: int) -> list[Message]:
    """List so many messages that came after the one with this key."""
    return [Message(*row) for row in _after(key=key, count=count)]


def list_keys_between(charge_point_key: int, transaction_id: int, since: datetime, until: datetime) -> list[int]:
    """List the messages of a transaction, which lie between `since` and `until`."""
    of_transaction = (Row.charge_point_key == charge_point_key) & (Row.transaction_id == transaction_id)
    within = (Row.taken_at >= since) & (Row.taken_at <= until)
    rows: Any = Row.select(Row.key).where(of_transaction & within).tuples()
    return [key for (key,) in rows]


def list_payloads(keys: Sequence[int]) -> list[tuple[int, bytes]]:
    """Give the packed payloads of messages with their keys."""
    rows: Any = Row.select(Row.key, Row.payload).where(Row.key.in_(keys)).tuples()
    return list(rows)


def find_ended(transaction_ids: Iterable[int], before: datetime) -> set[int]:
    """Find out which of some transactions had ended before a time."""
    ended = Transaction.transaction_id.in_(list(transaction_ids)) & (Transaction.stopped_at < before)
    rows: Any = Transaction.select(Transaction.transaction_id).where(ended).tuples()
    return {found for (found,) in rows}


def get_newest_key() -> int:
    """Give the key of the message that came last, 0 without one."""
    return int(Row.select(Row.key).order_by(Row.key.desc()).limit(1).scalar() or 0)


def find_last_key(after: int, before: datetime) -> int:
    """Find the last message that came before a time, among those after `after`, which is given where there is none.

    There is no index over the times of coming; but they only grow, as the keys do.
    """
    low, high, bound = after, get_newest_key(), to_microseconds(before)
    while low < high:
        middle = (low + high + 1) // 2
        (found,) = list_after(middle - 1, 1)
        if found.arrival < bound:
            low = found.key
        else:
            high = middle - 1
    return low


def delete(keys: Sequence[int]) -> None:
    """Delete messages."""
    Row.delete().where(Row.key.in_(keys)).execute()


def put_back(messages: Iterable[Message]) -> None:
    """Store messages again that an archive holds; those that are here already stay as they are."""
    for one in messages:
        _put_back(**one._asdict())


def replace_payloads(payloads: Iterable[tuple[int, bytes]]) -> None:
    """Store other payloads, which are packed, in the place of those of some messages."""
    for key, payload in payloads:
        _replace(key=key, payload=payload)


def to_microseconds(time: datetime) -> int:
    """Give the form in which times are stored."""
    return (time - EPOCH) // MICROSECOND


def to_time(microseconds: int) -> datetime:
    """Read such a time."""
    return EPOCH + microseconds * MICROSECOND
