"""Local authorization lists: what each charge point knows of idTags while it is offline."""

from typing import Any

import msgspec

from edge_csms.domain.local_auth_list import Entry, LocalAuthList
from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import LocalAuthList as Row


def get(charge_point_key: int) -> LocalAuthList:
    """Give the list of a charge point, an unknown one where nothing was ever sent or read."""
    row = Row.get_or_none(Row.charge_point == charge_point_key)
    return LocalAuthList() if row is None else _from_row(row)


def list_enabled() -> list[str]:
    """List the charge points in use whose lists are kept in step."""
    query = ChargePoint.select(ChargePoint.charge_point_id).join(Row)
    return [row.charge_point_id for row in query.where(Row.enabled & ChargePoint.retired_at.is_null())]


def update(charge_point_key: int, **columns: Any) -> None:
    """Change columns of a list, which may be new."""
    if "entries" in columns and columns["entries"] is not None:
        columns["entries"] = msgspec.json.encode(columns["entries"])
    values = {"charge_point": charge_point_key, **columns}
    Row.insert(values).on_conflict(conflict_target=[Row.charge_point], update=columns).execute()


def _from_row(row: Row) -> LocalAuthList:
    return LocalAuthList(
        enabled=row.enabled,
        supported=row.supported,
        version=row.version,
        entries=None if row.entries is None else msgspec.json.decode(row.entries, type=tuple[Entry, ...]),
        sent_at=row.sent_at,
        version_read=row.version_read,
        read_at=row.read_at,
        outcome=row.outcome,
    )
