"""Configuration entries: the settings of charge points as last read, and what they shall be."""

from datetime import datetime
from typing import Any

from edge_csms.domain.model import ConfigurationEntry, fold
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import ChargePoint, UtcTime
from edge_csms.storage.tables import ConfigurationEntry as Row

_time = UtcTime()
_get = Compiled(  # every handshake looks for one
    lambda: Row.select(
        Row.name, Row.value, Row.readonly, Row.unknown, Row.reboot_required, Row.wanted, Row.read_at
    ).where((Row.charge_point == bind("charge_point")) & (Row.folded == bind("folded")))
)


def list_(charge_point_key: int) -> list[ConfigurationEntry]:
    """List the settings of a charge point by name."""
    return [_from_row(row) for row in Row.select().where(Row.charge_point == charge_point_key).order_by(Row.folded)]


def get(charge_point_key: int, name: str) -> ConfigurationEntry | None:
    """Find a setting without regard to the case of its name."""
    rows = _get(charge_point=charge_point_key, folded=fold(name))
    if not rows:
        return None
    found, value, readonly, unknown, reboot_required, wanted, read_at = rows[0]
    read_only = None if readonly is None else bool(readonly)
    return ConfigurationEntry(
        found, value, read_only, bool(unknown), bool(reboot_required), wanted, _time.python_value(read_at)
    )


def get_value(charge_point_key: int, name: str) -> str | None:
    """Give the value of a setting as last read, None where it is unknown."""
    found = get(charge_point_key, name)
    return None if found is None else found.value


def find_current(name: str) -> list[tuple[str, str | None]]:
    """Find the values of a setting that are newer than the last boot of their charge points, with the identities."""
    is_current = ChargePoint.boot_at.is_null() | (Row.read_at > ChargePoint.boot_at)
    in_use = (Row.folded == fold(name)) & ChargePoint.retired_at.is_null()
    values: Any = Row.select(ChargePoint.charge_point_id, Row.value).join(ChargePoint)
    return list(values.where(in_use & is_current).tuples())


def put(charge_point_key: int, name: str, columns: dict[str, Any]) -> None:
    """Store columns of a setting, which may be new."""
    values = {"charge_point": charge_point_key, "name": name, "folded": fold(name), **columns}
    Row.insert(values).on_conflict(conflict_target=[Row.charge_point, Row.folded], update=columns).execute()


def delete_unread_since(charge_point_key: int, at: datetime) -> None:
    """Forget the settings that a complete reading, begun at `at`, did not find and nobody wants."""
    stale = (Row.charge_point == charge_point_key) & Row.wanted.is_null() & (Row.read_at < at)
    Row.delete().where(stale).execute()


def _from_row(row: Row) -> ConfigurationEntry:
    return ConfigurationEntry(
        row.name, row.value, row.readonly, row.unknown, row.reboot_required, row.wanted, row.read_at
    )
