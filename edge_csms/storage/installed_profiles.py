"""Charging profiles that charge points were given."""

from typing import Any

import msgspec

from edge_csms.domain.charging_profile import ChargingProfile, Purpose, Which
from edge_csms.domain.composite_schedule import InstalledProfile
from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import InstalledProfile as Row


def list_(charge_point_key: int) -> list[InstalledProfile]:
    """List the profiles of a charge point by connector, the leading ones first."""
    order = (Row.connector_id, Row.purpose, Row.stack_level.desc(), Row.key)
    return [_from_row(row) for row in Row.select().where(Row.charge_point == charge_point_key).order_by(*order)]


def list_charge_points() -> list[str]:
    """List the charge points in use that have any profile."""
    query = ChargePoint.select(ChargePoint.charge_point_id).join(Row).where(ChargePoint.retired_at.is_null())
    return [row.charge_point_id for row in query.distinct()]


def get(charge_point_key: int, charging_profile_id: int) -> InstalledProfile | None:
    """Find a profile as the charge point knows it."""
    row = Row.get_or_none((Row.charge_point == charge_point_key) & (Row.charging_profile_id == charging_profile_id))
    return None if row is None else _from_row(row)


def get_id_at(charge_point_key: int, connector_id: int, purpose: Purpose, stack_level: int) -> int | None:
    """Give the id of the profile in a place that can hold only one."""
    row = Row.get_or_none(_at(charge_point_key, connector_id, purpose, stack_level))
    return None if row is None else int(row.charging_profile_id)


def put(charge_point_key: int, installed: InstalledProfile) -> None:
    """Store a profile in place of those that it replaces: of the same id, or at the same place (§5.16)."""
    profile = installed.profile
    delete(charge_point_key, Which(profile.charging_profile_id))
    place = _at(charge_point_key, installed.connector_id, profile.purpose, profile.stack_level)
    Row.delete().where(place).execute()
    Row.insert(
        charge_point=charge_point_key,
        connector_id=installed.connector_id,
        charging_profile_id=profile.charging_profile_id,
        purpose=profile.purpose.value,
        stack_level=profile.stack_level,
        id_tag=installed.id_tag,
        origin=installed.origin,
        confirmed=installed.confirmed,
        profile=msgspec.json.encode(profile),
        installed_at=installed.installed_at,
    ).execute()


def update_origin(charge_point_key: int, charging_profile_id: int, origin: str) -> None:
    """Store whence a profile came."""
    condition = (Row.charge_point == charge_point_key) & (Row.charging_profile_id == charging_profile_id)
    Row.update(origin=origin).where(condition).execute()


def delete(charge_point_key: int, which: Which) -> int:
    """Forget profiles and say how many."""
    condition: Any = Row.charge_point == charge_point_key
    if which.charging_profile_id is not None:
        condition &= Row.charging_profile_id == which.charging_profile_id
    else:
        if which.connector_id is not None:
            condition &= Row.connector_id == which.connector_id
        if which.purpose is not None:
            condition &= Row.purpose == which.purpose.value
        if which.stack_level is not None:
            condition &= Row.stack_level == which.stack_level
    return int(Row.delete().where(condition).execute())


def _at(charge_point_key: int, connector_id: int, purpose: Purpose, stack_level: int) -> Any:
    return (
        (Row.charge_point == charge_point_key)
        & (Row.connector_id == connector_id)
        & (Row.purpose == purpose.value)
        & (Row.stack_level == stack_level)
    )


def _from_row(row: Row) -> InstalledProfile:
    return InstalledProfile(
        connector_id=row.connector_id,
        profile=msgspec.json.decode(row.profile, type=ChargingProfile),
        installed_at=row.installed_at,
        origin=row.origin,
        confirmed=row.confirmed,
        id_tag=row.id_tag,
    )
