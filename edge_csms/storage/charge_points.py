"""Charge points: which chargers the site knows, and whether they may charge."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_csms.domain.model import ChargePoint, Registration, SwitchValue, fold
from edge_csms.storage.tables import ChargePoint as Row


def get(charge_point_id: str) -> ChargePoint | None:
    """Find a charge point in use, without regard to the case of its identity."""
    row = _row(charge_point_id)
    return None if row is None else _from_row(row)


def get_secrets(charge_point_id: str) -> tuple[str | None, str | None, str | None]:
    """Give the hashes of the credential and of the next one, and the id of the charger token that holds."""
    row = _row(charge_point_id)
    return (None, None, None) if row is None else (row.credential, row.next_credential, row.token_id)


def list_(*, after: str = "", limit: int = 100) -> list[ChargePoint]:
    """List charge points in use in the order of their folded identity, from behind `after`."""
    query = Row.select().where(Row.retired_at.is_null() & (Row.folded > after))
    return [_from_row(row) for row in query.order_by(Row.folded).limit(limit)]


def add(charge_point_id: str, registration: Registration, now: datetime, **columns: Any) -> bool:
    """Store a new charge point; False when one of that identity is in use."""
    values = {
        "charge_point_id": charge_point_id,
        "folded": fold(charge_point_id),
        "registration": registration.value,
        "created_at": now,
    }
    return bool(list(Row.insert({**values, **columns}).on_conflict_ignore().returning(Row.key).execute()))


def update(charge_point_id: str, changes: dict[str, Any]) -> bool:
    """Change columns of a charge point in use; False when there is none of that identity."""
    return bool(Row.update(changes).where((Row.folded == fold(charge_point_id)) & Row.retired_at.is_null()).execute())


def put_switches(charge_point_id: str, switches: Mapping[str, SwitchValue]) -> None:
    """Store all that a technician has set to differ from the rule."""
    update(charge_point_id, {"switches": json.dumps(switches) if switches else None})


def delete(charge_point_id: str, now: datetime) -> bool:
    """Retire a charge point and forget its secrets; its transactions keep its name."""
    return update(charge_point_id, {"retired_at": now, "credential": None, "next_credential": None, "token_id": None})


def count_pending() -> int:
    """Count the charge points that wait for acceptance."""
    return int(Row.select().where(Row.retired_at.is_null() & (Row.registration == Registration.PENDING.value)).count())


def list_keys(charge_point_id: str) -> list[int]:
    """Give the keys of all charge points, retired ones too, that ever had this identity."""
    return [row.key for row in Row.select(Row.key).where(Row.folded == fold(charge_point_id))]


def lock(charge_point_key: int) -> None:
    """Hold the charge point's row until the end of the database transaction, so that a count over its rows stays true.

    SQLite has one writer and needs nothing; an engine with row locks selects the row FOR UPDATE here.
    """


def _row(charge_point_id: str) -> Row | None:
    return Row.get_or_none((Row.folded == fold(charge_point_id)) & Row.retired_at.is_null())


def _from_row(row: Row) -> ChargePoint:
    return ChargePoint(
        key=row.key,
        charge_point_id=row.charge_point_id,
        registration=Registration(row.registration),
        was_accepted=row.accepted_at is not None,
        name=row.name,
        vendor=row.vendor,
        model=row.model,
        serial_number=row.serial_number,
        firmware_version=row.firmware_version,
        security_profile=row.security_profile,
        has_credential=row.credential is not None,
        booted=row.boot_payload is not None,
        last_seen=row.last_seen,
        switches={} if row.switches is None else json.loads(row.switches),
    )
