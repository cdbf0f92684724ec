"""Certificates: those that charge points asked for are handed over, that of the server stays fresh, ends are told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from edge_csms.central import certificates
from edge_csms.central.clock import SiteClock
from edge_csms.central.known_certificates import KnownCertificates
from edge_csms.central.system import CentralSystem
from edge_csms.domain.errors import Refusal
from edge_csms.domain.events import CertificateIssued, Event
from edge_csms.services import certificates as issued_certificates
from edge_csms.storage.database import Database

log = logging.getLogger(__name__)


RENEWAL_SECONDS = 3600.0


class HandOver:
    """Hands over certificates once the requests for them have been answered (WP A02)."""

    name = "certificates"
    per_fleet = False

    def __init__(self, central: CentralSystem, database: Database) -> None:
        self._central = central
        self._database = database
        self._issued: asyncio.Queue[CertificateIssued] = asyncio.Queue()

    async def run(self) -> None:
        """Wait for certificates; the answers of slow charge points don't keep the others waiting."""
        unsubscribe = self._central.bus.subscribe(self._on_event)
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    tasks.create_task(self._hand_over(await self._issued.get()))
        finally:
            unsubscribe()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CertificateIssued):
            self._issued.put_nowait(event)

    async def _hand_over(self, issued: CertificateIssued) -> None:
        try:
            status = await certificates.hand_over(self._central, issued.charge_point_id, issued.chain_pem)
            await self._database.run(issued_certificates.note_answer, issued.fingerprint, status)
        except Refusal as refusal:
            log.warning("%s did not take its certificate: %s", issued.charge_point_id, refusal.detail)


class Ends:
    """Looks now and then whether a certificate ends soon."""

    name = "ends of certificates"
    per_fleet = False

    def __init__(
        self, certificates: KnownCertificates, clock: SiteClock, *, every_seconds: float = RENEWAL_SECONDS
    ) -> None:
        self._certificates = certificates
        self._clock = clock
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Look at once, and then again and again; a clock in doubt says nothing about ends."""
        while True:
            if not self._clock.in_doubt:
                await self._certificates.look(self._clock.now())
            await asyncio.sleep(self._every_seconds)


class Renewal:
    """Keeps the server's certificate fresh: addresses change, and nobody restarts a box for two years."""

    name = "server certificate"
    per_fleet = False

    def __init__(self, renew: Callable[[], Awaitable[None]], *, every_seconds: float = RENEWAL_SECONDS) -> None:
        self._renew = renew
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Look now and then."""
        while True:
            await asyncio.sleep(self._every_seconds)
            try:
                await self._renew()
            except Refusal as refusal:
                log.error("the server's certificate can't be renewed: %s", refusal.detail)
