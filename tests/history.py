"""Meter values of long ago, as the tests of archives and of thinning need them."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import AuthorizationStatus, Registration, Verdict
from edge_csms.storage import charge_points, meter_history, meter_values, transactions
from edge_csms.storage.database import Database

NEVER = bool  # is_over: it always says False

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
JANUARY = datetime(2026, 1, 10, 12, tzinfo=UTC)
PAYLOAD = b'{"connectorId":1,"transactionId":%d,"meterValue":[{"sampledValue":[{"value":"%d"}]}]}'
SIGNED = b'{"connectorId":1,"meterValue":[{"sampledValue":[{"format":"SignedData","value":"OCMF|{}|{}"}]}]}'


async def add_charger(database: Database, charge_point_id: str = "CP1") -> int:
    """Let the site know a charge point, and give its key."""
    await database.run(charge_points.add, charge_point_id, Registration.ACCEPTED, JANUARY)
    found = await database.run(charge_points.get, charge_point_id)
    assert found is not None
    return found.key


async def add_transaction(
    database: Database,
    charge_point_key: int,
    transaction_id: int,
    at: datetime,
    *,
    minutes: int = 60,
    ended: bool = True,
) -> None:
    """Store a transaction with a message a minute, in which the register grows by 100 Wh each."""
    await database.run(_add_transaction, charge_point_key, transaction_id, at, minutes, ended)


async def add_message(
    database: Database, charge_point_key: int, transaction_id: int | None, at: datetime, payload: bytes
) -> None:
    """Store one message."""
    await database.run(_add_message, charge_point_key, transaction_id, at, payload, None)


async def registers(database: Database, charge_point_key: int, transaction_id: int) -> list[int]:
    """Give what the register showed in the messages of a transaction that are stored."""
    always = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    found = await database.read(meter_values.list_of_transaction, charge_point_key, transaction_id, *always)
    return [int(one.payload.split(b'"value":"')[1].split(b'"')[0]) for one in found]


async def keys(database: Database) -> list[int]:
    """List the keys of all messages."""
    return [message.key for message in await database.read(meter_history.list_after, 0, 100_000)]


def _add_transaction(charge_point_key: int, transaction_id: int, at: datetime, minutes: int, ended: bool) -> None:
    ended_at = at + minutes * MINUTE
    transactions.add(
        transaction_id=transaction_id,
        charge_point=charge_point_key,
        wire_id=str(transaction_id),
        connector_id=1,
        id_tag="CAFE",
        verdict=Verdict(AuthorizationStatus.ACCEPTED),
        reservation_id=None,
        meter_start_wh=0,
        started_at=at,
        clock_doubt=False,
        start_plausible=True,
        start_arrival=meter_history.to_microseconds(at),
        start_key=b"start %d" % transaction_id,
        start_payload=b'{"idTag":"CAFE"}',
    )
    for minute in range(minutes):
        payload = PAYLOAD % (transaction_id, 100 * minute)
        _add_message(charge_point_key, transaction_id, at + minute * MINUTE, payload, 100 * minute)
    if ended:
        transactions.close(
            transaction_id,
            stopped_at=ended_at,
            values_until=None,
            verdict=None,
            meter_stop_wh=100 * minutes,
            last_register_wh=None,
            stop_reason="Local",
            stop_id_tag=None,
            state="closed",
            stop_arrival=meter_history.to_microseconds(ended_at),
            stop_key=None,
            stop_payload=b"{}",
        )


def _add_message(
    charge_point_key: int, transaction_id: int | None, at: datetime, payload: bytes, register_wh: int | None
) -> None:
    meter_values.add(
        charge_point_key,
        1,
        transaction_id,
        taken_at=at,
        arrival=meter_history.to_microseconds(at),
        content_hash=hash(payload),
        register_wh=register_wh,
        payload=payload,
    )
