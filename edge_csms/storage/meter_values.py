"""Meter values: one row a message, kept as sent, packed."""

from datetime import datetime, timedelta
from typing import Any

from peewee import Value, fn

from edge_csms.domain.model import MeterReading
from edge_csms.domain.site_power import RegisterReading
from edge_csms.storage import packing
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import EPOCH, MICROSECOND, UtcTime
from edge_csms.storage.tables import MeterValue as Row

_time = UtcTime()
_add = Compiled(
    lambda: (
        Row.insert(
            {
                getattr(Row, name): bind(name)
                for name in (
                    "charge_point_key",
                    "connector_id",
                    "transaction_id",
                    "taken_at",
                    "arrival",
                    "content_hash",
                    "register_wh",
                    "payload",
                )
            }
        )
        .on_conflict_ignore()
        .returning(Row.key)
    )
)


def _within() -> Any:
    """Pick messages of a transaction by the index that begins with their time."""
    of_transaction = (Row.charge_point_key == bind("charge_point_key")) & (Row.transaction_id == bind("transaction_id"))
    return of_transaction & (Row.taken_at >= bind("since")) & (Row.taken_at <= bind("until"))


_last = Compiled(lambda: Row.select(Row.taken_at).where(_within()).order_by(Row.taken_at.desc()).limit(1))
_last_register = Compiled(
    lambda: (
        Row.select(Row.register_wh)
        .where(_within() & Row.register_wh.is_null(False))
        .order_by(Row.taken_at.desc(), Row.key.desc())
        .limit(1)
    )
)
_of_transaction = Compiled(
    lambda: (
        Row.select(Row.connector_id, Row.transaction_id, Row.taken_at, Row.payload)
        .where(_within())
        .order_by(Row.taken_at, Row.key)
    )
)


def add(
    charge_point_key: int,
    connector_id: int,
    transaction_id: int | None,
    *,
    taken_at: datetime,
    arrival: int,
    content_hash: int,
    register_wh: int | None,
    payload: bytes,
) -> bool:
    """Store a message; False when the same one is stored already."""
    return bool(
        _add(
            charge_point_key=charge_point_key,
            connector_id=connector_id,
            transaction_id=transaction_id,
            taken_at=_time.db_value(taken_at),
            arrival=arrival,
            content_hash=content_hash,
            register_wh=register_wh,
            payload=packing.pack(payload),
        )
    )


def exists(charge_point_key: int, content_hash: int, since: datetime) -> bool:
    """Say whether a message of this content was stored since a time, whatever its own time is."""
    same = (Row.charge_point_key == charge_point_key) & (Row.content_hash == content_hash)
    return bool(Row.select(Row.key).where(same & (Row.taken_at >= since)).exists())


def list_of_transaction(
    charge_point_key: int, transaction_id: int, since: datetime, until: datetime
) -> list[MeterReading]:
    """List the messages of a transaction by time; they lie between `since` and `until`."""
    return [
        MeterReading(connector_id, transaction_id, EPOCH + taken_at * MICROSECOND, packing.unpack(payload))
        for connector_id, transaction_id, taken_at, payload in _find(
            _of_transaction, charge_point_key, transaction_id, since, until
        )
    ]


def get_last_register_wh(charge_point_key: int, transaction_id: int, since: datetime, until: datetime) -> int | None:
    """Give the newest energy register that was metered in a transaction within a time."""
    rows = _find(_last_register, charge_point_key, transaction_id, since, until)
    return int(rows[0][0]) if rows else None


def get_last_time(charge_point_key: int, transaction_id: int, since: datetime, until: datetime) -> datetime | None:
    """Give the time of the newest message of a transaction within a time; None where there is none."""
    rows = _find(_last, charge_point_key, transaction_id, since, until)
    return EPOCH + rows[0][0] * MICROSECOND if rows else None


def list_registers(since: datetime, until: datetime, every: timedelta) -> list[RegisterReading]:
    """List the energy registers of all connectors, of each the last one within every so long a time."""
    slot = Row.taken_at / Value(every // MICROSECOND, converter=False)
    rows: Any = (
        Row.select(Row.charge_point_key, Row.connector_id, fn.MAX(Row.taken_at), fn.MAX(Row.register_wh))
        .where((Row.taken_at >= since) & (Row.taken_at <= until))
        .where((Row.connector_id > 0) & Row.register_wh.is_null(False))
        .group_by(Row.charge_point_key, Row.connector_id, slot)
        .tuples()
    )
    return [RegisterReading(*row) for row in rows]


def get_last_arrival() -> int:
    """Give the arrival of the newest message of the site, 0 without one."""
    return int(Row.select(Row.arrival).order_by(Row.key.desc()).limit(1).scalar() or 0)


def _find(
    query: Compiled, charge_point_key: int, transaction_id: int, since: datetime, until: datetime
) -> list[tuple[Any, ...]]:
    return query(
        charge_point_key=charge_point_key,
        transaction_id=transaction_id,
        since=_time.db_value(since),
        until=_time.db_value(until),
    )
