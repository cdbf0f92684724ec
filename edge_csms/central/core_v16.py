"""What the Core profile's messages bring about: booting, authorizing, charging (OCPP 1.6 §4)."""

import hashlib
import logging
from datetime import datetime
from typing import TypeVar

import msgspec

from edge_csms.central import metering_v16
from edge_csms.central.context import Context, Handler
from edge_csms.central.live import LiveChargePoint
from edge_csms.domain import events
from edge_csms.domain.errors import StorageUnavailable
from edge_csms.domain.model import AuthorizationStatus, Connector, ConnectorStatus, Verdict, fold
from edge_csms.ocpp import codec, times
from edge_csms.ocpp.v16 import core
from edge_csms.ocpp.v16.types import IdTagInfo, MeterValue
from edge_csms.services import charge_points, id_tags, meter_values, transactions

T = TypeVar("T")

log = logging.getLogger(__name__)

MAX_CONNECTOR_ID = 1000  # a charge point that makes up more must not fill the disk
PENDING_INTERVAL_SECONDS = 15  # until a charger that waits for acceptance asks again


class Core:
    """Answers the CALLs of the Core profile."""

    def __init__(self, context: Context) -> None:
        self._database = context.database
        self._clock = context.clock
        self._bus = context.bus
        self._settings = context.settings
        self.handlers: dict[str, Handler] = {
            "Authorize": self.authorize,
            "BootNotification": self.boot_notification,
            "DataTransfer": self.data_transfer,
            "Heartbeat": self.heartbeat,
            "MeterValues": self.meter_values,
            "StartTransaction": self.start_transaction,
            "StatusNotification": self.status_notification,
            "StopTransaction": self.stop_transaction,
        }

    async def authorize(self, live: LiveChargePoint, call: core.Authorize, payload: bytes) -> core.AuthorizeResponse:
        """Judge an idTag (§4.1)."""
        now = self._clock.now()
        known, verdict = await self._database.look_up(
            id_tags.authorize, call.id_tag, now, self._settings.accept_unknown_id_tags
        )
        if not known:
            self._bus.publish(events.UnknownIdTagSeen(live.charge_point_id, call.id_tag, now))
        return core.AuthorizeResponse(id_tag_info=_info(verdict))

    async def boot_notification(
        self, live: LiveChargePoint, call: core.BootNotification, payload: bytes
    ) -> core.BootNotificationResponse:
        """Take the boot data and say whether the charge point may charge (§4.2)."""
        now = self._clock.now()
        boot = charge_points.Boot(
            vendor=call.charge_point_vendor,
            model=call.charge_point_model,
            serial_number=call.charge_point_serial_number or call.charge_box_serial_number,
            firmware_version=call.firmware_version,
            payload=payload,
        )
        try:
            live.charge_point = await self._database.run(charge_points.boot, live.charge_point_id, boot, now)
        except StorageUnavailable as error:  # one that is known may charge; its boot data can wait
            log.error("%s: boot data not stored: %s", live.charge_point_id, error.detail)
        accepted = live.charge_point.accepted
        live.heartbeat_seconds = None  # the one in the answer holds again
        if accepted:  # one that waits for acceptance sends it again and again without a restart
            live.note_boot()
        self._bus.publish(events.ChargePointBooted(live.charge_point_id, accepted))
        return core.BootNotificationResponse(
            current_time=times.format(now),
            interval=self._settings.heartbeat_interval_seconds if accepted else PENDING_INTERVAL_SECONDS,
            status="Accepted" if accepted else "Pending",
        )

    async def data_transfer(
        self, live: LiveChargePoint, call: core.DataTransfer, payload: bytes
    ) -> core.DataTransferResponse:
        """Decline a vendor's own message: we know no vendor's (§4.3). Some flood them, so nothing is stored."""
        return core.DataTransferResponse(status="UnknownVendorId")

    async def heartbeat(self, live: LiveChargePoint, call: core.Heartbeat, payload: bytes) -> core.HeartbeatResponse:
        """Tell the time (§4.6). Nothing is written."""
        return core.HeartbeatResponse(current_time=times.format(self._clock.now()))

    async def meter_values(
        self, live: LiveChargePoint, call: core.MeterValues, payload: bytes
    ) -> core.MeterValuesResponse:
        """Keep meter values, whatever they say of their transaction (§4.7)."""
        values: list[MeterValue] = call.meter_value or []
        sent, unread = metering_v16.taken_at(values, live.quirks.zone(self._settings.timezone))
        taken_at, plausible = self._take_time(live, sent)
        if not plausible:
            _note_time(live, "MeterValues", unread if sent is None else times.format(sent))
        connector_id, wire_id = _or(call.connector_id, 0), _text(call.transaction_id)
        open_id, noted_at = live.open_since.get(wire_id or "", (None, taken_at))
        metered = await self._database.run_patient(
            meter_values.keep,
            meter_values.Meter(
                charge_point_key=live.charge_point.key,
                connector_id=connector_id,
                wire_id=wire_id,
                taken_at=taken_at,
                arrival=self._clock.next_arrival(),
                content_hash=int.from_bytes(_digest(codec.encode(call), 8), "big", signed=True),
                register_wh=metering_v16.register_wh(values),
                payload=payload,
                plausible=plausible,
                open_transaction_id=open_id if meter_values.is_noted(taken_at, noted_at) else None,
            ),
        )
        if metered.noted_at is not None and metered.transaction_id is not None and wire_id is not None:
            live.open_since[wire_id] = (metered.transaction_id, metered.noted_at)
        if connector_id <= MAX_CONNECTOR_ID:
            live.last_values[connector_id] = payload
        self._tell_foreign(live, "MeterValues", metered.foreign_transaction_id)
        self._bus.publish(events.MeterValuesReceived(live.charge_point_id, connector_id, metered.transaction_id))
        return core.MeterValuesResponse()

    async def start_transaction(
        self, live: LiveChargePoint, call: core.StartTransaction, payload: bytes
    ) -> core.StartTransactionResponse:
        """Store a transaction and say under which id, and whether its tag may charge (§4.8)."""
        started_at, plausible = self._believe(live, "StartTransaction", call.timestamp)
        start = transactions.Start(
            charge_point_key=live.charge_point.key,
            connector_id=call.connector_id,
            id_tag=call.id_tag,
            meter_start_wh=call.meter_start,
            started_at=started_at,
            plausible=plausible,
            reservation_id=call.reservation_id,
            content_key=_start_key(call),
            payload=payload,
            arrival=self._clock.next_arrival(),
            clock_doubt=self._clock.in_doubt,
        )
        now = self._clock.now()
        started = await self._database.run_vital(transactions.start, start, now, self._settings.accept_unknown_id_tags)
        if started.is_new:
            self._tell_started(live, call, started, now)
        return core.StartTransactionResponse(id_tag_info=_info(started.verdict), transaction_id=started.transaction_id)

    async def status_notification(
        self, live: LiveChargePoint, call: core.StatusNotification, payload: bytes
    ) -> core.StatusNotificationResponse:
        """Keep what a connector does; a free one has no open transaction (§4.9)."""
        if call.status is None or not 0 <= _or(call.connector_id, 0) <= MAX_CONNECTOR_ID:
            return core.StatusNotificationResponse()  # nothing in it that could be shown
        at = self._clock.now()
        if call.timestamp is not None:
            at, _ = self._believe(live, "StatusNotification", call.timestamp)
        connector = Connector(
            connector_id=_or(call.connector_id, 0),
            status=call.status,
            error_code=call.error_code,
            info=call.info,
            vendor_error_code=call.vendor_error_code,
            status_at=at,
        )
        is_free = (
            connector.status == ConnectorStatus.AVAILABLE
            and connector.connector_id > 0
            and not live.quirks.switches.no_status_inference
        )
        ended = await self._database.run_patient(
            charge_points.note_status, live.charge_point.key, connector, is_free, self._clock.now()
        )
        self._bus.publish(events.ConnectorStatusChanged(live.charge_point_id, connector.connector_id, connector.status))
        self._tell_ended_unseen(live, connector.connector_id, ended.transactions)
        for reservation_id in ended.reservations:
            self._bus.publish(events.ReservationChanged(live.charge_point_id, reservation_id, "ended"))
        return core.StatusNotificationResponse()

    async def stop_transaction(
        self, live: LiveChargePoint, call: core.StopTransaction, payload: bytes
    ) -> core.StopTransactionResponse:
        """Store the end of a transaction; it is never refused, whatever it names (§4.10)."""
        stopped_at, _ = self._believe(live, "StopTransaction", call.timestamp)
        stop = transactions.Stop(
            charge_point_key=live.charge_point.key,
            wire_id=_text(call.transaction_id),
            id_tag=call.id_tag or None,
            meter_stop_wh=call.meter_stop,
            stopped_at=stopped_at,
            reason=call.reason or "Local",  # it may be absent for Local only (§6.49)
            content_key=_stop_key(call, payload),
            payload=payload,
            arrival=self._clock.next_arrival(),
            begin_register_wh=metering_v16.begin_register_wh(call.transaction_data or ()),
            clock_doubt=self._clock.in_doubt,
        )
        live.open_since.clear()  # whatever this ends, what is known to be open is looked up anew
        stopped = await self._database.run_vital(
            transactions.stop, stop, self._clock.now(), self._settings.accept_unknown_id_tags
        )
        self._tell_foreign(live, "StopTransaction", stopped.foreign_transaction_id)
        if stopped.is_new:
            if stopped.connector_id is not None:
                live.last_values.pop(stopped.connector_id, None)  # metered of a charge that is over
            ended = events.TransactionEnded(
                live.charge_point_id, stopped.connector_id, stopped.transaction_id, stopped.state.value
            )
            self._bus.publish(ended)
        verdict = stopped.verdict
        if verdict is None and stopped.was_ours:
            verdict = Verdict(AuthorizationStatus.ACCEPTED)
        return core.StopTransactionResponse(id_tag_info=None if verdict is None else _info(verdict))

    def _believe(self, live: LiveChargePoint, action: str, text: str | None) -> tuple[datetime, bool]:
        believed, plausible = self._take_time(live, times.parse(text, live.quirks.zone(self._settings.timezone)))
        if not plausible:
            _note_time(live, action, text)
        return believed, plausible

    def _take_time(self, live: LiveChargePoint, sent: datetime | None) -> tuple[datetime, bool]:
        if sent is not None:
            self._clock.hear(live.charge_point_id, sent)
        return self._clock.believe(sent)

    def _tell_started(
        self, live: LiveChargePoint, call: core.StartTransaction, started: transactions.Started, now: datetime
    ) -> None:
        live.pending_starts.pop(call.connector_id, None)
        self._tell_ended_unseen(live, call.connector_id, started.ended_unseen)
        self._bus.publish(
            events.TransactionStarted(live.charge_point_id, call.connector_id, started.transaction_id, call.id_tag)
        )
        if started.reservation_id is not None:
            self._bus.publish(events.ReservationChanged(live.charge_point_id, started.reservation_id, "used"))
        if started.verdict.status is AuthorizationStatus.INVALID:
            self._bus.publish(events.UnknownIdTagSeen(live.charge_point_id, call.id_tag, now))

    def _tell_ended_unseen(self, live: LiveChargePoint, connector_id: int, ended: tuple[int, ...]) -> None:
        if ended:
            live.open_since.clear()
        for transaction_id in ended:
            self._bus.publish(events.TransactionEnded(live.charge_point_id, connector_id, transaction_id, "inferred"))

    def _tell_foreign(self, live: LiveChargePoint, action: str, transaction_id: int | None) -> None:
        if transaction_id is not None:
            words = f"Its {action} named transaction {transaction_id} of another charger. That was not touched."
            live.note_finding("foreign_transaction", action, words, str(transaction_id))
            self._bus.publish(events.ForeignTransactionNamed(live.charge_point_id, transaction_id, action))


def _info(verdict: Verdict) -> IdTagInfo:
    return IdTagInfo(
        expiry_date=None if verdict.expires_at is None else times.format(verdict.expires_at),
        parent_id_tag=verdict.parent_id_tag,
        status=verdict.status.value,
    )


def _start_key(call: core.StartTransaction) -> bytes:
    """Make the content key of a Start: connector, idTag, time and register; equal ones are the same transaction."""
    moment = times.parse(call.timestamp)
    when = call.timestamp if moment is None else moment.isoformat()
    return _digest(repr((call.connector_id, fold(call.id_tag), when, call.meter_start)).encode(), 16)


def _stop_key(call: core.StopTransaction, payload: bytes) -> bytes:
    """Make the content key of a Stop: all that could be read of it; where that is nothing, its text."""
    unread = all(value is None for value in msgspec.structs.astuple(call))
    return _digest(payload if unread else codec.encode(call), 16)


def _digest(content: bytes, size: int) -> bytes:
    return hashlib.blake2b(content, digest_size=size).digest()


def _note_time(live: LiveChargePoint, action: str, text: str | None) -> None:
    words = (
        f"The time in its {action} can't be right, so ours was used. "
        "Set its clock, or let it take the time from our heartbeats."
    )
    live.note_finding("implausible_time", f"{action}.timestamp", words, text or "")


def _text(transaction_id: int | None) -> str | None:
    return None if transaction_id is None else str(transaction_id)


def _or(value: T | None, default: T) -> T:
    """Give the default for a field that a tolerant reading could not fill, whatever its annotation says."""
    return default if value is None else value
