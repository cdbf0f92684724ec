"""Charging profiles that the site keeps under names."""

from datetime import datetime

import msgspec

from edge_csms.domain.charging_profile import ChargingProfile, NamedProfile
from edge_csms.domain.model import fold
from edge_csms.storage.tables import ChargingProfile as Row


def get(name: str) -> NamedProfile | None:
    """Find a profile without regard to the case of its name."""
    row = Row.get_or_none(Row.folded == fold(name))
    return None if row is None else _from_row(row)


def list_(*, after: str = "", limit: int = 100) -> list[NamedProfile]:
    """List profiles in the order of their folded names, from behind `after`."""
    query = Row.select().where(Row.folded > after).order_by(Row.folded).limit(limit)
    return [_from_row(row) for row in query]


def add(named: NamedProfile, now: datetime) -> bool:
    """Store a new profile; False when one of that name exists."""
    values = {"name": named.name, "folded": fold(named.name), "created_at": now, **_columns(named, now)}
    return bool(list(Row.insert(values).on_conflict_ignore().returning(Row.key).execute()))


def update(named: NamedProfile, now: datetime) -> bool:
    """Store a profile in place of the one of its name; False when there is none."""
    return bool(Row.update(_columns(named, now)).where(Row.folded == fold(named.name)).execute())


def delete(name: str) -> bool:
    """Forget a profile; False when there is none of this name."""
    return bool(Row.delete().where(Row.folded == fold(name)).execute())


def _columns(named: NamedProfile, now: datetime) -> dict[str, object]:
    return {"note": named.note, "profile": msgspec.json.encode(named.profile), "updated_at": now}


def _from_row(row: Row) -> NamedProfile:
    return NamedProfile(row.name, msgspec.json.decode(row.profile, type=ChargingProfile), row.note, row.updated_at)
