"""What every part of a dialect works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.probation import Probation
from edge_csms.central.quirks import Quirks
from edge_csms.central.settings import CentralSettings
from edge_csms.ocpp.operation import Response
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.storage.database import Database

# Does what a CALL asks: the charge point, the payload as it was understood, the payload as it was sent.
Handler = Callable[[LiveChargePoint, Any, bytes], Awaitable[Response]]


async def _do_nothing(live: LiveChargePoint, *about: Any) -> None:
    pass


@dataclass(frozen=True)
class Follower:
    """What must be judged or remembered of a CALL of ours, whoever asks for it.

    `before` gets the request before it goes out, and refuses it by raising. `after` gets the request and what came of
    it: the answer as read tolerantly, or the Refusal that a CALLERROR, silence or the end of the connection becomes.
    """

    after: Callable[[LiveChargePoint, Any, Any], Awaitable[None]] = _do_nothing
    before: Callable[[LiveChargePoint, Any], Awaitable[None]] = _do_nothing


@dataclass(frozen=True)
class Context:
    """The parts of the site that answering a CALL needs."""

    database: Database
    clock: SiteClock
    bus: EventBus
    settings: CentralSettings
    authority: CertificateAuthority
    quirks: Quirks
    probation: Probation = field(default_factory=Probation)
