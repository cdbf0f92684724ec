"""Reservations: which connectors are kept free for whom."""

from datetime import datetime
from typing import Any

from edge_csms.domain.model import fold
from edge_csms.domain.reservations import OPEN, Reservation, ReservationStatus
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import ChargePoint, UtcTime
from edge_csms.storage.tables import Reservation as Row

_time = UtcTime()
_open = Row.status.in_([status.value for status in OPEN])
_any_until = Compiled(
    lambda: Row.select(Row.key).where((Row.charge_point == bind("charge_point")) & (Row.expires_at > bind("at")))
)


def get(charge_point_key: int, reservation_id: int) -> Reservation | None:
    """Find a reservation as its charge point knows it."""
    row = _rows().where((Row.charge_point == charge_point_key) & (Row.reservation_id == reservation_id)).first()
    return None if row is None else _from_row(row)


def find_newest(reservation_id: int) -> Reservation | None:
    """Find the newest reservation of this id; a program that sends calls of its own may have used one twice."""
    row = _rows().where(Row.reservation_id == reservation_id).order_by(Row.key.desc()).first()
    return None if row is None else _from_row(row)


def find_not_over(charge_point_key: int, at: datetime) -> list[Reservation]:
    """Find the reservations whose time was not over at `at`, whatever became of them, the newest first."""
    if not _any_until(charge_point=charge_point_key, at=_time.db_value(at)):
        return []  # nearly always, and it is asked at every Start
    condition = (Row.charge_point == charge_point_key) & (Row.expires_at > at)
    return [_from_row(row) for row in _rows().where(condition).order_by(Row.key.desc())]


def find_due(now: datetime) -> list[Reservation]:
    """Find open reservations whose time is over."""
    return [_from_row(row) for row in _rows().where(_open & (Row.expires_at <= now))]


def find_unsure(now: datetime, asked_before: datetime) -> list[Reservation]:
    """Find reservations of which nobody knows whether the charge point has them, and whose time is not over."""
    condition = Row.unsure & (Row.expires_at > now) & (Row.created_at < asked_before)
    return [_from_row(row) for row in _rows().where(condition)]


def find_unanswered() -> list[Reservation]:
    """Find reservations that were asked for and not answered."""
    return [_from_row(row) for row in _rows().where(Row.status == ReservationStatus.REQUESTED.value)]


def list_(
    *,
    now: datetime,
    before: int | None = None,
    limit: int = 100,
    charge_point_keys: list[int] | None = None,
    status: ReservationStatus | None = None,
    id_tag: str | None = None,
) -> list[tuple[int, Reservation]]:
    """List reservations with their place in the list, the newest first, those that meet every filter given."""
    query = _rows().where(Row.status != ReservationStatus.REQUESTED.value)
    if before is not None:
        query = query.where(Row.key < before)
    if charge_point_keys is not None:
        query = query.where(Row.charge_point.in_(charge_point_keys))
    if id_tag is not None:
        query = query.where(Row.id_tag_folded == fold(id_tag))
    if status is not None:
        query = query.where(_has_status(status, now))
    return [(row.key, _from_row(row)) for row in query.order_by(Row.key.desc()).limit(limit)]


def add(reservation: Reservation) -> bool:
    """Store a reservation; False when its charge point has one of that id."""
    values = {"charge_point": reservation.charge_point_key, **_columns(reservation)}
    return bool(list(Row.insert(values).on_conflict_ignore().returning(Row.key).execute()))


def replace(reservation: Reservation) -> None:
    """Store a reservation in place of the one that its charge point has under the same id."""
    _update(reservation.charge_point_key, reservation.reservation_id, _columns(reservation))


def settle(reservation: Reservation, status: ReservationStatus, at: datetime, detail: str, **columns: Any) -> None:
    """Store what became of a reservation."""
    changes = {"status": status.value, "settled_at": at, "detail": detail, "unsure": False, **columns}
    _update(reservation.charge_point_key, reservation.reservation_id, changes)


def delete(charge_point_key: int, reservation_id: int) -> None:
    """Forget a reservation that never was one."""
    Row.delete().where((Row.charge_point == charge_point_key) & (Row.reservation_id == reservation_id)).execute()


def _rows() -> Any:
    return Row.select(Row, ChargePoint.key, ChargePoint.charge_point_id).join(ChargePoint)


def _has_status(status: ReservationStatus, now: datetime) -> Any:
    if status is ReservationStatus.ACCEPTED:
        return (Row.status == status.value) & (Row.expires_at > now)
    if status is ReservationStatus.EXPIRED:
        return (Row.status == status.value) | (
            (Row.status == ReservationStatus.ACCEPTED.value) & (Row.expires_at <= now)
        )
    return Row.status == status.value


def _update(charge_point_key: int, reservation_id: int, changes: dict[str, Any]) -> None:
    condition = (Row.charge_point == charge_point_key) & (Row.reservation_id == reservation_id)
    Row.update(changes).where(condition).execute()


def _columns(reservation: Reservation) -> dict[str, Any]:
    return {
        "reservation_id": reservation.reservation_id,
        "connector_id": reservation.connector_id,
        "id_tag": reservation.id_tag,
        "id_tag_folded": fold(reservation.id_tag),
        "parent_id_tag": reservation.parent_id_tag,
        "status": reservation.status.value,
        "detail": reservation.detail,
        "unsure": reservation.unsure,
        "expires_at": reservation.expires_at,
        "created_at": reservation.created_at,
        "settled_at": reservation.settled_at,
        "transaction_id": reservation.transaction_id,
    }


def _from_row(row: Row) -> Reservation:
    return Reservation(
        reservation_id=row.reservation_id,
        charge_point_id=row.charge_point.charge_point_id,
        connector_id=row.connector_id,
        id_tag=row.id_tag,
        parent_id_tag=row.parent_id_tag,
        status=ReservationStatus(row.status),
        expires_at=row.expires_at,
        created_at=row.created_at,
        detail=row.detail,
        settled_at=row.settled_at,
        transaction_id=row.transaction_id,
        unsure=row.unsure,
        charge_point_key=row.charge_point.key,
    )
