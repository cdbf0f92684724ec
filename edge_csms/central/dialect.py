"""What an OCPP version must bring, so that sessions and commands need not know which one a charge point speaks."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal, Protocol

from edge_csms.central.context import Follower
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain.charging_profile import ChargingProfile, RateUnit, Which
from edge_csms.domain.composite_schedule import Composite
from edge_csms.domain.file_jobs import FileJobKind
from edge_csms.domain.local_auth_list import Update
from edge_csms.domain.reservations import Reservation
from edge_csms.ocpp.endpoint import CallReceived
from edge_csms.ocpp.operation import OperationSet, Request
from edge_csms.services import configuration

Trigger = Literal["boot", "heartbeat", "meter_values", "status"]  # what can be asked for


@dataclass(frozen=True, slots=True)
class Sample:
    """One metered value as a charge point sent it, with the standard's defaults filled in."""

    value: str | None  # as it was sent; None where that was no text and no number
    measurand: str
    unit: str | None
    phase: str | None
    context: str
    location: str
    format: str


@dataclass(frozen=True, slots=True)
class Samples:
    """Values that were taken at one time."""

    timestamp: datetime | None
    timestamp_sent: str | None
    values: tuple[Sample, ...]


class ReservationWishes(Protocol):
    """What can be asked about reservations; each answer has a `status`, "Accepted" or another word."""

    def reserve(self, reservation: Reservation) -> Request[Any]:
        """Ask to keep a connector free."""

    def cancel(self, reservation_id: int) -> Request[Any]:
        """Ask to forget a reservation."""


@dataclass(frozen=True, slots=True)
class InstalledRoot:
    """What identifies a root certificate that a charge point trusts."""

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str  # in hex


class CertificateWishes(Protocol):
    """What can be asked about certificates; each answer has a `status`, "Accepted" or another word."""

    def hand_over(self, chain_pem: str) -> Request[Any]:
        """Hand over a certificate that the charge point asked for."""

    def ask_for_request(self) -> Request[Any]:
        """Ask the charge point to have a new certificate signed."""

    def install_root(self, certificate_pem: str, *, of_manufacturer: bool) -> Request[Any]:
        """Ask the charge point to trust a root certificate."""

    def list_roots(self, *, of_manufacturer: bool) -> Request[Any]:
        """Ask which root certificates the charge point trusts."""

    def roots_in(self, answer: Any) -> list[InstalledRoot]:
        """Read the answer to `list_roots`."""

    def delete_root(self, root: InstalledRoot) -> Request[Any]:
        """Ask the charge point to trust a root certificate no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareWish:
    """Firmware that a charge point shall fetch and install; with a request id it is a signed update."""

    location: str
    retrieve_at: datetime
    install_at: datetime | None = None
    retries: int | None = None
    retry_interval_seconds: int | None = None
    request_id: int | None = None
    signing_certificate: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadWish:
    """A file that a charge point shall deliver: its diagnostics, or with a request id one of its logs."""

    location: str
    log_type: str | None = None
    request_id: int | None = None
    retries: int | None = None
    retry_interval_seconds: int | None = None
    from_: datetime | None = None
    to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """What a charge point answered to such a wish; `refusal` says why it won't, where it won't."""

    refusal: str | None = None
    file_name: str | None = None
    gave_up_others: bool = False  # it worked on another one, and leaves that


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedFile:
    """The file that a CALL orders which somebody has written by hand."""

    kind: FileJobKind
    location: str
    request_id: int | None = None
    log_type: str | None = None
    retrieve_at: datetime | None = None
    install_at: datetime | None = None


class SmartChargingWishes(Protocol):
    """What can be asked about charging profiles; each answer has a `status`, "Accepted" or another word."""

    def install(self, connector_id: int, profile: ChargingProfile) -> Request[Any]:
        """Ask to take a profile."""

    def clear(self, which: Which) -> Request[Any]:
        """Ask to forget profiles."""

    def compose(self, connector_id: int, duration_seconds: int, unit: RateUnit) -> Request[Any]:
        """Ask what all profiles come to."""

    def read_composite(self, answer: Any, duration_seconds: int, now: datetime) -> Composite | None:
        """Read the answer to `compose`; None where the charge point gives no schedule."""


class LocalAuthListWishes(Protocol):
    """What can be asked about local authorization lists; the answer to `send` has a `status`, "Accepted" or another."""

    def send(self, update: Update) -> Request[Any]:
        """Ask to take a list or changes to it."""

    def ask_version(self) -> Request[Any]:
        """Ask which version of the list is there."""


class Dialect(Protocol):
    """One OCPP version: its messages on one side, the services on the other."""

    operations: OperationSet
    heartbeat_setting: str  # the name of the setting that says how often a charge point must be heard

    @property
    def certificates(self) -> CertificateWishes:
        """What can be asked about certificates."""

    @property
    def reservations(self) -> ReservationWishes:
        """Give the words for reservations."""

    @property
    def local_auth_list(self) -> LocalAuthListWishes:
        """Give the words for local authorization lists."""

    @property
    def smart_charging(self) -> SmartChargingWishes:
        """Give the words for charging profiles."""

    async def answer(self, live: LiveChargePoint, call: CallReceived) -> bytes:
        """Do what a CALL asks and return the payload of its CALLRESULT; raises WireError."""

    def follower(self, action: str) -> Follower | None:
        """Give what judges and remembers our CALLs of this Action, if anything does."""

    def is_vital(self, action: str) -> bool:
        """Say whether this is a start or stop of a transaction."""

    def is_boot(self, action: str) -> bool:
        """Say whether this is the message that a charge point sends once it has started."""

    def remote_start(self, id_tag: str, connector_id: int, profile: ChargingProfile | None = None) -> Request[Any]:
        """Ask for a transaction on a connector, and limit it."""

    def remote_stop(self, wire_id: str) -> Request[Any]:
        """Ask for the end of a transaction."""

    def unlock(self, connector_id: int) -> Request[Any]:
        """Ask to release a plug; the answer has a `status`, "Unlocked" or another word."""

    def trigger(self, message: Trigger, connector_id: int | None) -> Request[Any]:
        """Ask for a message."""

    def read_configuration(self, names: list[str] | None) -> Request[Any]:
        """Ask for settings, all of them with None."""

    def write_configuration(self, name: str, value: str) -> Request[Any]:
        """Ask to change a setting."""

    def conceal(self, action: str | None, text: bytes) -> bytes:
        """Give a frame or payload of this Action, or of one that is not known, as it may be shown: without secrets."""

    def update_firmware(self, wish: FirmwareWish) -> Request[Any]:
        """Ask the charge point to fetch and install firmware."""

    def request_upload(self, wish: UploadWish) -> Request[Any]:
        """Ask the charge point for a file."""

    def file_answer(self, answer: Any) -> FileAnswer:
        """Read the answer to `update_firmware` or `request_upload`."""

    def ordered_file(self, action: str, payload: bytes) -> OrderedFile | None:
        """Say which file a CALL of ours orders, None for one that orders none."""

    def configuration_read(self, answer: Any) -> configuration.Read:
        """Read the answer to `read_configuration`."""

    def needs_acceptance(self, action: str) -> bool:
        """Say whether a charge point that waits for acceptance must not get this CALL."""

    def power_w(self, payload: bytes) -> float | None:
        """Give the power in a stored MeterValues message, in W."""

    def samples(self, payload: bytes, zone: tzinfo) -> list[Samples]:
        """Read a stored MeterValues message; times that name no zone are in `zone`."""

    def stop_samples(self, stop_payload: bytes, zone: tzinfo) -> list[Samples]:
        """Read the transaction data of a stored Stop."""
