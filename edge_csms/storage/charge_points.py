"""Charge points: which chargers the site knows, and whether they may charge."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_csms.domain.model import ChargePoint, Registration, SwitchValue, fold
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import ChargePoint as Row
from edge_csms.storage.tables import UtcTime

_time = UtcTime()
_columns = (
    Row.key,
    Row.charge_point_id,
    Row.registration,
    Row.accepted_at,
    Row.name,
    Row.vendor,
    Row.model,
    Row.serial_number,
    Row.firmware_version,
    Row.security_profile,
    Row.credential,
    Row.boot_at,
    Row.last_seen,
    Row.switches,
)
_get = Compiled(lambda: Row.select(*_columns).where((Row.folded == bind("folded")) & Row.retired_at.is_null()))
_get_by_key = Compiled(lambda: Row.select(*_columns).where(Row.key == bind("key")))
_with_switches = Compiled(lambda: Row.select(*_columns).where(Row.switches.is_null(False) & Row.retired_at.is_null()))
_secrets = Compiled(
    lambda: Row.select(Row.credential, Row.next_credentials, Row.token_id).where(
        (Row.folded == bind("folded")) & Row.retired_at.is_null()
    )
)
_list = Compiled(
    lambda: (
        Row.select(*_columns)
        .where(Row.retired_at.is_null() & (Row.folded > bind("after")))
        .order_by(Row.folded)
        .limit(bind("limit"))
    )
)
_boot_columns = ("vendor", "model", "serial_number", "firmware_version", "boot_payload", "boot_at", "last_seen")
_boot = Compiled(
    lambda: (
        Row.update({getattr(Row, name): bind(name) for name in _boot_columns})
        .where((Row.folded == bind("folded")) & Row.retired_at.is_null())
        .returning(*_columns)
    )
)
_add_columns = ("charge_point_id", "folded", "registration", "created_at", "accepted_at")
_add = Compiled(
    lambda: (
        Row.insert({getattr(Row, name): bind(name) for name in _add_columns}).on_conflict_ignore().returning(Row.key)
    )
)


def get(charge_point_id: str) -> ChargePoint | None:
    """Find a charge point in use, without regard to the case of its identity."""
    rows = _get(folded=fold(charge_point_id))
    return _charge_point(rows[0]) if rows else None


def get_by_key(charge_point_key: int) -> ChargePoint:
    """Give a charge point, in use or retired, that a row names."""
    return _charge_point(_get_by_key(key=charge_point_key)[0])


def get_secrets(charge_point_id: str) -> tuple[str | None, str | None, str | None]:
    """Give the hashes of the credential, of the next ones (one a line), and the id of the charger token that holds."""
    rows = _secrets(folded=fold(charge_point_id))
    credential, next_credentials, token_id = rows[0] if rows else (None, None, None)
    return credential, next_credentials, token_id


def list_(*, after: str = "", limit: int = 100) -> list[ChargePoint]:
    """List charge points in use in the order of their folded identity, from behind `after`."""
    return [_charge_point(row) for row in _list(after=after, limit=limit)]


def register(charge_point_id: str, registration: Registration, now: datetime) -> None:
    """Store a charge point that came by itself, unless one of that identity is in use."""
    _add(
        charge_point_id=charge_point_id,
        folded=fold(charge_point_id),
        registration=registration.value,
        created_at=_time.db_value(now),
        accepted_at=_time.db_value(now) if registration is Registration.ACCEPTED else None,
    )


def boot(charge_point_id: str, now: datetime, **columns: Any) -> ChargePoint | None:
    """Store what a charge point says of itself; None when none of that identity is in use."""
    rows = _boot(folded=fold(charge_point_id), boot_at=_time.db_value(now), last_seen=_time.db_value(now), **columns)
    return _charge_point(rows[0]) if rows else None


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


def find_with_switches() -> list[ChargePoint]:
    """Find the charge points in use for which a technician has set something to differ from the rule."""
    return [_charge_point(row) for row in _with_switches()]


def delete(charge_point_id: str, now: datetime) -> bool:
    """Retire a charge point and forget its secrets; its transactions keep its name."""
    return update(charge_point_id, {"retired_at": now, "credential": None, "next_credentials": None, "token_id": None})


def count_pending() -> int:
    """Count the charge points that wait for acceptance."""
    return int(Row.select().where(Row.retired_at.is_null() & (Row.registration == Registration.PENDING.value)).count())


def list_bound_to_secrets(lost_at: datetime) -> list[tuple[str, bool, int]]:
    """List who has a token or TLS and wasn't seen since: identity, whether it has a token, and its security profile."""
    is_bound = Row.token_id.is_null(False) | (Row.security_profile >= 2)
    is_away = Row.last_seen.is_null() | (Row.last_seen < lost_at)
    found = Row.select().where(Row.retired_at.is_null() & is_bound & is_away).order_by(Row.folded)
    return [(row.charge_point_id, row.token_id is not None, row.security_profile) for row in found]


def list_names() -> list[tuple[int, str]]:
    """Give the key and identity of every charge point that ever was."""
    return [(row.key, row.charge_point_id) for row in Row.select(Row.key, Row.charge_point_id)]


def list_keys(charge_point_id: str) -> list[int]:
    """Give the keys of all charge points, retired ones too, that ever had this identity."""
    return [row.key for row in Row.select(Row.key).where(Row.folded == fold(charge_point_id))]


def lock(charge_point_key: int) -> None:
    """Hold the charge point's row until the end of the database transaction, so that a count over its rows stays true.

    SQLite has one writer and needs nothing; an engine with row locks selects the row FOR UPDATE here.
    """


def _charge_point(row: tuple[Any, ...]) -> ChargePoint:
    key, charge_point_id, registration, accepted_at, name, vendor, model, serial_number, firmware_version, *others = row
    security_profile, credential, boot_at, last_seen, switches = others
    return ChargePoint(
        key=key,
        charge_point_id=charge_point_id,
        registration=Registration(registration),
        was_accepted=accepted_at is not None,
        name=name,
        vendor=vendor,
        model=model,
        serial_number=serial_number,
        firmware_version=firmware_version,
        security_profile=security_profile,
        has_credential=credential is not None,
        booted=boot_at is not None,
        last_seen=_time.python_value(last_seen),
        switches={} if switches is None else json.loads(switches),
    )
