"""idTags: who may charge."""

from datetime import datetime
from typing import Any

from edge_csms.domain.model import IdTag, fold
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import IdTag as Row
from edge_csms.storage.tables import UtcTime

_time = UtcTime()
_get = Compiled(
    lambda: Row.select(
        Row.id_tag, Row.blocked, Row.expires_at, Row.parent_id_tag, Row.max_active_transactions, Row.note, Row.kind
    ).where((Row.folded == bind("folded")) & Row.retired_at.is_null())
)


def get(id_tag: str) -> IdTag | None:
    """Find a tag without regard to case."""
    rows = _get(folded=fold(id_tag))
    return _tag(rows[0]) if rows else None


def list_(*, after: str = "", limit: int = 100, search: str = "") -> list[IdTag]:
    """List tags in the order of their folded text, from behind `after`; `search` looks into tag, parent and note."""
    query = Row.select().where(Row.retired_at.is_null() & (Row.folded > after))
    if search:
        query = query.where(
            Row.folded.contains(fold(search)) | Row.note.contains(search) | Row.parent_id_tag.contains(search)
        )
    return [_from_row(row) for row in query.order_by(Row.folded).limit(limit)]


def list_all() -> list[IdTag]:
    """List all tags."""
    return [_from_row(row) for row in Row.select().where(Row.retired_at.is_null())]


def add(tag: IdTag, now: datetime) -> bool:
    """Store a new tag; False when one of that text exists."""
    inserted = (
        Row.insert(
            id_tag=tag.id_tag,
            folded=fold(tag.id_tag),
            kind=tag.kind,
            blocked=tag.blocked,
            expires_at=tag.expires_at,
            parent_id_tag=tag.parent_id_tag,
            max_active_transactions=tag.max_active_transactions,
            note=tag.note,
            created_at=now,
        )
        .on_conflict_ignore()
        .returning(Row.key)
        .execute()
    )
    return bool(list(inserted))


def update(id_tag: str, changes: dict[str, Any]) -> bool:
    """Change columns of a tag; False when it doesn't exist."""
    return bool(Row.update(changes).where((Row.folded == fold(id_tag)) & Row.retired_at.is_null()).execute())


def delete(id_tag: str, now: datetime) -> bool:
    """Retire a tag; its transactions keep its text."""
    return update(id_tag, {"retired_at": now})


def lock(id_tag: str) -> None:
    """Hold the tag's row until the end of the database transaction, so that a count over its transactions stays true.

    SQLite has one writer and needs nothing; an engine with row locks selects the row FOR UPDATE here.
    """


def _tag(row: tuple[Any, ...]) -> IdTag:
    id_tag, blocked, expires_at, parent_id_tag, max_active_transactions, note, kind = row
    return IdTag(
        id_tag, bool(blocked), _time.python_value(expires_at), parent_id_tag, max_active_transactions, note, kind
    )


def _from_row(row: Row) -> IdTag:
    return IdTag(
        row.id_tag, row.blocked, row.expires_at, row.parent_id_tag, row.max_active_transactions, row.note, row.kind
    )
