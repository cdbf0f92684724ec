"""A central system as it is built at home: `ocpp` on `websockets`, and SQLite with a COMMIT for each message.

python ocpp_sqlite.py PORT DATABASE: WAL and synchronous=FULL, so that an answer means that the message is on disk.
"""

import asyncio
import contextlib
import json
import logging
import sqlite3
import sys
from datetime import UTC, datetime
from typing import Any

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE message (number INTEGER PRIMARY KEY, charge_point, action, payload);
CREATE TABLE charging (number INTEGER PRIMARY KEY, charge_point, id_tag, begun, meter_start, ended, meter_stop);
"""
ACCEPTED = {"status": AuthorizationStatus.accepted}


def now() -> str:
    return datetime.now(UTC).isoformat()


class StoringChargePoint(ChargePoint):
    """A charger whose every message is stored before it is answered."""

    database: sqlite3.Connection

    def store(self, sql: str, *values: Any) -> int:
        cursor = self.database.execute(sql, values)
        self.database.commit()
        return cursor.lastrowid or 0

    def keep(self, action: str, payload: dict[str, Any]) -> None:
        text = json.dumps(payload)
        self.store("INSERT INTO message (charge_point, action, payload) VALUES (?, ?, ?)", self.id, action, text)

    @on(Action.boot_notification)
    def on_boot(self, **payload: Any) -> Any:
        self.keep("BootNotification", payload)
        return call_result.BootNotification(current_time=now(), interval=300, status=RegistrationStatus.accepted)

    @on(Action.heartbeat)
    def on_heartbeat(self) -> Any:
        self.keep("Heartbeat", {})
        return call_result.Heartbeat(current_time=now())

    @on(Action.status_notification)
    def on_status(self, **payload: Any) -> Any:
        self.keep("StatusNotification", payload)
        return call_result.StatusNotification()

    @on(Action.authorize)
    def on_authorize(self, **payload: Any) -> Any:
        self.keep("Authorize", payload)
        return call_result.Authorize(id_tag_info=ACCEPTED)

    @on(Action.start_transaction)
    def on_start(self, id_tag: str, meter_start: int, timestamp: str, **payload: Any) -> Any:
        sql = "INSERT INTO charging (charge_point, id_tag, begun, meter_start) VALUES (?, ?, ?, ?)"
        number = self.store(sql, self.id, id_tag, timestamp, meter_start)
        return call_result.StartTransaction(transaction_id=number, id_tag_info=ACCEPTED)

    @on(Action.meter_values)
    def on_meter_values(self, **payload: Any) -> Any:
        self.keep("MeterValues", payload)
        return call_result.MeterValues()

    @on(Action.stop_transaction)
    def on_stop(self, transaction_id: int, meter_stop: int, timestamp: str, **payload: Any) -> Any:
        self.store(
            "UPDATE charging SET ended = ?, meter_stop = ? WHERE number = ?", timestamp, meter_stop, transaction_id
        )
        return call_result.StopTransaction(id_tag_info=ACCEPTED)


async def serve(connection: websockets.ServerConnection) -> None:
    assert connection.request is not None
    charge_point = StoringChargePoint(connection.request.path.rpartition("/")[2], connection)
    with contextlib.suppress(websockets.ConnectionClosed):
        await charge_point.start()


async def main(port: int, path: str) -> None:
    StoringChargePoint.database = sqlite3.connect(path)
    StoringChargePoint.database.executescript(SCHEMA)
    async with websockets.serve(serve, "127.0.0.1", port, subprotocols=[websockets.Subprotocol("ocpp1.6")]):
        await asyncio.get_running_loop().create_future()


logging.getLogger("ocpp").setLevel(logging.ERROR)
asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
