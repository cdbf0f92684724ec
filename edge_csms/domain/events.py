"""What happened on the site, told after it is on disk: plain values that could cross a process border."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChargePointConnected:
    """A charge point opened a session."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class ChargePointDisconnected:
    """The last session of a charge point ended."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class ChargePointChanged:
    """Something that is shown of a charge point changed: its boot data, registration, name or findings."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class ChargePointBooted:
    """A BootNotification was answered."""

    charge_point_id: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class ChargePointRetired:
    """A charge point was deleted."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class ConnectorStatusChanged:
    """A connector said what it does."""

    charge_point_id: str
    connector_id: int
    status: str


@dataclass(frozen=True, slots=True)
class TransactionStarted:
    """A new transaction is stored."""

    charge_point_id: str
    connector_id: int
    transaction_id: int
    id_tag: str


@dataclass(frozen=True, slots=True)
class TransactionEnded:
    """A transaction got its Stop, or its end was inferred."""

    charge_point_id: str
    connector_id: int | None
    transaction_id: int
    state: str


@dataclass(frozen=True, slots=True)
class MeterValuesReceived:
    """A MeterValues message is stored."""

    charge_point_id: str
    connector_id: int
    transaction_id: int | None


@dataclass(frozen=True, slots=True)
class ForeignTransactionNamed:
    """A charge point named a transaction of another one; nothing of that transaction was touched."""

    charge_point_id: str
    transaction_id: int
    action: str


@dataclass(frozen=True, slots=True)
class IdentityContested:
    """Somebody connected under the identity of a charge point that lives, proved nothing, and was refused."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class UnknownIdTagSeen:
    """A tag was presented that the site doesn't know."""

    charge_point_id: str
    id_tag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConfigurationChangeAsked:
    """A charge point shall be given settings once it is idle."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A charge point's request was signed; the certificate is to be handed over."""

    charge_point_id: str
    fingerprint: str
    chain_pem: str


@dataclass(frozen=True, slots=True)
class SecurityEventReceived:
    """A charge point told a security event."""

    charge_point_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class ReservationChanged:
    """A reservation was made, used, cancelled, or ended otherwise."""

    charge_point_id: str
    reservation_id: int
    status: str


@dataclass(frozen=True, slots=True)
class FileJobChanged:
    """A file job was made, went on or ended."""

    charge_point_id: str
    job_id: int
    state: str


@dataclass(frozen=True, slots=True)
class FirmwareRolloutChanged:
    """A roll-out began, went on to its next charge point, or ended."""

    rollout_id: int
    state: str


@dataclass(frozen=True, slots=True)
class ChargingProfilesChanged:
    """A charge point was given a charging profile, or lost one."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class IdTagChanged:
    """An idTag was added, changed or retired."""

    id_tag: str


@dataclass(frozen=True, slots=True)
class LocalAuthListChanged:
    """A charge point took a local authorization list, refused one, or said which it has."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class LocalAuthListWanted:
    """The local authorization list of a charge point shall be kept in step from now on."""

    charge_point_id: str


@dataclass(frozen=True, slots=True)
class CommissioningRunChanged:
    """A commissioning run began, went on or ended."""

    charge_point_id: str
    run_id: int
    state: str


Event = (
    ChargePointConnected
    | ChargePointDisconnected
    | ChargePointChanged
    | ChargePointBooted
    | ChargePointRetired
    | ConnectorStatusChanged
    | TransactionStarted
    | TransactionEnded
    | MeterValuesReceived
    | ForeignTransactionNamed
    | IdentityContested
    | UnknownIdTagSeen
    | ConfigurationChangeAsked
    | CertificateIssued
    | SecurityEventReceived
    | ReservationChanged
    | FileJobChanged
    | FirmwareRolloutChanged
    | ChargingProfilesChanged
    | IdTagChanged
    | LocalAuthListChanged
    | LocalAuthListWanted
    | CommissioningRunChanged
)
