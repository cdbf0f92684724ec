"""What a site is made of: charge points, connectors, idTags, transactions, and the words for their states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Registration(StrEnum):
    """Whether a charge point may charge here."""

    ACCEPTED = "accepted"
    PENDING = "pending"


class AuthorizationStatus(StrEnum):
    """The verdict on an idTag, in the standard's words."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"


class TransactionState(StrEnum):
    """How much is known of a transaction's end."""

    OPEN = "open"
    CLOSED = "closed"
    CLOSED_LATE = "closed_late"  # its Stop came after its end had been inferred
    INFERRED = "inferred"  # its connector became free without a Stop
    ORPHAN = "orphan"  # a Stop whose Start never came


class ConnectorStatus(StrEnum):
    """What a connector does, in the standard's words; a charger may say others, which are kept as they are."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EVSE = "SuspendedEVSE"
    SUSPENDED_EV = "SuspendedEV"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


def fold(name: str) -> str:
    """Give the form in which identities, idTags and user names are compared: without regard to case or outer space."""
    return name.strip().casefold()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about an idTag."""

    status: AuthorizationStatus
    expires_at: datetime | None = None
    parent_id_tag: str | None = None

    @property
    def accepted(self) -> bool:
        """Say whether the tag may charge."""
        return self.status is AuthorizationStatus.ACCEPTED


@dataclass(frozen=True, slots=True)
class IdTag:
    """A card, fob or app account that may charge here."""

    id_tag: str
    blocked: bool = False
    expires_at: datetime | None = None
    parent_id_tag: str | None = None
    max_active_transactions: int | None = None  # None = unlimited
    note: str = ""
    kind: str | None = None


SwitchValue = bool | float | int | str


@dataclass(frozen=True, slots=True)
class ChargePoint:
    """A charger that the site knows; `key` is its row, which outlives a renaming or a new charger of the same name."""

    key: int
    charge_point_id: str
    registration: Registration
    was_accepted: bool = False  # now or ever: its transactions are taken even while it is pending
    name: str | None = None
    vendor: str | None = None
    model: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    security_profile: int = 0
    has_credential: bool = False
    booted: bool = False  # whether boot data is held
    last_seen: datetime | None = None
    switches: Mapping[str, SwitchValue] = field(
        default_factory=dict
    )  # what a technician has set to differ from the rule

    @property
    def accepted(self) -> bool:
        """Say whether it may charge."""
        return self.registration is Registration.ACCEPTED


@dataclass(frozen=True, slots=True)
class Connector:
    """The last known status of one connector."""

    connector_id: int
    status: str
    error_code: str | None
    info: str | None
    vendor_error_code: str | None
    status_at: datetime
    transaction_id: int | None = None


@dataclass(frozen=True, slots=True)
class ConfigurationEntry:
    """One setting of a charge point: as last read, and as wanted."""

    name: str
    value: str | None = None
    readonly: bool | None = None
    unknown: bool = False  # the charge point has no such setting
    reboot_required: bool = False
    wanted: str | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a charge point deviates from the standard."""

    code: str
    field: str
    explanation: str
    example: str
    count: int = 1
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChargerCertificate:
    """A certificate that the site made for a charge point; `state` is signed, accepted, rejected or revoked."""

    serial_number: str
    fingerprint: str
    state: str
    not_after: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Something that matters for security, as a charge point told it."""

    kind: str
    at: datetime
    received_at: datetime
    details: str | None


@dataclass(frozen=True, slots=True)
class RefusedAttempts:
    """One kind of refused connection attempt, and how often it came."""

    address: str
    identity: str
    stage: str
    cause: str
    fix: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Transaction:
    """A charging transaction as the site's books show it; energies in Wh, times in UTC."""

    transaction_id: int
    charge_point_id: str
    connector_id: int | None
    id_tag: str | None
    id_tag_status: str | None
    meter_start_wh: int | None
    meter_stop_wh: int | None
    energy_wh: int | None
    started_at: datetime | None
    stopped_at: datetime | None
    stop_reason: str | None
    state: TransactionState
    clock_doubt: bool
    reservation_id: int | None = None
    charge_point_key: int = field(default=0, kw_only=True)
    noted_at: datetime | None = field(default=None, kw_only=True)  # the values that its row tells of

    @property
    def may_go_on(self) -> bool:
        """Say whether it can still be stopped: open, or ended unseen, which may be a mistake."""
        return self.state in (TransactionState.OPEN, TransactionState.INFERRED)


@dataclass(frozen=True, slots=True)
class MeterReading:
    """One MeterValues message as it was kept: `payload` is the JSON text of its meterValue array."""

    connector_id: int
    transaction_id: int | None
    taken_at: datetime
    payload: bytes
