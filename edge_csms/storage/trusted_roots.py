"""Root certificates that charge points took when they were told to trust them."""

from datetime import datetime
from typing import Any

from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import TrustedRoot as Row


def put(charge_point_key: int, of_manufacturer: bool, serial_number: str, subject: str, not_after: datetime) -> None:
    """Store a root that a charge point trusts from now on."""
    columns = {"of_manufacturer": of_manufacturer, "subject": subject, "not_after": not_after}
    values = {"charge_point": charge_point_key, "serial_number": serial_number, **columns}
    Row.insert(values).on_conflict(conflict_target=[Row.charge_point, Row.serial_number], update=columns).execute()


def delete(charge_point_key: int, serial_number: str) -> None:
    """Forget a root that a charge point trusts no more."""
    Row.delete().where((Row.charge_point == charge_point_key) & (Row.serial_number == serial_number)).execute()


def delete_but(charge_point_key: int, of_manufacturer: bool, serial_numbers: list[str]) -> None:
    """Forget all roots of one kind but these."""
    of_kind = (Row.charge_point == charge_point_key) & (Row.of_manufacturer == of_manufacturer)
    Row.delete().where(of_kind & Row.serial_number.not_in(serial_numbers)).execute()


def list_() -> list[tuple[str, str, datetime]]:
    """List the identities of charge points in use, with subject and end of the roots that they trust."""
    query: Any = Row.select(ChargePoint.charge_point_id, Row.subject, Row.not_after).join(ChargePoint)
    return list(query.where(ChargePoint.retired_at.is_null()).order_by(Row.not_after).tuples())
