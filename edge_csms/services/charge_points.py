"""What happens with charge points: they come, boot, are accepted, say what they do, and are retired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import ChargePoint, Connector, ConnectorStatus, Finding, Registration, SwitchValue
from edge_csms.services import charger_keys, reservations, transactions
from edge_csms.storage import charge_points, configuration, connectors, findings

MAX_IDENTITY = 48
INBOX_SIZE = 200  # charge points that wait for acceptance; what comes beyond is turned away until some are dealt with
MAX_STORED_TEXT = 255
PROFILES = ("1", "2", "3")  # of security, above none
PASSWORD_PROFILES = (1, 2)


@dataclass(frozen=True, slots=True)
class Boot:
    """What a charge point says of itself."""

    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware_version: str | None
    payload: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """A charge point with all that is stored about it."""

    charge_point: ChargePoint
    connectors: tuple[Connector, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class StatusNoted:
    """What the status of a connector ended."""

    transactions: tuple[int, ...]
    reservations: tuple[int, ...]


def is_identity(text: str) -> bool:
    """Say whether a text can be a charge point's identity."""
    return 1 <= len(text) <= MAX_IDENTITY and text.isprintable() and "/" not in text and text == text.strip()


def find(charge_point_id: str) -> tuple[ChargePoint, charger_keys.Secrets, int] | None:
    """Find a charge point in use, what proves its identity, and the security profile that it was told to use."""
    found = charge_points.get(charge_point_id)
    return None if found is None else (found, charger_keys.get(charge_point_id), _told_profile(found.key))


def register(charge_point_id: str, now: datetime, accepted: bool) -> ChargePoint:
    """Take in a charger that the site didn't know; raises Conflict when too many wait for acceptance."""
    if not accepted and charge_points.count_pending() >= INBOX_SIZE:
        raise Conflict(f"{INBOX_SIZE} unknown charge points wait for acceptance already; accept or delete some first")
    registration = Registration.ACCEPTED if accepted else Registration.PENDING
    charge_points.register(charge_point_id, registration, now)
    return get(charge_point_id)


def add(charge_point_id: str, now: datetime, columns: dict[str, Any]) -> ChargePoint:
    """Store a charge point that a technician announces; raises Invalid or Conflict."""
    if not is_identity(charge_point_id):
        text = f"an identity has 1 to {MAX_IDENTITY} printable characters, no / and no space at its ends"
        raise Invalid(text, {"charge_point_id": [text]})
    if not charge_points.add(charge_point_id, Registration.ACCEPTED, now, accepted_at=now, **columns):
        raise Conflict(f"there is a charge point {charge_point_id} already")
    return get(charge_point_id)


def get(charge_point_id: str) -> ChargePoint:
    """Find a charge point in use; raises NotFound."""
    found = charge_points.get(charge_point_id)
    if found is None:
        raise NotFound(f"there is no charge point {charge_point_id}")
    return found


def show(charge_point_id: str) -> Shown:
    """Give a charge point with all that is stored about it; raises NotFound."""
    return _shown([get(charge_point_id)])[0]


def list_(after: str = "", limit: int = 100) -> list[Shown]:
    """List charge points in the order of their identity from behind `after`."""
    return _shown(charge_points.list_(after=after, limit=limit))


def update(charge_point_id: str, changes: dict[str, Any], now: datetime) -> ChargePoint:
    """Change what is stored of a charge point; raises NotFound, and Conflict for what would lock it out."""
    if "credential" in changes and changes["credential"] is None:
        _check_password_is_dispensable(charge_point_id, changes)
    if changes.get("registration") == Registration.ACCEPTED.value and not get(charge_point_id).was_accepted:
        changes = {**changes, "accepted_at": now}
    if changes and not charge_points.update(charge_point_id, changes):
        raise NotFound(f"there is no charge point {charge_point_id}")
    return get(charge_point_id)


def set_switch(charge_point_id: str, name: str, value: SwitchValue | None) -> ChargePoint:
    """Let a charge point differ from the rule, with None no longer by a technician's word; raises NotFound."""
    switches = {**get(charge_point_id).switches, name: value}
    charge_points.put_switches(charge_point_id, {key: kept for key, kept in switches.items() if kept is not None})
    return get(charge_point_id)


def find_only_with_switch(name: str) -> ChargePoint | None:
    """Find the only charge point for which a technician has turned this on, None where there are none or several."""
    found = [one for one in charge_points.find_with_switches() if one.switches.get(name) is True]
    return found[0] if len(found) == 1 else None


def raise_profile_as_wanted(charge_point_id: str, profile: int) -> None:
    """Keep that a charge point came on the higher security profile that it was told to use (A00.FR.005, A05).

    Coming on a higher one by itself binds it to nothing: whoever tries out TLS must find the way back.
    """
    charge_point = get(charge_point_id)
    told = _told_profile(charge_point.key)
    if charge_point.security_profile < told <= profile:
        charge_points.update(charge_point_id, {"security_profile": told})


def delete(charge_point_id: str, now: datetime) -> None:
    """Retire a charge point; its transactions stay under its name, and none stays open. Raises NotFound."""
    retired = get(charge_point_id)
    charge_points.delete(charge_point_id, now)
    transactions.infer_ends(retired.key, now)
    reservations.end_all(retired.key, now)


def free_connector(charge_point_id: str) -> int:
    """Choose a connector for a start that names none: one with a car at it, else a free one, else the first.

    Raises Conflict when all of them have transactions.
    """
    known = [one for one in show(charge_point_id).connectors if one.connector_id > 0]
    usable = [one for one in known if one.transaction_id is None]
    for status in (ConnectorStatus.PREPARING, ConnectorStatus.AVAILABLE):
        for connector in usable:
            if connector.status == status:
                return connector.connector_id
    if known and not usable:
        raise Conflict(f"every connector of {charge_point_id} has a transaction")
    return usable[0].connector_id if usable else 1


def boot(charge_point_id: str, boot_data: Boot, now: datetime) -> ChargePoint:
    """Keep what a charge point says of itself; raises NotFound when it was retired meanwhile."""
    if boot_data.vendor is None and boot_data.model is None:  # nothing of it could be read: what is known stays
        return update(charge_point_id, {"last_seen": now}, now)
    booted = charge_points.boot(
        charge_point_id,
        now,
        vendor=_cut(boot_data.vendor),
        model=_cut(boot_data.model),
        serial_number=_cut(boot_data.serial_number),
        firmware_version=_cut(boot_data.firmware_version),
        boot_payload=boot_data.payload,
    )
    if booted is None:
        raise NotFound(f"there is no charge point {charge_point_id}")
    return booted


def note_status(charge_point_key: int, connector: Connector, is_free: bool, now: datetime) -> StatusNoted:
    """Keep a connector's status; a free one ends, unseen, what was open on it, a faulty one what was reserved."""
    connector_id = connector.connector_id
    ended_reservations = reservations.end_with(charge_point_key, connector_id, connector.status, now)
    connectors.put(charge_point_key, connector)
    return StatusNoted(
        transactions.infer_end(charge_point_key, connector_id, connector.status_at) if is_free else (),
        ended_reservations,
    )


def note_last_seen(seen: dict[str, datetime]) -> None:
    """Keep when charge points were last heard."""
    for charge_point_id, at in seen.items():
        charge_points.update(charge_point_id, {"last_seen": at})


def _check_password_is_dispensable(charge_point_id: str, changes: dict[str, Any]) -> None:
    """Keep a technician from locking a charge point out by taking away what its security profile asks for."""
    known = get(charge_point_id)
    profile = changes.get("security_profile", known.security_profile)
    if known.has_credential and profile in PASSWORD_PROFILES:
        raise Conflict(
            f"{charge_point_id} is on security profile {profile}, which asks for a password: without one it could "
            "not connect any more. Give it another password, or set security_profile to 0 or 3 together with this"
        )


def _told_profile(charge_point_key: int) -> int:
    entry = configuration.get(charge_point_key, "SecurityProfile")
    return int(entry.wanted) if entry is not None and entry.wanted in PROFILES else 0


def _shown(found: list[ChargePoint]) -> list[Shown]:
    keys = [charge_point.key for charge_point in found]
    connectors_of, findings_of = connectors.list_by_charge_point(keys), findings.list_by_charge_point(keys)
    return [Shown(one, tuple(connectors_of.get(one.key, ())), tuple(findings_of.get(one.key, ()))) for one in found]


def _cut(text: str | None) -> str | None:
    return None if text is None else text[:MAX_STORED_TEXT]
