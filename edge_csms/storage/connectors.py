"""Connectors: what each one last said that it does."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from edge_csms.domain.model import Connector
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


def get(charge_point_key: int, connector_id: int) -> Connector | None:
    """Find what a connector last said."""
    row = Row.get_or_none((Row.charge_point == charge_point_key) & (Row.connector_id == connector_id))
    return None if row is None else _from_row(row)


def list_by_charge_point(charge_point_keys: Iterable[int]) -> dict[int, list[Connector]]:
    """Give the connectors of the charge points, connector 0 included, each with the transaction that is open on it.

    A connector that charges and never told a status is shown, too.
    """
    keys = list(charge_point_keys)
    found: dict[int, dict[int, Connector]] = defaultdict(dict)
    for row in Row.select().where(Row.charge_point.in_(keys)):
        found[row.charge_point_id][row.connector_id] = _from_row(row)
    for transaction_id, key, connector_id, started_at in _list_open(keys):
        of = found[key]
        known = of.get(connector_id or 0) or _untold(connector_id or 0, started_at)
        of[known.connector_id] = replace(known, transaction_id=transaction_id)
    return {key: [of[connector_id] for connector_id in sorted(of)] for key, of in found.items()}


def _list_open(charge_point_keys: list[int]) -> Any:
    columns = (Transaction.transaction_id, Transaction.charge_point, Transaction.connector_id, Transaction.started_at)
    is_open = Transaction.charge_point.in_(charge_point_keys) & Transaction.stopped_at.is_null()
    return Transaction.select(*columns).where(is_open).order_by(Transaction.transaction_id).tuples()


def _untold(connector_id: int, at: datetime) -> Connector:
    return Connector(connector_id, "Unknown", None, None, None, at)


def _from_row(row: Row) -> Connector:
    at: datetime = row.status_at
    return Connector(row.connector_id, row.status, row.error_code, row.info, row.vendor_error_code, at)
