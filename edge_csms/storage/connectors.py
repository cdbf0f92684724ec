"""Connectors: what each one last said that it does."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from edge_csms.domain.model import Connector, TransactionState
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import Connector as Row
from edge_csms.storage.tables import Transaction, UtcTime

_time = UtcTime()
_columns = ("status", "error_code", "info", "vendor_error_code", "status_at")
_put = Compiled(
    lambda: Row.insert(
        {getattr(Row, name): bind(name) for name in ("charge_point", "connector_id", *_columns)}
    ).on_conflict(
        conflict_target=[Row.charge_point, Row.connector_id],
        update={getattr(Row, name): bind(name) for name in _columns},
    )
)


def put(charge_point_key: int, connector: Connector) -> None:
    """Store the newest status of a connector."""
    _put(
        charge_point=charge_point_key,
        connector_id=connector.connector_id,
        status=connector.status,
        error_code=connector.error_code,
        info=connector.info,
        vendor_error_code=connector.vendor_error_code,
        status_at=_time.db_value(connector.status_at),
    )


def list_by_charge_point(charge_point_keys: Iterable[int]) -> dict[int, list[Connector]]:
    """Give the connectors of the charge points, connector 0 included, each with the transaction that is open on it."""
    keys = list(charge_point_keys)
    open_on: dict[tuple[int, int], int] = {}
    opened: Any = Transaction.select(
        Transaction.charge_point, Transaction.connector_id, Transaction.transaction_id
    ).where(Transaction.charge_point.in_(keys) & (Transaction.state == TransactionState.OPEN.value))
    for charge_point_key, connector_id, transaction_id in opened.tuples():
        open_on[charge_point_key, connector_id] = transaction_id
    found: dict[int, list[Connector]] = defaultdict(list)
    for row in Row.select().where(Row.charge_point.in_(keys)).order_by(Row.connector_id):
        found[row.charge_point_id].append(_from_row(row, open_on.pop((row.charge_point_id, row.connector_id), None)))
    return dict(found)


def _from_row(row: Row, transaction_id: int | None) -> Connector:
    at: datetime = row.status_at
    return Connector(row.connector_id, row.status, row.error_code, row.info, row.vendor_error_code, at, transaction_id)
