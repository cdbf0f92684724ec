"""OCPP 1.6 on one side, the services on the other."""

from datetime import tzinfo
from typing import Any, Literal

from edge_csms.central import configuration_v16, firmware_v16, metering_v16, smart_charging_v16
from edge_csms.central.certificates_v16 import CertificateWords
from edge_csms.central.context import Context, Follower, Handler
from edge_csms.central.core_v16 import Core
from edge_csms.central.dialect import FileAnswer, FirmwareWish, OrderedFile, Samples, Trigger, UploadWish
from edge_csms.central.firmware_v16 import Firmware
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.local_auth_list_v16 import LocalAuthListProfile
from edge_csms.central.reservation_v16 import ReservationProfile
from edge_csms.central.security_v16 import Security
from edge_csms.central.smart_charging_v16 import SmartChargingProfile
from edge_csms.domain.charging_profile import ChargingProfile
from edge_csms.ocpp import codec
from edge_csms.ocpp.endpoint import CallReceived
from edge_csms.ocpp.errors import FormationViolation, NotImplemented_, NotSupported, SecurityError
from edge_csms.ocpp.operation import Request
from edge_csms.ocpp.v16 import OPERATIONS, core
from edge_csms.ocpp.v16.remote_trigger import TriggerMessage
from edge_csms.services import configuration

VITAL = frozenset(("StartTransaction", "StopTransaction"))
TRIGGERS: dict[Trigger, Literal["BootNotification", "Heartbeat", "MeterValues", "StatusNotification"]] = {
    "boot": "BootNotification",
    "heartbeat": "Heartbeat",
    "meter_values": "MeterValues",
    "status": "StatusNotification",
}
KEPT_WHILE_PENDING = frozenset(("StartTransaction", "StopTransaction", "MeterValues"))


class DialectV16:
    """Answers every CALL of a 1.6 charge point, and words our wishes as 1.6 messages."""

    operations = OPERATIONS
    heartbeat_setting = configuration_v16.HEARTBEAT

    def __init__(self, context: Context) -> None:
        self._settings = context.settings
        self._handlers: dict[str, Handler] = {}
        self._followers: dict[str, Follower] = {}
        security = Security(context)
        for profile in (Core(context), Firmware(context), security):
            self._handlers |= profile.handlers
        self._followers |= security.followers
        self._followers |= configuration_v16.Settings(context).followers
        self.certificates = CertificateWords()
        self.reservations = ReservationProfile(context)
        self.smart_charging = SmartChargingProfile(context)
        self.local_auth_list = LocalAuthListProfile(context)
        self._followers |= self.local_auth_list.followers
        self._followers |= self.reservations.followers | self.smart_charging.followers

    async def answer(self, live: LiveChargePoint, call: CallReceived) -> bytes:
        """Do what a CALL asks and return the payload of its CALLRESULT; raises WireError."""
        operation = OPERATIONS.get(call.action)
        handler = self._handlers.get(call.action)
        if operation is None:
            raise NotImplemented_(f"{call.action} is no operation of OCPP 1.6")
        if handler is None:
            raise NotSupported(f"{call.action} is nothing that a charge point sends to a central system")
        _refuse_while_pending(live, call.action)
        if call.fault and (self._settings.strict or (call.damaged and operation.essential)):
            raise FormationViolation(f"broken JSON: {call.fault}")
        strict = self._settings.strict
        read = codec.decode(operation.request, call.payload, essential=operation.essential, strict=strict)
        if read.findings:
            live.note_deviations(call.action, read.findings, bytes(call.payload))
        sent = call.raw.encode() if call.damaged else bytes(call.payload)
        return codec.encode(await handler(live, read.payload, sent))

    def follower(self, action: str) -> Follower | None:
        """Give what judges and remembers our CALLs of this Action, if anything does."""
        return self._followers.get(action)

    def is_vital(self, action: str) -> bool:
        """Say whether this is a StartTransaction or StopTransaction."""
        return action in VITAL

    def is_boot(self, action: str) -> bool:
        """Say whether this is a BootNotification."""
        return action == "BootNotification"

    def remote_start(self, id_tag: str, connector_id: int, profile: ChargingProfile | None = None) -> Request[Any]:
        """Ask for a transaction (§5.11); with a connector, because some refuse without."""
        return core.RemoteStartTransaction(
            connector_id=connector_id,
            id_tag=id_tag,
            charging_profile=None if profile is None else smart_charging_v16.to_wire(profile),
        )

    def remote_stop(self, wire_id: str) -> Request[Any]:
        """Ask for the end of a transaction (§5.12)."""
        return core.RemoteStopTransaction(transaction_id=int(wire_id))

    def unlock(self, connector_id: int) -> Request[Any]:
        """Ask to release a plug (§5.18)."""
        return core.UnlockConnector(connector_id=connector_id)

    def trigger(self, message: Trigger, connector_id: int | None) -> Request[Any]:
        """Ask for a message (§5.17)."""
        return TriggerMessage(requested_message=TRIGGERS[message], connector_id=connector_id)

    def read_configuration(self, names: list[str] | None) -> Request[Any]:
        """Ask for settings (§5.8)."""
        return configuration_v16.read_configuration(names)

    def write_configuration(self, name: str, value: str) -> Request[Any]:
        """Ask to change a setting (§5.3)."""
        return configuration_v16.write_configuration(name, value)

    def conceal(self, action: str | None, text: bytes) -> bytes:
        """Give a frame or payload of this Action, or of one that is not known, without secrets."""
        return configuration_v16.conceal(text) if action is None or action in configuration_v16.TELLING else text

    def update_firmware(self, wish: FirmwareWish) -> Request[Any]:
        """Ask the charge point to fetch and install firmware (§5.19; signed: WP L01)."""
        return firmware_v16.update_firmware(wish)

    def request_upload(self, wish: UploadWish) -> Request[Any]:
        """Ask the charge point for its diagnostics (§5.9), or for a log (WP N01)."""
        return firmware_v16.request_upload(wish)

    def file_answer(self, answer: Any) -> FileAnswer:
        """Read the answer to `update_firmware` or `request_upload`."""
        return firmware_v16.file_answer(answer)

    def ordered_file(self, action: str, payload: bytes) -> OrderedFile | None:
        """Say which file a CALL of ours orders, None for one that orders none."""
        if (operation := OPERATIONS.get(action)) is None:
            return None
        return firmware_v16.ordered_file(codec.decode(operation.request, payload).payload)

    def configuration_read(self, answer: core.GetConfigurationResponse) -> configuration.Read:
        """Read the answer to GetConfiguration."""
        return configuration_v16.configuration_read(answer)

    def needs_acceptance(self, action: str) -> bool:
        """Say whether this is one of the CALLs that a Pending charge point must not get (§4.2)."""
        return action in ("RemoteStartTransaction", "RemoteStopTransaction")

    def samples(self, payload: bytes, zone: tzinfo) -> list[Samples]:
        """Read a stored MeterValues message."""
        return metering_v16.samples(payload, zone)

    def stop_samples(self, payload: bytes, zone: tzinfo) -> list[Samples]:
        """Read the transaction data of a stored Stop."""
        return metering_v16.stop_samples(payload, zone)

    def power_w(self, payload: bytes) -> float | None:
        """Give the power in a stored MeterValues message, in W."""
        return metering_v16.power_w(codec.decode(core.MeterValues, payload).payload.meter_value or [])


def _refuse_while_pending(live: LiveChargePoint, action: str) -> None:
    """Let a charger that waits for acceptance only boot; one that was accepted before still brings its transactions."""
    if (
        live.charge_point.accepted
        or action == "BootNotification"
        or (live.charge_point.was_accepted and action in KEPT_WHILE_PENDING)
    ):
        return
    raise SecurityError("this charge point waits for acceptance by a technician")  # errata-J 3.8
