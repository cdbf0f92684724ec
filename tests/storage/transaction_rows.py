"""Rows of transactions for the tests of storage."""

from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.domain.model import AuthorizationStatus, Verdict
from edge_csms.storage import transactions
from edge_csms.storage.database import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
VERDICT = Verdict(AuthorizationStatus.BLOCKED, NOON, "GROUP")


async def add(database: Database, charge_point_key: int, transaction_id: int, **changed: Any) -> bool:
    """Store an open transaction."""
    columns: dict[str, Any] = {
        "wire_id": str(transaction_id),
        "connector_id": 1,
        "id_tag": "Cafe",
        "verdict": VERDICT,
        "reservation_id": 5,
        "meter_start_wh": 1000,
        "started_at": NOON,
        "clock_doubt": False,
        "start_plausible": True,
        "start_arrival": transaction_id,
        "start_key": b"key %d" % transaction_id,
        "start_payload": b"{}",
    }
    values = {"transaction_id": transaction_id, "charge_point": charge_point_key, **columns, **changed}
    return await database.run(transactions.add, **values)


async def close(database: Database, transaction_id: int, **changed: Any) -> None:
    """Close one."""
    columns: dict[str, Any] = {
        "stopped_at": NOON + HOUR,
        "values_until": None,
        "verdict": VERDICT,
        "meter_stop_wh": 5000,
        "last_register_wh": None,
        "stop_reason": "Remote",
        "stop_id_tag": None,
        "state": "closed",
        "stop_arrival": 77,
        "stop_key": None,
        "stop_payload": b"stop",
    }
    await database.run(transactions.close, transaction_id, **{**columns, **changed})
