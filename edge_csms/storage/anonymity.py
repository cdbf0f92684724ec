"""Takes the names out of rows that are old enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Tuple

from edge_csms.domain.anonymity import ANONYMOUS
from edge_csms.storage.tables import AuditEntry, Finding, IdTag, Reservation, UtcTime
from edge_csms.storage.tables import Transaction as Row

_time = UtcTime()


@dataclass(frozen=True, slots=True)
class Named:
    """A transaction that still says who charged."""

    transaction_id: int
    charge_point_key: int
    listed_at: datetime
    id_tag: str | None
    parent_id_tag: str | None
    stop_id_tag: str | None
    stop_parent_id_tag: str | None
    start_arrival: int | None
    stop_arrival: int | None
    start_payload: bytes | None
    stop_payload: bytes | None

    @property
    def tags(self) -> list[str]:
        """Give all tags that it names."""
        tags = (self.id_tag, self.parent_id_tag, self.stop_id_tag, self.stop_parent_id_tag)
        return [tag for tag in tags if tag]


_columns = [Row.charge_point if name == "charge_point_key" else getattr(Row, name) for name in Named.__slots__]


def list_named(before: datetime, after: Named | None, count: int) -> list[Named]:
    """List transactions that ended before a time and name somebody, by time, from behind one of them."""
    query = Row.select(*_columns).where(~Row.anonymous & (Row.listed_at < before) & (Row.stopped_at < before))
    if after is not None:
        place = Tuple(_time.db_value(after.listed_at), after.transaction_id)
        query = query.where(Tuple(Row.listed_at, Row.transaction_id) > place)
    rows: Any = query.order_by(Row.listed_at, Row.transaction_id).limit(count).tuples()
    return [Named(*row) for row in rows]


def make_anonymous(named: Named, start_payload: bytes | None, stop_payload: bytes | None) -> None:
    """Store a transaction without names, unless something new came for it meanwhile."""
    unchanged = Row.stop_arrival.is_null() if named.stop_arrival is None else Row.stop_arrival == named.stop_arrival
    id_tag = None if named.id_tag is None else ANONYMOUS
    Row.update(
        anonymous=True,
        id_tag=id_tag,
        id_tag_folded=id_tag,
        parent_id_tag=None,
        stop_id_tag=None if named.stop_id_tag is None else ANONYMOUS,
        stop_parent_id_tag=None,
        start_payload=start_payload,
        stop_payload=stop_payload,
    ).where((Row.transaction_id == named.transaction_id) & unchanged).execute()


def list_reservations(before: datetime) -> list[int]:
    """List reservations that were over before a time and name somebody."""
    rows: Any = Reservation.select(Reservation.key).where(
        (Reservation.expires_at < before) & (Reservation.id_tag_folded != ANONYMOUS)
    )
    return [key for (key,) in rows.tuples()]


def clear_reservations(keys: Sequence[int]) -> None:
    """Take the names out of reservations."""
    Reservation.update(id_tag=ANONYMOUS, id_tag_folded=ANONYMOUS, parent_id_tag=None).where(
        Reservation.key.in_(keys)
    ).execute()


def list_audit_entries(before: datetime) -> list[int]:
    """List entries from before a time that tell of a certain tag."""
    about_tag = AuditEntry.action.startswith("id_tag.") & (AuditEntry.subject != ANONYMOUS)
    names_tag = AuditEntry.details.contains("id_tag=") | AuditEntry.details.contains("idTag")
    rows: Any = AuditEntry.select(AuditEntry.key).where((AuditEntry.at < before) & (about_tag | names_tag)).tuples()
    return [key for (key,) in rows]


def clear_audit_entries(keys: Sequence[int]) -> None:
    """Take the tags out of entries; who did what to what kind of thing, and when, stays."""
    listed = AuditEntry.key.in_(keys)
    AuditEntry.update(subject=ANONYMOUS).where(listed & AuditEntry.action.startswith("id_tag.")).execute()
    AuditEntry.update(details=ANONYMOUS).where(listed & (AuditEntry.details != "")).execute()


def list_examples(before: datetime) -> list[int]:
    """List findings whose example is a tag and which were seen last before a time."""
    about_tag = Finding.field.contains("idTag") & (Finding.example != ANONYMOUS)
    rows: Any = Finding.select(Finding.key).where((Finding.last_seen < before) & about_tag).tuples()
    return [key for (key,) in rows]


def clear_examples(keys: Sequence[int]) -> None:
    """Take the tags out of findings."""
    Finding.update(example=ANONYMOUS).where(Finding.key.in_(keys)).execute()


def list_retired_id_tags(before: datetime) -> list[int]:
    """List idTags that were deleted before a time: their rows still hold notes, such as a name."""
    rows: Any = IdTag.select(IdTag.key).where(IdTag.retired_at < before).tuples()
    return [key for (key,) in rows]


def delete_id_tags(keys: Sequence[int]) -> None:
    """Forget idTags for good."""
    IdTag.delete().where(IdTag.key.in_(keys)).execute()
