"""Firmware images: files that charge points may be given."""

from datetime import datetime
from typing import Any

from edge_csms.domain.file_jobs import FirmwareImage
from edge_csms.storage.tables import FirmwareImage as Row


def get(image_id: int) -> FirmwareImage | None:
    """Find an image."""
    row = Row.get_or_none(Row.image_id == image_id)
    return None if row is None else _from_row(row)


def list_(*, limit: int, before: int | None = None) -> list[FirmwareImage]:
    """List images, the newest first, from behind `before`."""
    query = Row.select() if before is None else Row.select().where(Row.image_id < before)
    return [_from_row(row) for row in query.order_by(Row.image_id.desc()).limit(limit)]


def add(now: datetime, columns: dict[str, Any]) -> int:
    """Store a new image and return its id."""
    return int(Row.insert({"uploaded_at": now, **columns}).execute())


def update(image_id: int, changes: dict[str, Any]) -> bool:
    """Change columns of an image; False when there is none."""
    return bool(Row.update(changes).where(Row.image_id == image_id).execute())


def delete(image_id: int) -> bool:
    """Forget an image; False when there is none."""
    return bool(Row.delete().where(Row.image_id == image_id).execute())


def list_stored_names() -> list[str]:
    """Name the files of all images in the store."""
    return [row.stored_as for row in Row.select(Row.stored_as)]


def _from_row(row: Row) -> FirmwareImage:
    return FirmwareImage(
        image_id=row.image_id,
        name=row.name,
        version=row.version,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        stored_as=row.stored_as,
        signing_certificate=row.signing_certificate,
        signature=row.signature,
        note=row.note,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
    )
