"""What an OCPP version must bring, so that sessions and commands need not know which one a charge point speaks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from edge_csms.central.context import Follower
from edge_csms.central.live import LiveChargePoint
from edge_csms.ocpp.endpoint import CallReceived
from edge_csms.ocpp.operation import OperationSet, Request
from edge_csms.services import configuration


@dataclass(frozen=True, slots=True)
class Sample:
    """One metered value as a charge point sent it, with the standard's defaults filled in."""

    value: str
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


class Dialect(Protocol):
    """One OCPP version: its messages on one side, the services on the other."""

    operations: OperationSet

    async def answer(self, live: LiveChargePoint, call: CallReceived) -> bytes:
        """Do what a CALL asks and return the payload of its CALLRESULT; raises WireError."""

    def follower(self, action: str) -> Follower | None:
        """Give what judges and remembers our CALLs of this Action, if anything does."""

    def is_boot(self, action: str) -> bool:
        """Say whether this is the message that a charge point sends once it has started."""

    def remote_start(self, id_tag: str, connector_id: int) -> Request[Any]:
        """Ask for a transaction on a connector."""

    def remote_stop(self, wire_id: str) -> Request[Any]:
        """Ask for the end of a transaction."""

    def trigger_boot(self) -> Request[Any]:
        """Ask for the boot data."""

    def read_configuration(self, names: list[str] | None) -> Request[Any]:
        """Ask for settings, all of them with None."""

    def write_configuration(self, name: str, value: str) -> Request[Any]:
        """Ask to change a setting."""

    def hand_over_certificate(self, chain_pem: str) -> Request[Any]:
        """Hand over a certificate that the charge point asked for."""

    def ask_for_request(self) -> Request[Any]:
        """Ask the charge point to have a new certificate signed."""

    def install_root(self, certificate_pem: str, *, of_manufacturer: bool) -> Request[Any]:
        """Ask the charge point to trust a root certificate."""

    def configuration_read(self, answer: Any) -> configuration.Read:
        """Read the answer to `read_configuration`."""

    def needs_acceptance(self, action: str) -> bool:
        """Say whether a charge point that waits for acceptance must not get this CALL."""

    def power_w(self, payload: bytes) -> float | None:
        """Give the power in a stored MeterValues message, in W."""

    def samples(self, payload: bytes) -> list[Samples]:
        """Read a stored MeterValues message."""

    def stop_samples(self, stop_payload: bytes) -> list[Samples]:
        """Read the transaction data of a stored Stop."""
