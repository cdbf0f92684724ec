"""Transactions: the charging that site owners bill from."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import Expression

from edge_csms.domain.model import AuthorizationStatus, TransactionState, Verdict, fold
from edge_csms.domain.site_power import RegisterReading
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import ChargePoint, UtcTime
from edge_csms.storage.tables import Transaction as Row

_time = UtcTime()

MAX_ID_DIGITS = 18  # of a number that fits 64 bits
NOTED_EVERY = timedelta(minutes=15)  # of the times in its meter values: so often the row of an open transaction changes
OPEN = TransactionState.OPEN.value


@dataclass(frozen=True, slots=True)
class Evidence:
    """Start and Stop of a transaction as they were sent, and what its charge point knows it under."""

    charge_point_id: str
    wire_id: str
    anonymous: bool  # then nobody is named in what follows, which is no longer to the letter what was sent
    start_payload: bytes | None
    stop_payload: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules about Stop and MeterValues must know of a stored transaction."""

    transaction_id: int
    charge_point_key: int
    connector_id: int | None
    state: TransactionState
    id_tag: str | None
    meter_start_wh: int | None
    started_at: datetime | None
    stopped_at: datetime | None
    start_plausible: bool
    values_from: datetime | None
    values_until: datetime | None
    last_register_wh: int | None
    stop_verdict: Verdict | None  # on the idTag of its Stop

    @property
    def values_since(self) -> datetime | None:
        """Give the time from which on its meter values lie."""
        return min((at for at in (self.started_at, self.values_from) if at is not None), default=None)

    @property
    def values_to(self) -> datetime | None:
        """Give the time up to which its meter values lie, None where it has none."""
        if self.state is TransactionState.OPEN:
            return None if self.values_until is None else self.values_until + NOTED_EVERY
        return max((at for at in (self.stopped_at, self.values_until) if at is not None), default=None)


_known_columns = (
    Row.transaction_id,
    Row.charge_point,
    Row.connector_id,
    Row.state,
    Row.id_tag,
    Row.meter_start_wh,
    Row.started_at,
    Row.stopped_at,
    Row.start_plausible,
    Row.values_from,
    Row.values_until,
    Row.last_register_wh,
    Row.stop_id_tag_status,
    Row.stop_id_tag_expires_at,
    Row.stop_parent_id_tag,
)


def _find_known(condition: Callable[[], Expression]) -> Compiled:
    return Compiled(lambda: Row.select(*_known_columns).where(condition()).order_by(Row.transaction_id.desc()))


_by_id = _find_known(lambda: Row.transaction_id == bind("transaction_id"))
_by_wire_id = _find_known(lambda: (Row.charge_point == bind("charge_point")) & (Row.wire_id == bind("wire_id")))
_by_start = Compiled(
    lambda: Row.select(Row.transaction_id, Row.id_tag_status, Row.id_tag_expires_at, Row.parent_id_tag).where(
        (Row.charge_point == bind("charge_point")) & (Row.start_key == bind("start_key"))
    )
)
_by_stop = _find_known(lambda: (Row.charge_point == bind("charge_point")) & (Row.stop_key == bind("stop_key")))
_open_of = _find_known(lambda: (Row.charge_point == bind("charge_point")) & Row.stopped_at.is_null())
_open_on_connector = _find_known(
    lambda: (
        (Row.charge_point == bind("charge_point"))
        & (Row.connector_id == bind("connector_id"))
        & Row.stopped_at.is_null()
    )
)
_insert_columns = (
    "transaction_id",
    "charge_point",
    "wire_id",
    "connector_id",
    "id_tag",
    "id_tag_folded",
    "id_tag_status",
    "id_tag_expires_at",
    "parent_id_tag",
    "reservation_id",
    "meter_start_wh",
    "started_at",
    "listed_at",
    "state",
    "clock_doubt",
    "start_plausible",
    "start_arrival",
    "start_key",
    "start_payload",
)
_add = Compiled(
    lambda: (
        Row.insert({getattr(Row, name): bind(name) for name in _insert_columns})
        .on_conflict_ignore()
        .returning(Row.transaction_id)
    )
)
_close_columns = (
    "anonymous",
    "meter_stop_wh",
    "last_register_wh",
    "values_until",
    "stopped_at",
    "stop_reason",
    "stop_id_tag",
    "stop_id_tag_status",
    "stop_id_tag_expires_at",
    "stop_parent_id_tag",
    "state",
    "stop_arrival",
    "stop_key",
    "stop_payload",
)
_close = Compiled(
    lambda: Row.update({getattr(Row, name): bind(name) for name in _close_columns}).where(
        Row.transaction_id == bind("transaction_id")
    )
)
_count_open = Compiled(
    lambda: Row.select(Row.transaction_id).where((Row.id_tag_folded == bind("folded")) & Row.stopped_at.is_null())
)


def add(*, started_at: datetime, id_tag: str, verdict: Verdict, **values: Any) -> bool:
    """Store a Start as an open transaction; False when the same Start is stored already."""
    values |= {
        "started_at": _time.db_value(started_at),
        "listed_at": _time.db_value(started_at),
        "id_tag": id_tag,
        "id_tag_folded": fold(id_tag),
        "id_tag_status": verdict.status.value,
        "id_tag_expires_at": _time.db_value(verdict.expires_at),
        "parent_id_tag": verdict.parent_id_tag,
        "state": OPEN,
    }
    return bool(_add(**values))


def add_orphan(
    transaction_id: int, charge_point_key: int, wire_id: str, verdict: Verdict | None, columns: dict[str, Any]
) -> bool:
    """Store a Stop whose Start never came; False when the same Stop is stored already."""
    values = {"transaction_id": transaction_id, "charge_point": charge_point_key, "wire_id": wire_id, **columns}
    values["listed_at"] = columns["stopped_at"]
    if verdict is not None:
        values |= {
            "id_tag_status": verdict.status.value,
            "stop_id_tag_status": verdict.status.value,
            "stop_id_tag_expires_at": verdict.expires_at,
            "stop_parent_id_tag": verdict.parent_id_tag,
        }
    return bool(list(Row.insert(values).on_conflict_ignore().returning(Row.transaction_id).execute()))


def close(
    transaction_id: int,
    *,
    stopped_at: datetime,
    values_until: datetime | None,
    verdict: Verdict | None,
    **columns: Any,
) -> None:
    """Store a Stop on its transaction."""
    columns |= {
        "anonymous": False,  # a late Stop may bring a name to one that had none any more
        "stopped_at": _time.db_value(stopped_at),
        "values_until": _time.db_value(values_until),
        "stop_id_tag_status": None if verdict is None else verdict.status.value,
        "stop_id_tag_expires_at": None if verdict is None else _time.db_value(verdict.expires_at),
        "stop_parent_id_tag": None if verdict is None else verdict.parent_id_tag,
    }
    _close(transaction_id=transaction_id, **columns)


@functools.cache
def _updating(columns: tuple[str, ...]) -> Compiled:
    return Compiled(
        lambda: Row.update({getattr(Row, name): bind(name) for name in columns}).where(
            Row.transaction_id == bind("transaction_id")
        )
    )


def update(transaction_id: int, changes: dict[str, Any]) -> None:
    """Change columns of a transaction."""
    values = {name: getattr(Row, name).db_value(value) for name, value in changes.items()}
    _updating(tuple(values))(transaction_id=transaction_id, **values)


def get_by_start(charge_point_key: int, start_key: bytes) -> tuple[int, Verdict] | None:
    """Find the id and the verdict of the Start with this content."""
    rows = _by_start(charge_point=charge_point_key, start_key=start_key)
    if not rows:
        return None
    transaction_id, *verdict = rows[0]
    return transaction_id, _verdict(*verdict)


def get_by_stop(charge_point_key: int, stop_key: bytes) -> Known | None:
    """Find the transaction that a Stop of this content, under an id that isn't ours, was stored on."""
    return _first(_by_stop(charge_point=charge_point_key, stop_key=stop_key))


def get_by_wire_id(charge_point_key: int, wire_id: str | None) -> Known | None:
    """Find the newest transaction that the charge point knows under `wire_id`; None is no transaction's."""
    return None if wire_id is None else _first(_by_wire_id(charge_point=charge_point_key, wire_id=wire_id))


def get_known(transaction_id: int) -> Known | None:
    """Find a transaction of any charge point."""
    return _first(_by_id(transaction_id=transaction_id))


def find_foreign(charge_point_key: int, wire_id: str | None) -> int | None:
    """Find the id where `wire_id` names a transaction of another charge point."""
    if wire_id is None or len(wire_id) > MAX_ID_DIGITS or not wire_id.isdecimal():
        return None
    known = get_known(int(wire_id))
    return None if known is None or known.charge_point_key == charge_point_key else known.transaction_id


def find_open_on_connector(charge_point_key: int, connector_id: int) -> list[Known]:
    """Find what is open on a connector, the newest first."""
    return [_known(row) for row in _open_on_connector(charge_point=charge_point_key, connector_id=connector_id)]


def find_open(charge_point_key: int) -> list[Known]:
    """Find what is open on a charge point, the newest first."""
    return [_known(row) for row in _open_of(charge_point=charge_point_key)]


def count_open(id_tag: str) -> int:
    """Count the transactions that a tag has open on the whole site."""
    return len(_count_open(folded=fold(id_tag)))


def get_stop_payload(transaction_id: int) -> bytes | None:
    """Give the StopTransaction payload as it was sent."""
    return Row.select(Row.stop_payload).where(Row.transaction_id == transaction_id).scalar()  # type: ignore[no-any-return]


def get_evidence(transaction_id: int) -> Evidence | None:
    """Give the Start and Stop of a transaction as they were sent."""
    columns = (ChargePoint.charge_point_id, Row.wire_id, Row.anonymous, Row.start_payload, Row.stop_payload)
    row: Any = Row.select(*columns).join(ChargePoint).where(Row.transaction_id == transaction_id).tuples().first()
    return None if row is None else Evidence(*row)


def list_registers(since: datetime, until: datetime) -> list[RegisterReading]:
    """List what registers showed at the start and end of the transactions that began within a time."""
    columns = (Row.charge_point, Row.connector_id, Row.started_at, Row.meter_start_wh, Row.stopped_at)
    within = (Row.listed_at >= since) & (Row.listed_at <= until)
    rows: Any = Row.select(*columns, Row.meter_stop_wh).where(within).tuples()
    readings = []
    for key, connector_id, started_at, start_wh, stopped_at, stop_wh in rows:
        for at, register_wh in ((started_at, start_wh), (stopped_at, stop_wh)):
            if connector_id is not None and at is not None and register_wh is not None:
                readings.append(RegisterReading(key, connector_id, at, register_wh))
    return readings


def get_last_arrival() -> int:
    """Give the newest arrival of a Start or Stop of the site, 0 without one."""
    newest: Any = Row.select(Row.start_arrival, Row.stop_arrival).order_by(Row.transaction_id.desc()).limit(1000)
    return max((arrival or 0 for arrivals in newest.tuples() for arrival in arrivals), default=0)


def _first(rows: list[tuple[Any, ...]]) -> Known | None:
    return _known(rows[0]) if rows else None


def _known(row: tuple[Any, ...]) -> Known:
    (
        transaction_id,
        key,
        connector_id,
        state,
        id_tag,
        meter_start_wh,
        started_at,
        stopped_at,
        plausible,
        since,
        until,
        last_register_wh,
        *stop_verdict,
    ) = row
    return Known(
        transaction_id,
        key,
        connector_id,
        TransactionState(state),
        id_tag,
        meter_start_wh,
        _time.python_value(started_at),
        _time.python_value(stopped_at),
        bool(plausible),
        _time.python_value(since),
        _time.python_value(until),
        last_register_wh,
        None if stop_verdict[0] is None else _verdict(*stop_verdict),
    )


def _verdict(status: str, expires_at: int | None, parent_id_tag: str | None) -> Verdict:
    return Verdict(AuthorizationStatus(status), _time.python_value(expires_at), parent_id_tag)
