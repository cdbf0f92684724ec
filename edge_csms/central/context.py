"""What every part of a dialect works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.settings import CentralSettings
from edge_csms.ocpp.operation import Response
from edge_csms.storage.database import Database

# Does what a CALL asks: the charge point, the payload as it was understood, the payload as it was sent.
Handler = Callable[[LiveChargePoint, Any, bytes], Awaitable[Response]]


@dataclass(frozen=True)
class Context:
    """The parts of the site that answering a CALL needs."""

    database: Database
    clock: SiteClock
    bus: EventBus
    settings: CentralSettings
