"""The Central System: who is connected, and commands to charge points. Only this module knows where a session lives."""

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from edge_csms.central import limits, smart_charging
from edge_csms.central.context import Context, Follower
from edge_csms.central.dialect import Dialect, Trigger
from edge_csms.central.inspector import Inspector
from edge_csms.central.live import LiveChargePoint, PendingStart
from edge_csms.central.session import Session, Transport
from edge_csms.domain import events
from edge_csms.domain.charging_profile import ChargingProfile
from edge_csms.domain.composite_schedule import InstalledProfile
from edge_csms.domain.errors import Invalid, NotFound, Offline, Refusal, StorageUnavailable
from edge_csms.domain.model import ChargePoint, fold
from edge_csms.ocpp import codec
from edge_csms.ocpp.arranging import arrange
from edge_csms.ocpp.endpoint import Endpoint
from edge_csms.ocpp.errors import WireError
from edge_csms.ocpp.operation import Operation, Request, Sender
from edge_csms.services import charge_points, configuration, findings

log = logging.getLogger(__name__)

OLD_SESSION_SECONDS = 5.0  # that an old connection has to show that it lives, when nothing proves who the new one is
LEAST_IDLE_SECONDS = 180.0
PENDING_START = timedelta(minutes=3)  # that a driver has to plug in after a remote start; chargers give up after 1 or 2


class CentralSystem:
    """Every charge point of the site, connected or not."""

    def __init__(self, context: Context) -> None:
        self.bus = context.bus
        self.inspector = Inspector()
        self.settings = context.settings
        self.counts: Counter[tuple[str, str]] = Counter()  # CALLs answered, by Action and outcome
        self.quirks = context.quirks
        self.probation = context.probation
        self._database = context.database
        self._clock = context.clock
        self._dialects: dict[str, Dialect] = {}
        self._live: dict[str, LiveChargePoint] = {}
        self._heartbeats: dict[str, float] = {}  # as told before this process began, by folded identity

    def now(self) -> datetime:
        """Give the site's time."""
        return self._clock.now()

    # Who is connected

    def speak(self, dialect: Dialect) -> None:
        """Add an OCPP version; the first one is assumed for chargers that name none."""
        self._dialects[dialect.operations.subprotocol] = dialect

    async def recall_heartbeats(self) -> None:
        """Know from what charge points told before this process began how long they may be silent, once they come."""
        self._heartbeats = await self._database.read(configuration.list_intervals, self.reader.heartbeat_setting)

    def choose_subprotocol(self, offered: Iterable[str]) -> str | None:
        """Give the first that the charge point offers and we speak, in its order (OCPP-J 1.6 §3.2)."""
        return next((one for one in offered if one in self._dialects), None)

    @property
    def assumed_subprotocol(self) -> str:
        """Give what a charge point speaks that names nothing."""
        return next(iter(self._dialects))

    async def make_room(self, charge_point: ChargePoint, authenticated: bool) -> bool:
        """Say whether a new connection may take the place of an old one.

        The newest wins, since a half-open old one must not lock a charger out. Where nothing proves who the new one is,
        an old one that still lives is kept.
        """
        live = self._live.get(fold(charge_point.charge_point_id))
        old = None if live is None else live.session
        if old is None or authenticated:
            return True
        asked_at = time.monotonic()
        old.transport.ping()
        while time.monotonic() - asked_at < OLD_SESSION_SECONDS:
            await asyncio.sleep(0.05)
            if old.last_heard > asked_at:
                self._note_contested(old.live)
                return False
            if old.live.session is not old:
                return True
        return True

    def connect(self, charge_point: ChargePoint, subprotocol: str, transport: Transport) -> Session:
        """Open a session, closing the one that the charge point had."""
        live = self._get_live(charge_point)
        live.charge_point = charge_point
        old, live.session = live.session, None
        if old is not None:
            log.info("%s connected anew: the old connection is closed", charge_point.charge_point_id)
            old.end()
            old.transport.close(1000, "a newer connection took its place")
        dialect = self._dialects[subprotocol]
        live.power_reader = dialect.power_w
        endpoint = Endpoint(self.settings.call_timeout_seconds, _new_message_id)
        hold = self.settings.hold_after_boot_seconds
        live.session = Session(live, dialect, transport, endpoint, self.counts, hold, self.probation)
        log.info("%s connected", charge_point.charge_point_id)
        self.bus.publish(events.ChargePointConnected(live.charge_point_id))
        return live.session

    def disconnect(self, session: Session) -> None:
        """Note that a connection is gone. The late end of an old one leaves the new one alone."""
        session.end()
        live = session.live
        live.last_heard = max(live.last_heard, self._heard_at(session).timestamp())
        if live.session is session:
            live.session = None
            log.info("%s disconnected", live.charge_point_id)
            self.bus.publish(events.ChargePointDisconnected(live.charge_point_id))

    def close_all(self, code: int, reason: str) -> None:
        """Close every session, at the end of the process."""
        for live in list(self._live.values()):
            if live.session is None:
                continue
            if live.quirks.switches.close_abruptly:
                live.session.transport.abort()
            else:
                live.session.transport.close(code, reason)
            self.disconnect(live.session)

    def why_kept_off(self, charge_point_id: str) -> tuple[str, str] | None:
        """Say why a charge point shall be offline for now, and what helps; None where it may come."""
        live = self._live.get(fold(charge_point_id))
        if live is None:
            return None
        if live.unsaved > 1 and self._database.state != "ok":
            fix = "Free the disk, or see what the admin page says of the storage; the charger keeps its records."
            return "its transactions can't be stored now", fix
        if live.kept_off_until > time.monotonic():
            return "its commissioning run tries out a lost link", "Wait: it is let in again within a minute."
        return None

    def keep_off(self, charge_point_id: str, seconds: float) -> None:
        """Cut the connection of a charge point and let it in again only after so long a time; 0 lets it in at once."""
        if (live := self._live.get(fold(charge_point_id))) is not None:
            live.kept_off_until = time.monotonic() + seconds
            if seconds and live.session is not None:
                live.session.transport.abort()

    def live(self, charge_point_id: str) -> LiveChargePoint | None:
        """Give what is known of a charge point while the process runs."""
        return self._live.get(fold(charge_point_id))

    def connected(self) -> list[LiveChargePoint]:
        """List the charge points that are connected."""
        return [live for live in self._live.values() if live.session is not None]

    def last_seen(self, charge_point: ChargePoint) -> datetime | None:
        """Say when a charge point was last heard."""
        live = self._live.get(fold(charge_point.charge_point_id))
        if live is None:
            return charge_point.last_seen
        if live.session is not None:
            return self._heard_at(live.session)
        return datetime.fromtimestamp(live.last_heard, UTC) if live.last_heard else charge_point.last_seen

    # Commands. All raise domain.errors: NotFound, Offline, CallRefused, NoAnswer, Invalid.

    async def remote_start(
        self,
        charge_point_id: str,
        id_tag: str,
        connector_id: int | None = None,
        profile: ChargingProfile | None = None,
    ) -> str:
        """Ask for a transaction and return the charge point's word; "Accepted" means that it will try.

        A charging profile is a TxProfile without a transaction; raises Invalid for another one.
        """
        session = await self._session_for_charging(charge_point_id)
        if connector_id is None:
            connector_id = await self._database.run(charge_points.free_connector, charge_point_id)
        if profile is not None:
            profile = await smart_charging.prepare_for_start(
                self, self._database, charge_point_id, connector_id, profile
            )
        status = await self._status(session, session.dialect.remote_start(id_tag, connector_id, profile), urgent=True)
        if status == "Accepted":
            self._await_start(session.live, connector_id, id_tag)
        return status

    async def remote_stop(self, charge_point_id: str, wire_id: str) -> str:
        """Ask for the end of a transaction and return the charge point's word."""
        session = await self._session_for_charging(charge_point_id)
        return await self._status(session, session.dialect.remote_stop(wire_id), urgent=True)

    async def set_limit(
        self, charge_point_id: str, connector_id: int, limit_amps: float | None, phases: int | None = None
    ) -> list[InstalledProfile]:
        """Limit a connector, or with 0 the whole charge point, to so much current per phase; None takes the limit away.

        Returns the profiles that hold it. A TxProfile among them ends with its transaction.
        """
        return await limits.set_limit(self, self._database, charge_point_id, connector_id, limit_amps, phases)

    async def read_configuration(self, charge_point_id: str, names: list[str] | None) -> configuration.Read:
        """Ask for settings, all of them with None."""
        session = await self._session(charge_point_id)
        answer = await self._ask(session, session.dialect.read_configuration(names), urgent=True)
        return session.dialect.configuration_read(answer)

    async def write_configuration(self, charge_point_id: str, name: str, value: str) -> str:
        """Ask to change a setting and return the charge point's word."""
        session = await self._session(charge_point_id)
        return await self._status(session, session.dialect.write_configuration(name, value), urgent=True)

    async def send(self, charge_point_id: str, action: str, payload: bytes) -> bytes:
        """Send any CALL that a central system may send, before all others, and return the payload of its answer.

        The payload is checked strictly first, and goes out as it was given, its members in the specification's order.
        """
        session = await self._session(charge_point_id)
        operation = session.dialect.operations.get(action)
        if operation is None or Sender.CENTRAL_SYSTEM not in operation.sender:
            raise NotFound(f"{action} is nothing that a central system sends")
        try:
            request = codec.decode(operation.request, payload, strict=True).payload
        except WireError as error:
            told = error.description if self.conceal(action, payload) == payload else "the payload is not as it must be"
            raise Invalid(f"{error.code}: {told}") from error
        if session.dialect.needs_acceptance(action) and not session.live.charge_point.accepted:
            raise Offline(f"{charge_point_id} waits for acceptance and can't be told to charge")
        arranged = arrange(operation.request, payload)
        return (await self._converse(session, operation, request, arranged, urgent=True))[0]

    def payloads(self) -> dict[str, type[msgspec.Struct]]:
        """Give the payloads of all CALLs that `send` can send, by Action."""
        operations = self._dialects[self.assumed_subprotocol].operations
        return {operation.action: operation.request for operation in operations.sent_by(Sender.CENTRAL_SYSTEM)}

    def conceal(self, action: str, payload: bytes) -> bytes:
        """Give the payload of a CALL or of its answer as it may be shown: without secrets."""
        return self.reader.conceal(action, payload)

    async def dialect(self, charge_point_id: str) -> Dialect:
        """Give the words of a connected charge point's OCPP version; `call` says them. Raises NotFound or Offline."""
        return (await self._session(charge_point_id)).dialect

    async def call(self, charge_point_id: str, request: Request[Any], timeout_seconds: float | None = None) -> Any:
        """Send a CALL and return its answer as the operation's response struct, read tolerantly."""
        return await self._ask(await self._session(charge_point_id), request, timeout_seconds)

    async def trigger(self, charge_point_id: str, message: Trigger, connector_id: int | None = None) -> str:
        """Ask a charge point to send a message now, and return its word."""
        session = await self._session(charge_point_id)
        return await self._status(session, session.dialect.trigger(message, connector_id))

    @property
    def reader(self) -> Dialect:
        """Give the dialect in which stored messages are read."""
        return self._dialects[self.assumed_subprotocol]

    # What changes outside of a session

    def refresh(self, charge_point: ChargePoint) -> None:
        """Take over what a technician changed of a charge point."""
        if (live := self._live.get(fold(charge_point.charge_point_id))) is not None:
            live.charge_point = charge_point
        self.bus.publish(events.ChargePointChanged(charge_point.charge_point_id))

    def retire(self, charge_point_id: str) -> None:
        """Close the session of a charge point that was deleted and forget it."""
        live = self._live.pop(fold(charge_point_id), None)
        if live is not None and live.session is not None:
            session = live.session
            live.session = None
            session.end()
            session.transport.close(1000, "this charge point was deleted")
        self.inspector.forget(charge_point_id)
        self.bus.publish(events.ChargePointRetired(charge_point_id))

    async def flush(self) -> None:
        """Store the findings that were counted since the last time; while that fails, they wait."""
        taken = {live: live.take_findings() for live in self._live.values() if live.findings}
        if not taken:
            return
        found = {live.charge_point.key: ones for live, ones in taken.items()}
        try:
            await self._database.run_patient(findings.note, found, self._clock.now())
        except StorageUnavailable as error:
            log.info("findings wait: %s", error.detail)
            for live, ones in taken.items():
                live.put_back(ones)

    async def flush_last_seen(self) -> None:
        """Store when each charge point was last heard."""
        seen = {
            live.charge_point_id: at
            for live in self._live.values()
            if (at := self.last_seen(live.charge_point)) is not None
        }
        if seen:
            await self._database.run_patient(charge_points.note_last_seen, seen)

    def check_liveness(self) -> None:
        """Ping who was quiet, and end connections on which nothing came for three heartbeats."""
        for live in self.connected():
            assert live.session is not None
            interval = live.heartbeat_seconds or self.settings.heartbeat_interval_seconds
            live.session.check_liveness(max(LEAST_IDLE_SECONDS, 3.0 * interval))

    def _heard_at(self, session: Session) -> datetime:
        return self.now() - timedelta(seconds=time.monotonic() - session.last_heard)

    def _get_live(self, charge_point: ChargePoint) -> LiveChargePoint:
        folded = fold(charge_point.charge_point_id)
        live = self._live.get(folded)
        if live is None:
            recorder = self.inspector.recorder(charge_point.charge_point_id)
            live = self._live[folded] = LiveChargePoint(charge_point, recorder, self.quirks)
            live.heartbeat_seconds = self._heartbeats.pop(folded, None)
        return live

    async def _session(self, charge_point_id: str) -> Session:
        live = self._live.get(fold(charge_point_id))
        if live is not None and live.session is not None:
            return live.session
        await self._database.run(charge_points.get, charge_point_id)  # raises NotFound
        raise Offline(f"{charge_point_id} is not connected")

    async def _session_for_charging(self, charge_point_id: str) -> Session:
        session = await self._session(charge_point_id)
        if not session.live.charge_point.accepted:
            raise Offline(f"{charge_point_id} waits for acceptance and can't be told to charge")
        return session

    def _note_contested(self, live: LiveChargePoint) -> None:
        words = "A second charge point, or the same one twice, connected under its identity and was refused."
        live.note_finding("identity_contested", "", words, "")
        self.bus.publish(events.IdentityContested(live.charge_point_id))

    def _await_start(self, live: LiveChargePoint, connector_id: int, id_tag: str) -> None:
        """Show that a start is pending, not for ever: nobody may plug in."""
        live.pending_starts[connector_id] = PendingStart(id_tag, self.now() + PENDING_START)
        changed = events.ChargePointChanged(live.charge_point_id)
        self.bus.publish(changed)
        asyncio.get_running_loop().call_later(PENDING_START.total_seconds(), self.bus.publish, changed)

    async def _status(self, session: Session, request: Request[Any], *, urgent: bool = False) -> str:
        return str((await self._ask(session, request, urgent=urgent)).status)

    async def _ask(
        self, session: Session, request: Request[Any], timeout_seconds: float | None = None, *, urgent: bool = False
    ) -> Any:
        operation, payload = session.dialect.operations.of(request), codec.encode(request)
        return (await self._converse(session, operation, request, payload, timeout_seconds, urgent=urgent))[1]

    async def _converse(
        self,
        session: Session,
        operation: Operation,
        request: Request[Any],
        payload: bytes,
        timeout_seconds: float | None = None,
        *,
        urgent: bool,
    ) -> tuple[bytes, Any]:
        """Send a CALL, have it remembered where that matters, and return its answer as it came and as it was read."""
        action, dialect = operation.action, session.dialect
        follower = dialect.follower(action) or Follower()
        await follower.before(session.live, request)
        try:
            answer = await session.call(action, payload, timeout_seconds, urgent=urgent)
        except Refusal as refusal:
            await follower.after(session.live, request, refusal)
            raise
        read = codec.decode_answer(operation.response, msgspec.Raw(answer))
        if read.findings:
            session.live.note_deviations(action, read.findings, dialect.conceal(action, answer))
        await follower.after(session.live, request, read.payload)
        return answer, read.payload


def _new_message_id() -> str:
    return uuid.uuid4().hex
