"""Transactions as the books show them: one, or a list by time from the newest on."""

from datetime import datetime
from typing import Any

from peewee import Tuple

from edge_csms.domain.model import Transaction, TransactionState, fold
from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import Transaction as Row

_columns = (
    Row.transaction_id,
    ChargePoint.charge_point_id,
    Row.connector_id,
    Row.id_tag,
    Row.id_tag_status,
    Row.meter_start_wh,
    Row.meter_stop_wh,
    Row.last_register_wh,
    Row.started_at,
    Row.stopped_at,
    Row.stop_reason,
    Row.state,
    Row.clock_doubt,
    Row.reservation_id,
    Row.charge_point,
    Row.values_until,
)


def get(transaction_id: int) -> Transaction | None:
    """Find a transaction."""
    found = get_many([transaction_id])
    return found[0] if found else None


def get_many(transaction_ids: list[int]) -> list[Transaction]:
    """Find several transactions."""
    return [_transaction(*row) for row in _shown().where(Row.transaction_id.in_(transaction_ids))]


def list_(
    *,
    before: int | None = None,
    limit: int = 100,
    charge_point_keys: list[int] | None = None,
    connector_id: int | None = None,
    id_tag: str | None = None,
    is_open: bool | None = None,
    started_from: datetime | None = None,
    started_before: datetime | None = None,
) -> list[Transaction]:
    """List transactions from the newest on, those older than the one with the id `before`, that meet every filter."""
    conditions = [
        (charge_point_keys, Row.charge_point.in_(charge_point_keys or [])),
        (connector_id, Row.connector_id == connector_id),
        (id_tag, Row.id_tag_folded == fold(id_tag or "")),
        (is_open, Row.stopped_at.is_null(is_open is True)),
        (started_from, Row.listed_at >= started_from),
        (started_before, Row.listed_at < started_before),
        (started_from or started_before, Row.started_at.is_null(False)),
    ]
    query = _shown()
    if before is not None:
        place = Row.select(Row.listed_at).where(Row.transaction_id == before)
        query = query.where(Tuple(Row.listed_at, Row.transaction_id) < Tuple(place, before))
    for given, condition in conditions:
        if given is not None:
            query = query.where(condition)
    query = query.order_by(Row.listed_at.desc(), Row.transaction_id.desc()).limit(limit)
    return [_transaction(*row) for row in query]


def _shown() -> Any:
    return Row.select(*_columns).join(ChargePoint).tuples()


def _transaction(
    transaction_id: int,
    charge_point_id: str,
    connector_id: int | None,
    id_tag: str | None,
    id_tag_status: str | None,
    meter_start_wh: int | None,
    meter_stop_wh: int | None,
    last_register_wh: int | None,
    started_at: datetime | None,
    stopped_at: datetime | None,
    stop_reason: str | None,
    state: str,
    clock_doubt: bool,
    reservation_id: int | None,
    charge_point_key: int,
    noted_at: datetime | None,
) -> Transaction:
    register_wh = last_register_wh if meter_stop_wh is None else meter_stop_wh
    energy_wh = None
    if register_wh is not None and meter_start_wh is not None:
        energy_wh = max(0, register_wh - meter_start_wh)
    return Transaction(
        transaction_id=transaction_id,
        charge_point_id=charge_point_id,
        connector_id=connector_id,
        id_tag=id_tag,
        id_tag_status=id_tag_status,
        meter_start_wh=meter_start_wh,
        meter_stop_wh=meter_stop_wh,
        energy_wh=energy_wh,
        started_at=started_at,
        stopped_at=stopped_at,
        stop_reason=stop_reason,
        state=TransactionState(state),
        clock_doubt=clock_doubt,
        reservation_id=reservation_id,
        charge_point_key=charge_point_key,
        noted_at=noted_at,
    )
