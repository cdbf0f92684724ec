"""What happens with meter values: kept with their transaction, which they may show to go on (OCPP 1.6 §4.7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ChargePoint, MeterReading, TransactionState
from edge_csms.storage import charge_points, meter_values, transactions
from edge_csms.storage.transactions import Known

RESENT_WITHIN = timedelta(hours=1)  # equal meter values are the same for so long, where their time can't tell


@dataclass(frozen=True, slots=True)
class Readings:
    """What was metered in a transaction, as it was sent, and who metered it."""

    charge_point: ChargePoint
    connector_id: int | None
    messages: list[MeterReading]
    stop_payload: bytes | None


@dataclass(frozen=True, slots=True)
class Meter:
    """A MeterValues message as the dialect understood it."""

    charge_point_key: int
    connector_id: int
    wire_id: str | None
    taken_at: datetime
    arrival: int
    content_hash: int
    register_wh: int | None
    payload: bytes
    plausible: bool = True  # whether `taken_at` is the charger's
    open_transaction_id: int | None = None  # where the caller knows that this transaction is open and began before


@dataclass(frozen=True, slots=True)
class Metered:
    """Where a MeterValues message went."""

    transaction_id: int | None
    is_new: bool
    foreign_transaction_id: int | None = None
    open_since: datetime | None = None  # set where the wire's own id names an open transaction


def keep(call: Meter) -> Metered:
    """Keep a MeterValues message with the transaction that it belongs to, if there is one."""
    if call.open_transaction_id is not None:
        return Metered(call.open_transaction_id, _store(call, call.open_transaction_id))
    known = transactions.get_by_wire_id(call.charge_point_key, call.wire_id)
    is_named = known is not None
    foreign = None if is_named else transactions.find_foreign(call.charge_point_key, call.wire_id)
    if known is None and call.connector_id > 0:
        known = next(iter(transactions.find_open_on_connector(call.charge_point_key, call.connector_id)), None)
    if known is None:
        return Metered(None, _store(call, None), foreign)
    if is_new := _store(call, known.transaction_id):
        _note_values(known, call.taken_at)
    open_since = known.started_at if is_named and known.state is TransactionState.OPEN else None
    return Metered(known.transaction_id, is_new, foreign, open_since)


def list_of_transaction(transaction_id: int) -> Readings:
    """Give the MeterValues messages of a transaction and its Stop, as they were sent; raises NotFound."""
    known = transactions.get_known(transaction_id)
    if known is None:
        raise NotFound(f"there is no transaction {transaction_id}")
    key = known.charge_point_key
    messages = meter_values.list_of_transaction(key, transaction_id, known.values_since, known.values_to)
    stop_payload = transactions.get_stop_payload(transaction_id)
    return Readings(charge_points.get_by_key(key), known.connector_id, messages, stop_payload)


def last_register_wh(known: Known) -> int | None:
    """Give the newest energy register that was metered in a transaction."""
    return meter_values.get_last_register_wh(known.charge_point_key, known.transaction_id, known.values_since)


def last_time_behind(known: Known, stopped_at: datetime) -> datetime | None:
    """Give the time of the newest values where a transaction ends before them, as told by a clock that was set back."""
    behind = max(stopped_at, known.values_since or stopped_at)
    return meter_values.get_last_time(known.charge_point_key, known.transaction_id, behind)


def _store(call: Meter, transaction_id: int | None) -> bool:
    if not call.plausible and meter_values.exists(
        call.charge_point_key, call.content_hash, call.taken_at - RESENT_WITHIN
    ):
        return False  # resent: its time is ours and thus a new one each time, so that the index can't know it
    return meter_values.add(
        call.charge_point_key,
        call.connector_id,
        transaction_id,
        taken_at=call.taken_at,
        arrival=call.arrival,
        content_hash=call.content_hash,
        register_wh=call.register_wh,
        payload=call.payload,
    )


def _note_values(known: Known, taken_at: datetime) -> None:
    """Keep what is known of a transaction true when values come for it that lie outside its times."""
    changes: dict[str, object] = {}
    if _goes_on(known, taken_at):
        changes |= {"state": TransactionState.OPEN.value, "stopped_at": None, "last_register_wh": None}
    elif known.state is not TransactionState.OPEN:
        changes["last_register_wh"] = last_register_wh(known)
    if known.state is not TransactionState.OPEN and (known.values_to is None or taken_at > known.values_to):
        changes["values_until"] = taken_at
    if known.values_since is None or taken_at < known.values_since:
        changes["values_from"] = taken_at
    if changes:
        transactions.update(known.transaction_id, changes)


def _goes_on(known: Known, taken_at: datetime) -> bool:
    """Say whether newer values show that an inferred end was none: some say Available at boot and then go on."""
    if known.state is not TransactionState.INFERRED or known.stopped_at is None or taken_at <= known.stopped_at:
        return False
    return not transactions.find_open_on_connector(known.charge_point_key, known.connector_id or 0)
