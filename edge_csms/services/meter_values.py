"""What happens with meter values: kept with their transaction, which they may show to go on (OCPP 1.6 §4.7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ChargePoint, MeterReading, TransactionState
from edge_csms.storage import charge_points, meter_values, transactions
from edge_csms.storage.transactions import NOTED_EVERY, Known

MICROSECOND = timedelta(microseconds=1)
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
    open_transaction_id: int | None = None  # where the caller knows that it is open, and `is_noted`


@dataclass(frozen=True, slots=True)
class Metered:
    """Where a MeterValues message went."""

    transaction_id: int | None
    is_new: bool
    foreign_transaction_id: int | None = None
    noted_at: datetime | None = None  # set where the wire's own id names an open transaction: see `is_noted`


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
    noted_at = known.values_until
    if is_new := _store(call, known.transaction_id):
        noted_at = _note_values(known, call)
    is_known_open = is_named and known.state is TransactionState.OPEN
    return Metered(known.transaction_id, is_new, foreign, noted_at if is_known_open else None)


def is_noted(taken_at: datetime, noted_at: datetime) -> bool:
    """Say whether values of this time may be kept without a look at their open transaction.

    Its row tells its newest values up to `noted_at`; those that follow are found by their time, within NOTED_EVERY.
    So its energy is known without a search through all that was metered since, and still most messages cost one row.
    """
    return noted_at <= taken_at < noted_at + NOTED_EVERY


def list_of_transaction(transaction_id: int) -> Readings:
    """Give the MeterValues messages of a transaction and its Stop, as they were sent; raises NotFound."""
    known = transactions.get_known(transaction_id)
    if known is None:
        raise NotFound(f"there is no transaction {transaction_id}")
    messages = []
    if (span := _span(known)) is not None:
        messages = meter_values.list_of_transaction(known.charge_point_key, transaction_id, *span)
    stop_payload = transactions.get_stop_payload(transaction_id)
    return Readings(charge_points.get_by_key(known.charge_point_key), known.connector_id, messages, stop_payload)


def last_register_wh(known: Known) -> int | None:
    """Give the newest energy register that was metered in a transaction."""
    span, found = _span(known), None
    if span is not None:
        since = known.values_until if known.state is TransactionState.OPEN else None
        found = meter_values.get_last_register_wh(
            known.charge_point_key, known.transaction_id, since or span[0], span[1]
        )
    return known.last_register_wh if found is None else found


def last_time_behind(known: Known, stopped_at: datetime) -> datetime | None:
    """Give the time of the newest values where a transaction ends before them, as told by a clock that was set back."""
    behind = max(stopped_at, known.values_since or stopped_at) + MICROSECOND
    if known.values_to is None or known.values_to < behind:
        return None
    return meter_values.get_last_time(known.charge_point_key, known.transaction_id, behind, known.values_to)


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


def _note_values(known: Known, call: Meter) -> datetime | None:
    """Keep what is known of a transaction true when values come for it, and say up to where its row knows them."""
    is_open, noted_at = known.state is TransactionState.OPEN, known.values_until
    if is_open and noted_at is not None and is_noted(call.taken_at, noted_at):
        return noted_at
    newest_at = noted_at if is_open else known.values_to
    is_newest = newest_at is None or call.taken_at >= newest_at
    changes: dict[str, object] = {"last_register_wh": _newest_register_wh(known, call, is_newest)}
    if _goes_on(known, call.taken_at):
        changes |= {"state": TransactionState.OPEN.value, "stopped_at": None}
    if is_newest:
        changes["values_until"] = noted_at = call.taken_at
    if known.values_since is None or call.taken_at < known.values_since:
        changes["values_from"] = call.taken_at
    transactions.update(known.transaction_id, changes)
    return noted_at


def _newest_register_wh(known: Known, call: Meter, is_newest: bool) -> int | None:
    if call.register_wh is None:
        return last_register_wh(known)
    if is_newest or known.values_to is None:
        return call.register_wh
    since = min(call.taken_at, known.values_since or call.taken_at)
    return meter_values.get_last_register_wh(known.charge_point_key, known.transaction_id, since, known.values_to)


def _span(known: Known) -> tuple[datetime, datetime] | None:
    """Give the time within which the values of a transaction lie, None where it has none."""
    since, until = known.values_since, known.values_to
    return None if since is None or until is None else (since, until)


def _goes_on(known: Known, taken_at: datetime) -> bool:
    """Say whether newer values show that an inferred end was none: some say Available at boot and then go on."""
    if known.state is not TransactionState.INFERRED or known.stopped_at is None or taken_at <= known.stopped_at:
        return False
    return not transactions.find_open_on_connector(known.charge_point_key, known.connector_id or 0)
