"""A central system over a real database, and wires in place of sockets, for tests of sessions and dialects."""

import asyncio
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge_csms.central import quirks_file
from edge_csms.central.clock import SiteClock
from edge_csms.central.context import Context
from edge_csms.central.dialect_v16 import DialectV16
from edge_csms.central.event_bus import EventBus
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.session import Session
from edge_csms.central.settings import CentralSettings
from edge_csms.central.system import CentralSystem
from edge_csms.domain.events import Event
from edge_csms.services import charge_points
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.storage.database import Database

SECONDS = 5.0  # within which everything that is waited for must come


class Wire:
    """What carries the frames of a session: what is sent arrives here."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.pings = 0
        self.closed: tuple[int, str] | None = None
        self.aborted = False
        self._frames: asyncio.Queue[str] = asyncio.Queue()

    def send(self, frame: bytes) -> None:
        self.sent.append(frame.decode())
        self._frames.put_nowait(frame.decode())

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def abort(self) -> None:
        self.aborted = True

    async def next(self) -> Any:
        """Wait for a frame of the central system and read it."""
        return json.loads(await asyncio.wait_for(self._frames.get(), SECONDS))


class Line:
    """A charge point with its session and the wire between."""

    def __init__(self, session: Session, wire: Wire) -> None:
        self.session = session
        self.wire = wire
        self._ids = itertools.count(1)

    @property
    def live(self) -> LiveChargePoint:
        return self.session.live

    async def call(self, action: str, payload: Any = None) -> Any:
        """Send a CALL, wait for the next frame, and give the payload of the CALLRESULT or the code of the CALLERROR."""
        message_id = str(next(self._ids))
        self.session.receive(json.dumps([2, message_id, action, {} if payload is None else payload]))
        answer = await self.wire.next()
        assert answer[1] == message_id, answer
        return answer[2]

    def answer(self, call: list[Any], payload: Any) -> None:
        """Answer a CALL of the central system."""
        self.session.receive(json.dumps([3, call[1], payload]))

    @property
    def findings(self) -> list[str]:
        """The codes of the findings that are not stored yet."""
        return [code for code, _ in self.live.findings]


class House:
    """A central system with the parts that a test looks at."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.database = context.database
        self.central = CentralSystem(context)
        self.central.speak(DialectV16(context))
        self.events: list[Event] = []
        context.bus.subscribe(self.events.append)

    async def connect(self, identity: str = "CP1", *, accepted: bool = True) -> Line:
        """Open a session, of a charge point that is registered if need be."""
        found = await self.database.run(charge_points.find, identity)
        now = self.context.clock.now()
        charge_point = found[0] if found else await self.database.run(charge_points.register, identity, now, accepted)
        wire = Wire()
        return Line(self.central.connect(charge_point, "ocpp1.6", wire), wire)


BuildHouse = Callable[..., House]


def build_house(database: Database, data_dir: Path, **settings: Any) -> House:
    """Build a central system with CentralSettings; it takes every idTag and sends at once after a Boot, unless told."""
    settings = {"accept_unknown_id_tags": True, "hold_after_boot_seconds": 0.0} | settings
    quirks, _ = quirks_file.load(data_dir)
    authority = CertificateAuthority(data_dir, "Test site")
    return House(Context(database, SiteClock(), EventBus(), CentralSettings(**settings), authority, quirks))
