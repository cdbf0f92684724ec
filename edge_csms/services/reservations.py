"""What happens with reservations: made, used, cancelled, over, ended by a fault (OCPP 1.6 §5.1, §5.13)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import ConnectorStatus, fold
from edge_csms.domain.reservations import ANY_CONNECTOR, ENDS_RESERVATIONS, Reservation, ReservationStatus
from edge_csms.services import id_tags
from edge_csms.storage import charge_points, configuration, connectors, reservations, sequences

SILENT = "The charge point did not answer: it may keep the connector free all the same."
SILENCE = timedelta(minutes=1)  # after which a charge point that never answered is asked to forget the reservation


@dataclass(frozen=True, slots=True)
class Wish:
    """A reservation that somebody wants."""

    charge_point_id: str
    connector_id: int
    id_tag: str
    expires_at: datetime
    parent_id_tag: str | None = None


def prepare(wish: Wish, now: datetime) -> Reservation:
    """Give a wish its id and keep it as asked for; raises NotFound, Invalid or Conflict where it can't come true."""
    charge_point = charge_points.get(wish.charge_point_id)
    if charge_point is None:
        raise NotFound(f"there is no charge point {wish.charge_point_id}")
    if not charge_point.accepted:
        raise Conflict(f"{wish.charge_point_id} waits for acceptance and can't be reserved")
    id_tags.check(wish.id_tag)
    _check_place(charge_point.key, wish)
    if wish.expires_at <= now:
        raise Invalid("expires_at: it must lie ahead", {"expires_at": ["It must lie ahead."]})
    charge_points.lock(charge_point.key)
    for other in reservations.find_not_over(charge_point.key, now):
        if other.is_open and other.connector_id == wish.connector_id:
            raise Conflict(
                f"{_place(other)} is reserved already, for {other.id_tag} by reservation {other.reservation_id}"
            )
    parent_id_tag = wish.parent_id_tag or id_tags.parent_of(wish.id_tag)
    reservation = Reservation(
        reservation_id=_free_id(charge_point.key),
        charge_point_id=charge_point.charge_point_id,
        connector_id=wish.connector_id,
        id_tag=wish.id_tag,
        parent_id_tag=parent_id_tag,
        status=ReservationStatus.REQUESTED,
        expires_at=wish.expires_at,
        created_at=now,
        charge_point_key=charge_point.key,
    )
    reservations.add(reservation)
    return reservation


def note_request(asked: Reservation) -> None:
    """Keep a reservation that is about to be asked for; one that holds under this id stays until it is replaced."""
    if not reservations.add(asked):
        known = reservations.get(asked.charge_point_key, asked.reservation_id)
        if known is not None and not known.is_open:
            reservations.replace(asked)


def note_accepted(asked: Reservation) -> bool:
    """Keep that the charge point took a reservation; False where a Start has used it in the meantime."""
    known = reservations.get(asked.charge_point_key, asked.reservation_id)
    if known is not None and not known.is_open and not known.unsure:
        return False
    created_at = known.created_at if known is not None and known.is_open else asked.created_at
    reservations.replace(replace(asked, status=ReservationStatus.ACCEPTED, created_at=created_at))
    return True


def note_refused(asked: Reservation) -> None:
    """Forget a reservation that the charge point did not take."""
    known = reservations.get(asked.charge_point_key, asked.reservation_id)
    if known is not None and known.status is ReservationStatus.REQUESTED:
        reservations.delete(asked.charge_point_key, asked.reservation_id)


def note_silence(asked: Reservation, now: datetime) -> bool:
    """Keep that nobody knows whether the charge point took a reservation; False where that is no question any more."""
    known = reservations.get(asked.charge_point_key, asked.reservation_id)
    if known is None or known.status is not ReservationStatus.REQUESTED:
        return False
    reservations.settle(known, ReservationStatus.ENDED, now, SILENT, unsure=True)
    return True


def note_all_unanswered(now: datetime) -> list[Reservation]:
    """Settle what was asked for before a restart of ours, whose answers nobody waits for any more."""
    return [one for one in reservations.find_unanswered() if note_silence(one, now)]


def note_cancelled(charge_point_key: int, reservation_id: int, known_there: bool, now: datetime) -> Reservation | None:
    """Keep what came of a cancellation: the charge point cancelled it, or said that it has no such reservation."""
    found = reservations.get(charge_point_key, reservation_id)
    if found is None or found.status in (ReservationStatus.USED, ReservationStatus.CANCELLED):
        return None
    if known_there and not found.unsure:
        reservations.settle(found, ReservationStatus.CANCELLED, now, "It was cancelled.")
    elif found.is_open or found.unsure:
        detail = f"It was taken back after {SILENT}" if known_there else "The charge point has no such reservation."
        reservations.settle(found, ReservationStatus.ENDED, now, detail)
    return reservations.get(charge_point_key, reservation_id)


def use(
    charge_point_key: int,
    connector_id: int,
    id_tag: str,
    reservation_id: int | None,
    transaction_id: int,
    started_at: datetime,
) -> int | None:
    """Settle the reservation that a new transaction uses: the one that it names, else one for its idTag or group."""
    found = _named(charge_point_key, reservation_id) or _fitting(charge_point_key, connector_id, id_tag, started_at)
    if found is None:
        return None
    detail = f"Transaction {transaction_id} used it."
    reservations.settle(found, ReservationStatus.USED, started_at, detail, transaction_id=transaction_id)
    return found.reservation_id


def end_with(charge_point_key: int, connector_id: int, status: str, now: datetime) -> tuple[int, ...]:
    """End the reservations that the new status of a connector ends, which is not stored yet."""
    if status not in (*ENDS_RESERVATIONS, ConnectorStatus.AVAILABLE):
        return ()
    candidates = reservations.find_not_over(charge_point_key, now)
    before = connectors.get(charge_point_key, connector_id) if candidates else None
    ended = [
        one
        for one in candidates
        if one.ends_with(connector_id, status) or (before is not None and one.is_let_go(before, status, now))
    ]
    for one in ended:
        reservations.settle(one, ReservationStatus.ENDED, now, f"{_place(one)} became {status}.")
    return tuple(one.reservation_id for one in ended)


def end_all(charge_point_key: int, now: datetime) -> None:
    """End the reservations of a charge point that is deleted."""
    for one in reservations.find_not_over(charge_point_key, now):
        if one.is_open:
            reservations.settle(one, ReservationStatus.ENDED, now, "The charge point was deleted.")


def any_due(now: datetime) -> bool:
    """Say whether `expire` has something to do."""
    return bool(reservations.find_due(now))


def expire(now: datetime) -> list[Reservation]:
    """Mark the reservations whose time is over."""
    due = reservations.find_due(now)
    for one in due:
        reservations.settle(one, ReservationStatus.EXPIRED, one.expires_at, "Nobody used it in time.")
    return due


def list_unsure(now: datetime) -> list[Reservation]:
    """List reservations that a silent charge point may hold, once it has been silent for long enough."""
    return reservations.find_unsure(now, now - SILENCE)


def get(reservation_id: int, now: datetime) -> Reservation:
    """Find a reservation; raises NotFound."""
    found = reservations.find_newest(reservation_id)
    if found is None or found.status is ReservationStatus.REQUESTED:
        raise NotFound(f"there is no reservation {reservation_id}")
    return found.as_of(now)


def get_of(charge_point_key: int, reservation_id: int, now: datetime) -> Reservation:
    """Find a reservation of a charge point; raises NotFound."""
    found = reservations.get(charge_point_key, reservation_id)
    if found is None:
        raise NotFound(f"there is no reservation {reservation_id}")
    return found.as_of(now)


def list_(
    now: datetime,
    before: int | None,
    limit: int,
    charge_point_id: str | None = None,
    status: ReservationStatus | None = None,
    id_tag: str | None = None,
) -> list[tuple[int, Reservation]]:
    """List reservations with their place in the list, the newest first."""
    keys = None if charge_point_id is None else charge_points.list_keys(charge_point_id)
    found = reservations.list_(
        now=now, before=before, limit=limit, charge_point_keys=keys, status=status, id_tag=id_tag
    )
    return [(place, one.as_of(now)) for place, one in found]


def _check_place(charge_point_key: int, wish: Wish) -> None:
    """Refuse what the charge point's settings, as far as they were read, rule out."""
    zero_supported = configuration.get_value(charge_point_key, "ReserveConnectorZeroSupported")
    if wish.connector_id == ANY_CONNECTOR and zero_supported is not None and fold(zero_supported) == "false":
        text = f"{wish.charge_point_id} reserves single connectors only: name one"
        raise Invalid(text, {"connector_id": [text]})
    count = configuration.get_value(charge_point_key, "NumberOfConnectors") or ""
    if count.isdecimal() and wish.connector_id > int(count):
        text = f"{wish.charge_point_id} has {count} connectors"
        raise Invalid(text, {"connector_id": [text]})


def _free_id(charge_point_key: int) -> int:
    """Take an id that no program has used on this charge point by a call of its own."""
    while True:
        reservation_id = sequences.take(sequences.RESERVATION)
        if reservations.get(charge_point_key, reservation_id) is None:
            return reservation_id


def _named(charge_point_key: int, reservation_id: int | None) -> Reservation | None:
    """Find what a Start names: whatever we thought of it, the charge point says that this transaction ended it."""
    found = None if reservation_id is None else reservations.get(charge_point_key, reservation_id)
    over = found is None or found.status in (ReservationStatus.USED, ReservationStatus.CANCELLED)
    return None if over else found


def _fitting(charge_point_key: int, connector_id: int, id_tag: str, started_at: datetime) -> Reservation | None:
    candidates = [
        one
        for one in reservations.find_not_over(charge_point_key, started_at)
        if one.may_serve(connector_id, started_at) and _is_for(one, id_tag)
    ]
    return max(candidates, key=lambda one: one.connector_id, default=None)  # its own connector before any one


def _is_for(reservation: Reservation, id_tag: str) -> bool:
    if id_tags.same_group(id_tag, reservation.id_tag):
        return True
    parent = id_tags.parent_of(id_tag)
    return parent is not None and fold(parent) == fold(reservation.parent_id_tag or "")


def _place(reservation: Reservation) -> str:
    if reservation.connector_id == ANY_CONNECTOR:
        return f"{reservation.charge_point_id} as a whole"
    return f"connector {reservation.connector_id} of {reservation.charge_point_id}"
