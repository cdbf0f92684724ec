"""What happens to a charging transaction: never lost, never doubled, never refused (OCPP 1.6 §4.8, §4.10, §4.7)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from edge_csms.domain import authorization
from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import Transaction, TransactionState, Verdict, fold
from edge_csms.services import id_tags as id_tag_service
from edge_csms.services import reservations
from edge_csms.services.meter_values import last_register_wh, last_time_behind
from edge_csms.storage import charge_points, id_tags, meter_values, sequences, transaction_list, transactions
from edge_csms.storage.transactions import NOTED_EVERY, Evidence, Known


@dataclass(frozen=True, slots=True)
class Start:
    """A StartTransaction as the dialect understood it."""

    charge_point_key: int
    connector_id: int
    id_tag: str
    meter_start_wh: int | None
    started_at: datetime  # the charger's time where it is plausible, else ours
    plausible: bool
    reservation_id: int | None
    content_key: bytes
    payload: bytes
    arrival: int
    clock_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to a Start, and what else it brought about."""

    transaction_id: int
    verdict: Verdict
    is_new: bool
    ended_unseen: tuple[int, ...] = ()
    reservation_id: int | None = None  # of the reservation that it used


@dataclass(frozen=True, slots=True)
class Stop:
    """A StopTransaction as the dialect understood it; `wire_id` is None where it has no id that can be read."""

    charge_point_key: int
    wire_id: str | None
    id_tag: str | None
    meter_stop_wh: int | None
    stopped_at: datetime
    reason: str | None
    content_key: bytes
    payload: bytes
    arrival: int
    begin_register_wh: int | None = None  # as its own data tell it: all that is known of the begin where no Start came
    clock_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """The answer to a Stop: what it ended, and the verdict on the tag that it brought, None without one."""

    transaction_id: int
    connector_id: int | None
    state: TransactionState
    is_new: bool
    verdict: Verdict | None
    foreign_transaction_id: int | None = None

    @property
    def was_ours(self) -> bool:
        """Say whether it ended a transaction whose Start we hold."""
        return self.state is not TransactionState.ORPHAN


def start(call: Start, now: datetime, accept_unknown: bool) -> Started:
    """Store a Start and give it an id, also when its tag may not charge; a resent one gets its first answer again."""
    if (known := transactions.get_by_start(call.charge_point_key, call.content_key)) is not None:
        transaction_id, verdict = known
        return Started(transaction_id, verdict, is_new=False)
    ended = infer_end(call.charge_point_key, call.connector_id, call.started_at)
    id_tags.lock(call.id_tag)
    active = transactions.count_open(call.id_tag)
    verdict = authorization.decide(
        id_tags.get(call.id_tag), now, accept_unknown=accept_unknown, active_transactions=active
    )
    transaction_id = sequences.take(sequences.TRANSACTION)
    stored = transactions.add(
        transaction_id=transaction_id,
        charge_point=call.charge_point_key,
        wire_id=str(transaction_id),
        connector_id=call.connector_id,
        id_tag=call.id_tag,
        verdict=verdict,
        reservation_id=call.reservation_id,
        meter_start_wh=call.meter_start_wh,
        started_at=call.started_at,
        clock_doubt=call.clock_doubt,
        start_plausible=call.plausible,
        start_arrival=call.arrival,
        start_key=call.content_key,
        start_payload=call.payload,
    )
    if not stored:  # another writer was faster: its row holds
        return start(call, now, accept_unknown)
    reserved = reservations.use(
        call.charge_point_key, call.connector_id, call.id_tag, call.reservation_id, transaction_id, call.started_at
    )
    return Started(transaction_id, verdict, is_new=True, ended_unseen=ended, reservation_id=reserved)


def stop(call: Stop, now: datetime, accept_unknown: bool) -> Stopped:
    """Store a Stop on its transaction, or keep it as an orphan; it is never refused and touches no other charger's."""
    known = transactions.get_by_wire_id(call.charge_point_key, call.wire_id)
    stored = known or transactions.get_by_stop(call.charge_point_key, call.content_key)
    if stored is not None and stored.state not in (TransactionState.OPEN, TransactionState.INFERRED):
        return Stopped(
            stored.transaction_id, stored.connector_id, stored.state, is_new=False, verdict=stored.stop_verdict
        )
    verdict = id_tag_service.judge(call.id_tag, now, accept_unknown) if call.id_tag is not None else None
    if known is not None:
        return _close(call, known, verdict, content_key=None)
    foreign = transactions.find_foreign(call.charge_point_key, call.wire_id)
    if foreign is None and (match := _the_only_fitting(call)) is not None:
        return _close(call, match, verdict, content_key=call.content_key)
    return _keep_orphan(call, verdict, foreign) or stop(call, now, accept_unknown)  # another writer was faster


def infer_end(charge_point_key: int, connector_id: int, at: datetime) -> tuple[int, ...]:
    """Note that a connector is free: what was open on it since before `at` ended unseen, until its Stop comes."""
    opened = transactions.find_open_on_connector(charge_point_key, connector_id)
    # An older message that came late says nothing about a newer transaction.
    return tuple(_end_unseen(known, at) for known in opened if known.started_at is None or known.started_at <= at)


def infer_ends(charge_point_key: int, at: datetime) -> tuple[int, ...]:
    """Note that nothing more will be heard of a charge point: all that is open on it ended unseen."""
    return tuple(_end_unseen(known, at) for known in transactions.find_open(charge_point_key))


def find_charging(charge_point_keys: Iterable[int]) -> list[int]:
    """Say which of these charge points are in a transaction."""
    return [key for key in charge_point_keys if transactions.find_open(key)]


def get(transaction_id: int) -> Transaction:
    """Find a transaction; raises NotFound."""
    found = transaction_list.get(transaction_id)
    if found is None:
        raise NotFound(f"there is no transaction {transaction_id}")
    return _with_energy(found)


def get_evidence(transaction_id: int) -> Evidence:
    """Give the Start and Stop of a transaction as they were sent; raises NotFound."""
    found = transactions.get_evidence(transaction_id)
    if found is None:
        raise NotFound(f"there is no transaction {transaction_id}")
    return found


def get_many(transaction_ids: list[int]) -> list[Transaction]:
    """Find several transactions; what doesn't exist is left out."""
    return [_with_energy(transaction) for transaction in transaction_list.get_many(transaction_ids)]


def list_(
    *,
    charge_point_id: str | None = None,
    before: int | None = None,
    limit: int = 100,
    connector_id: int | None = None,
    id_tag: str | None = None,
    is_open: bool | None = None,
    started_from: datetime | None = None,
    started_before: datetime | None = None,
) -> list[Transaction]:
    """List transactions from the newest on; a retired charger's are found under the name that it had."""
    found = transaction_list.list_(
        before=before,
        limit=limit,
        charge_point_keys=None if charge_point_id is None else charge_points.list_keys(charge_point_id),
        connector_id=connector_id,
        id_tag=id_tag,
        is_open=is_open,
        started_from=started_from,
        started_before=started_before,
    )
    return [_with_energy(transaction) for transaction in found]


def _close(call: Stop, known: Known, verdict: Verdict | None, content_key: bytes | None) -> Stopped:
    state = TransactionState.CLOSED if known.state is TransactionState.OPEN else TransactionState.CLOSED_LATE
    transactions.close(
        known.transaction_id,
        stopped_at=call.stopped_at,
        meter_stop_wh=call.meter_stop_wh,
        last_register_wh=last_register_wh(known) if call.meter_stop_wh is None else None,
        values_until=last_time_behind(known, call.stopped_at) or known.values_until,
        verdict=verdict,
        stop_reason=call.reason,
        stop_id_tag=call.id_tag,
        state=state.value,
        stop_arrival=call.arrival,
        stop_key=content_key,
        stop_payload=call.payload,
    )
    if call.clock_doubt:
        transactions.update(known.transaction_id, {"clock_doubt": True})
    if not known.start_plausible:
        _forget_start(known)
    return Stopped(known.transaction_id, known.connector_id, state, is_new=True, verdict=verdict)


def _keep_orphan(call: Stop, verdict: Verdict | None, foreign: int | None) -> Stopped | None:
    """Keep a Stop whose Start never came; None where it is kept already."""
    transaction_id = sequences.take(sequences.TRANSACTION)
    columns = {
        "id_tag": call.id_tag,
        "id_tag_folded": None if call.id_tag is None else fold(call.id_tag),
        "meter_start_wh": call.begin_register_wh,
        "meter_stop_wh": call.meter_stop_wh,
        "stopped_at": call.stopped_at,
        "stop_reason": call.reason,
        "stop_id_tag": call.id_tag,
        "state": TransactionState.ORPHAN.value,
        "stop_arrival": call.arrival,
        "stop_key": call.content_key,
        "stop_payload": call.payload,
        "clock_doubt": call.clock_doubt,
    }
    # Never "ours" on the wire: a later Stop under the same strange id is another session's.
    wire_id = f"orphan {call.wire_id}"
    if not transactions.add_orphan(transaction_id, call.charge_point_key, wire_id, verdict, columns):
        return None
    return Stopped(
        transaction_id, None, TransactionState.ORPHAN, is_new=True, verdict=verdict, foreign_transaction_id=foreign
    )


def _the_only_fitting(call: Stop) -> Known | None:
    """Find what a Stop under a strange id can only mean: the one open transaction, if all that it says fits."""
    opened = transactions.find_open(call.charge_point_key)
    return opened[0] if len(opened) == 1 and _fits(call, opened[0]) else None


def _fits(call: Stop, known: Known) -> bool:
    if known.started_at is None or known.started_at >= call.stopped_at:
        return False
    if call.meter_stop_wh is None or known.meter_start_wh is None or call.meter_stop_wh < known.meter_start_wh:
        return False
    return call.id_tag is None or id_tag_service.same_group(call.id_tag, known.id_tag)


def _end_unseen(known: Known, at: datetime) -> int:
    changes = {
        "state": TransactionState.INFERRED.value,
        "stopped_at": at,
        "last_register_wh": last_register_wh(known),
        "values_until": last_time_behind(known, at) or known.values_until,
    }
    transactions.update(known.transaction_id, changes)
    if not known.start_plausible:
        _forget_start(known)
    return known.transaction_id


def _forget_start(known: Known) -> None:
    """Let the same Start count as a new one: a charger without a clock sends equal Starts for different sessions."""
    transactions.update(known.transaction_id, {"start_key": None})


def _with_energy(transaction: Transaction) -> Transaction:
    """Give an open transaction the energy that its newest register shows."""
    noted_at, meter_start_wh = transaction.noted_at, transaction.meter_start_wh
    if transaction.state is not TransactionState.OPEN or noted_at is None or meter_start_wh is None:
        return transaction
    register_wh = meter_values.get_last_register_wh(
        transaction.charge_point_key, transaction.transaction_id, noted_at, noted_at + NOTED_EVERY
    )
    return transaction if register_wh is None else replace(transaction, energy_wh=max(0, register_wh - meter_start_wh))
