"""The test bench of a commissioning run: one connector, and ways to wait until it does something."""

import asyncio
import contextlib
import functools
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from edge_csms.central import triggers
from edge_csms.central.live import LiveChargePoint
from edge_csms.central.system import CentralSystem
from edge_csms.domain.commissioning import Facts, Reading
from edge_csms.domain.errors import Refusal
from edge_csms.domain.events import Event
from edge_csms.domain.model import Connector, Transaction, fold
from edge_csms.services import charge_points, transactions
from edge_csms.storage.database import Database

T = TypeVar("T")

THOUSANDS = ("kWh", "kW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a run waits for what, in seconds."""

    boot: float = 60.0
    values: float = 30.0
    between_values: float = 10.0
    plug_in: float = 300.0  # a person has to walk
    start: float = 120.0
    power: float = 120.0  # cars take their time
    limit: float = 60.0
    stop: float = 60.0
    offline: float = 45.0
    come_back: float = 600.0  # chargers wait longer and longer between two attempts
    late_stop: float = 60.0


class Bench:
    """One connector of a charge point while it is checked."""

    def __init__(
        self,
        central: CentralSystem,
        database: Database,
        charge_point_id: str,
        connector_id: int,
        id_tag: str,
        patience: Patience,
        tell: Callable[[str, Facts], Awaitable[None]],
    ) -> None:
        self.central = central
        self.database = database
        self.charge_point_id = charge_point_id
        self.connector_id = connector_id
        self.id_tag = id_tag
        self.patience = patience
        self.tell = tell  # what the running step waits for
        self.transaction_id: int | None = None  # the run's own, while it is open
        self.readings: list[Reading] = []  # the last that showed power
        self.limited = False
        self._happened = asyncio.Event()
        self._unsubscribe = central.bus.subscribe(self._on_event)

    def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()

    @property
    def live(self) -> LiveChargePoint | None:
        """What is known of the charge point while the process runs."""
        return self.central.live(self.charge_point_id)

    @property
    def online(self) -> bool:
        """Say whether it is connected."""
        return self.live is not None and self.live.online

    async def until(self, check: Callable[[], Awaitable[T | None]], seconds: float) -> T | None:
        """Wait until `check` gives something, which is looked at whenever something happens; None when time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self._happened.clear()
                    if (found := await check()) is not None:
                        return found
                    await self._happened.wait()
        return None

    async def connector(self) -> Connector | None:
        """Give the connector with its last status and its open transaction."""
        shown = await self.database.read(charge_points.show, self.charge_point_id)
        return next((one for one in shown.connectors if one.connector_id == self.connector_id), None)

    async def transaction(self) -> Transaction | None:
        """Give the run's own transaction."""
        if self.transaction_id is None:
            return None
        return await self.database.read(transactions.get, self.transaction_id)

    async def metered(self, is_good: Callable[[list[Reading]], bool], seconds: float) -> list[Reading] | None:
        """Ask for meter values again and again until some are good; None when time is up."""
        ends_at = time.monotonic() + seconds
        while (left := ends_at - time.monotonic()) > 0:
            before = self._payload()
            with contextlib.suppress(Refusal):  # then it sends them by itself, or not
                await triggers.trigger(self.central, self.charge_point_id, "meter_values", self.connector_id)
            await self.until(functools.partial(self._newer_than, before), min(left, self.patience.between_values))
            readings = self._read()
            if self._payload() is not before and is_good(readings):
                return readings
        return None

    async def _newer_than(self, before: Any) -> bool | None:
        return True if self._payload() is not before else None

    def _payload(self) -> Any:
        live = self.live
        return None if live is None else live.last_values.get(self.connector_id)

    def _read(self) -> list[Reading]:
        """Read the last message: of each measurand and phase what was taken last."""
        live, payload = self.live, self._payload()
        if live is None or payload is None:
            return []
        zone = live.quirks.zone(self.central.settings.timezone)
        found = {
            (value.measurand, value.phase): reading
            for samples in self.central.reader.samples(payload, zone)
            for value in samples.values
            if (reading := _reading(value)) is not None
        }
        return list(found.values())

    def _on_event(self, event: Event) -> None:
        named = getattr(event, "charge_point_id", None)
        if named is not None and fold(named) == fold(self.charge_point_id):
            self._happened.set()


def _reading(sample: Any) -> Reading | None:
    try:
        value = float(sample.value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(value):
        return None
    return Reading(sample.measurand, value * 1000 if sample.unit in THOUSANDS else value, sample.phase)
