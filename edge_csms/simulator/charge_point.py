"""A simulated OCPP 1.6 charge point that lives like a real one, and that a program can lead by the hand."""

import asyncio
import ssl
from collections.abc import Coroutine
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, TypeVar

import msgspec

from edge_csms.ocpp import codec
from edge_csms.ocpp.operation import Request, Response
from edge_csms.ocpp.v16.core import (
    Authorize,
    BootNotificationResponse,
    HeartbeatResponse,
    MeterValues,
    StopTransaction,
)
from edge_csms.ocpp.v16.security import SecurityEventNotification, SignCertificate, SignCertificateResponse
from edge_csms.ocpp.v16.types import IdTagInfo, ReadingContext
from edge_csms.simulator import answering, charging, configuration, handshake, limits, metering, power, registration
from edge_csms.simulator.authorization import Authorization
from edge_csms.simulator.behaviour import Behaviour
from edge_csms.simulator.certificates import Certificates
from edge_csms.simulator.charging_profiles import ChargingProfiles
from edge_csms.simulator.clock import Clock
from edge_csms.simulator.connection import Connection
from edge_csms.simulator.connector import Car, Connector
from edge_csms.simulator.link import Link
from edge_csms.simulator.nameplate import Nameplate
from edge_csms.simulator.outbox import Outbox
from edge_csms.simulator.received import ReceivedCall, ReceivedCalls
from edge_csms.simulator.reservations import Reservations
from edge_csms.simulator.tasks import Tasks
from edge_csms.simulator.transaction import Transaction
from edge_csms.simulator.updates import Updates
from edge_csms.simulator.uploads import Uploads
from edge_csms.simulator.wire import decode_answer

R = TypeVar("R", bound=Response)

_NEXT_CALL_SECONDS = 5.0


class ChargePoint:
    """One charge point with its connectors.

        async with ChargePoint("ws://box:8001/ocpp", "CP1", password=key) as charge_point:
            await charge_point.boot()
            await charge_point.plug_in(1)
            transaction = await charge_point.start(1, "04A2B3C4")
            await charge_point.meter(1, energy_wh=500)
            await charge_point.stop(1)

    A password given as text goes out as its UTF-8, one given as bytes as it is.
    """

    def __init__(
        self,
        url: str,
        charge_point_id: str,
        *,
        password: bytes | str | None = None,
        connectors: int = 1,
        nameplate: Nameplate | None = None,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
        secure_url: str | None = None,
        csr: str | None = None,
        call_timeout_seconds: float = 30.0,
        reconnect_seconds: float = 1.0,
        reboot_seconds: float = 0.0,
    ) -> None:
        self.url = url
        self.charge_point_id = charge_point_id
        self.password = password.encode() if isinstance(password, str) else password
        self.tls = tls
        self.secure_url = secure_url  # where to connect to once the security profile asks for TLS
        self.csr = csr  # what SignCertificate asks to be signed
        self.certificate_chain: str | None = None  # what came of it
        self.reboot_seconds = reboot_seconds
        self.nameplate = nameplate or Nameplate()
        self.clock = clock or Clock()
        self.behaviour = Behaviour()
        self.configuration = configuration.of_a_wallbox(connectors, handshake.security_profile(url, self.password))
        self.authorization = Authorization(self.configuration)
        self.reservations = Reservations()
        self.charging_profiles = ChargingProfiles(self.configuration)
        self.certificates = Certificates()
        self.updates = Updates(self)
        self.uploads = Uploads(self)
        self.main = Connector(0)
        self.connectors = {
            number: Connector(number, register_wh=1000.0 * number, seed=f"{charge_point_id}/{number}")
            for number in range(1, connectors + 1)
        }
        self.registration: Literal["Accepted", "Pending", "Rejected"] | None = None
        self.must_boot = False
        self.heartbeat_changed = asyncio.Event()
        self.went_dark_at: datetime | None = None
        self.received = ReceivedCalls()
        self.tasks = Tasks(charge_point_id)
        self.outbox = Outbox(self.call, self._on_verdict, self.configuration, self.clock)
        self.link = Link(
            self.behaviour,
            lambda: handshake.of(self),
            self._new_connection,
            self._come_back,
            self._go_away,
            reconnect_seconds,
        )
        self._call_timeout_seconds = call_timeout_seconds
        self._afterwards: list[Coroutine[Any, Any, Any]] = []

    async def __aenter__(self) -> "ChargePoint":
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- the line and the power ---

    async def connect(self, *, patiently: bool = False) -> None:
        """Begin to live: connect, and stay connected. Raises CannotConnect, unless it waits patiently."""
        await self.link.connect(patiently=patiently)
        self.outbox.let_flow(not self.must_boot)
        for work in (self.outbox.run(), registration.beat(self), metering.sample_by_the_clock(self)):
            self.tasks.spawn(work)

    async def close(self) -> None:
        """End: close the connection properly and stop all that goes on."""
        self.link.disconnect()
        self.link.release()
        self.forget_afterwards()
        await self.tasks.cancel()

    def drop_network(self, *, half_open: bool = False) -> None:
        """Lose the network; half open, the central system is not told. Transactions go on, messages are queued."""
        self.link.drop(half_open=half_open)

    async def restore_network(self) -> None:
        """Have the network back: reconnect now and say what has changed. Raises CannotConnect."""
        await self.link.connect()
        await self._come_back()

    async def reconnect(self) -> None:
        """Close the connection properly and open a new one. Raises CannotConnect."""
        self.link.disconnect()
        await self.restore_network()

    async def power_cut(self) -> None:
        """Lose power in mid-sentence."""
        await power.cut(self)

    async def power_up(self, *, resume: bool = False) -> None:
        """Get power back, connect and boot; end the transactions with PowerLoss, or go on with them."""
        await power.up(self, resume=resume)

    # --- messages ---

    async def call(self, request: Request[R], timeout_seconds: float | None = None) -> R:
        """Send a CALL and return its answer. Raises Offline, NoAnswer, Refused or BadAnswer."""
        action = type(request).__name__
        payload = await self.link.connection.call(action, codec.encode(request), timeout_seconds)
        return decode_answer(request, payload)

    async def call_raw(self, action: str, payload: Any, timeout_seconds: float | None = None) -> Any:
        """Send a CALL with any payload (bytes go out to the letter) and return the payload of its answer."""
        encoded = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
        return msgspec.json.decode(await self.link.connection.call(action, encoded, timeout_seconds))

    def send_raw(self, text: str | bytes) -> None:
        """Send a text message to the letter."""
        self.link.connection.send(text)

    def send_bytes(self, data: bytes) -> None:
        """Write to the TCP connection, such as frames of `raw_frames` that no client library would make."""
        self.link.connection.send_bytes(data)

    async def next_call(self, action: str, timeout_seconds: float = _NEXT_CALL_SECONDS) -> ReceivedCall:
        """Return the oldest CALL of this Action that was not returned before. Raises TimeoutError."""
        return await self.received.next(action, timeout_seconds)

    def afterwards(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do this as soon as the CALL being answered has its answer."""
        self._afterwards.append(work)

    def forget_afterwards(self) -> None:
        """Don't do what was to be done after an answer."""
        for work in self._afterwards:
            work.close()
        self._afterwards = []

    async def boot(self) -> BootNotificationResponse:
        """Send BootNotification once; if accepted, report all connectors."""
        return await registration.boot(self)

    async def boot_until_accepted(self) -> None:
        """Boot again and again, at the interval that the central system says."""
        await registration.boot_until_accepted(self)

    async def heartbeat(self) -> HeartbeatResponse:
        """Send a Heartbeat now."""
        return await registration.send_heartbeat(self)

    async def authorize(self, id_tag: str) -> IdTagInfo:
        """Find out whether an idTag may charge: ask, or decide alone while offline, or where it may do so anyway."""
        if not self.link.is_online:
            return self.authorization.decide_offline(id_tag, self.clock.now())
        if self.configuration.flag("LocalPreAuthorize"):
            known = self.authorization.find(id_tag, self.clock.now())
            if known is not None and known.status == "Accepted":
                return known
        info = (await self.call(Authorize(id_tag=id_tag))).id_tag_info
        self.authorization.remember(id_tag, info)
        return info

    async def security_event(self, kind: str, tech_info: str | None = None) -> None:
        """Tell that something happened that matters for security."""
        await self.call(SecurityEventNotification(type=kind, timestamp=self.clock.text(), tech_info=tech_info))

    async def sign_certificate(self, csr: str | None = None) -> SignCertificateResponse:
        """Ask for a certificate; the request is PEM, by default the one given at the beginning."""
        return await self.call(SignCertificate(csr=csr or self.csr or ""))

    # --- charging ---

    def connector(self, connector_id: int) -> Connector:
        """Return a connector; 0 is the charge point itself. Raises KeyError."""
        return self.main if connector_id == 0 else self.connectors[connector_id]

    async def plug_in(self, connector_id: int, car: Car | None = None) -> None:
        """Plug a car in."""
        await charging.plug_in(self, self.connectors[connector_id], car or Car())

    async def unplug(self, connector_id: int) -> None:
        """Pull the plug."""
        await charging.unplug(self, self.connectors[connector_id])

    async def start(self, connector_id: int, id_tag: str) -> Transaction:
        """Begin a transaction (a car is plugged in if there is none). Its authorization is not asked for here."""
        return await charging.start(self, self.connectors[connector_id], id_tag)

    async def stop(self, connector_id: int, reason: str = "Local", id_tag: str | None = None) -> StopTransaction:
        """End the transaction. Return the message as it was sent, or as it waits while offline."""
        return await charging.stop(self, self.connectors[connector_id], reason, id_tag)

    async def meter(
        self, connector_id: int, *, energy_wh: float = 0.0, context: ReadingContext = "Sample.Periodic"
    ) -> MeterValues | None:
        """Send MeterValues, after so much more energy has flowed. Return the message."""
        self.connector(connector_id).add_energy(energy_wh)
        return await metering.send(self, self.connector(connector_id), context)

    async def fault(self, connector_id: int, error_code: str, info: str | None = None) -> None:
        """Have a fault, or with NoError none any more."""
        connector = self.connector(connector_id)
        connector.error_code, connector.info = error_code, info
        if error_code != "NoError":
            self.reservations.end_at(connector_id)
            if connector.transaction is not None:
                await charging.stop(self, connector, "Other")
        await self.refresh(connector)

    # --- status ---

    async def refresh(self, connector: Connector) -> None:
        """Let energy flow as the facts of now allow, and report the status if it has changed."""
        connector.advance(self.clock.seconds())
        limit = limits.of(self, connector, self.clock.now())
        connector.is_reserved = self.reservations.of(connector.connector_id) is not None
        connector.offer(limit.amps, limit.phases)
        if connector is self.main:
            connector.meter.register_wh = sum(each.meter.register_wh for each in self.connectors.values())
        if connector.status != connector.reported_status:
            await self.report(connector)

    async def refresh_all(self) -> None:
        """Refresh the charge point and all connectors."""
        for connector in (self.main, *self.connectors.values()):
            await self.refresh(connector)

    async def report(self, connector: Connector) -> None:
        """Send a StatusNotification, if there is a line to send it on."""
        if not (self.behaviour.reports_status and self.link.is_online and not self.must_boot):
            return
        connector.reported_status = connector.status
        await self.call(connector.status_notification(self.clock.text()))

    async def report_all(self) -> None:
        """Send the status of the charge point and of each connector."""
        for connector in (self.main, *self.connectors.values()):
            await self.report(connector)

    # --- what the parts need ---

    def _new_connection(self) -> Connection:
        return Connection(
            self.behaviour, lambda call: answering.answer(self, call), self._on_answered, self._call_timeout_seconds
        )

    def _on_answered(self) -> None:
        for work in self._afterwards:
            self.tasks.spawn(work)
        self._afterwards = []

    def _on_verdict(self, transaction: Transaction) -> None:
        self.tasks.spawn(charging.obey_verdict(self, transaction))

    def _go_away(self) -> None:
        self.outbox.let_flow(False)

    async def _come_back(self) -> None:
        """After a reconnect: no BootNotification (that tells of a restart), only what has changed."""
        if self.must_boot or self.behaviour.reboots:
            await self.boot()
            return
        self.outbox.let_flow(True)
        await self.refresh_all()
