"""A connector: what is plugged in, what flows, and the status that follows from it."""

import asyncio
import math
import random
from typing import Literal

import msgspec

from edge_csms.ocpp.v16.core import StatusNotification
from edge_csms.simulator.meter import Meter
from edge_csms.simulator.transaction import Transaction

Status = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEVSE",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
]

LOWEST_CHARGING_AMPS = 6.0  # IEC 61851: a car draws nothing below this
LEAST_WH = 1e-6  # less than this is what rounding leaves of a hunger that is satisfied, and would never be


class Car(msgspec.Struct):
    """What hangs on the cable. It draws no more once its battery has got what it wants."""

    max_amps: float = 16.0
    phases: int = 3
    wanted_wh: float | None = None
    is_paused: bool = False

    @property
    def is_content(self) -> bool:
        """Whether it draws nothing, by its own will."""
        return self.is_paused or (self.wanted_wh is not None and self.wanted_wh < LEAST_WH)


class Connector:
    """A place where one car charges. Connector 0 is the charge point itself: nothing is ever plugged in there."""

    def __init__(self, connector_id: int, *, register_wh: float = 0.0, seed: int | str | None = None) -> None:
        self.connector_id = connector_id
        self.meter = Meter(register_wh, random.Random(seed))
        self.car: Car | None = None
        self.transaction: Transaction | None = None
        self.error_code = "NoError"
        self.info: str | None = None
        self.is_operative = True
        self.operative_after_transaction: bool | None = None
        self.is_reserved = False
        self.is_awaiting_car = False  # somebody was authorized and has not plugged in yet
        self.is_finishing = False  # a transaction has ended and its car is still there
        self.is_blocked = False  # no energy for an idTag that turned out to be invalid
        self.car_came = asyncio.Event()
        self.reported_status: Status | None = None
        self._read_at: float | None = None

    @property
    def status(self) -> Status:
        """What StatusNotification says of this connector."""
        if self.error_code != "NoError":
            return "Faulted"
        if self.transaction is not None:
            return self._charging_status()
        if self.car is not None and self.is_finishing:
            return "Finishing"
        if not self.is_operative:
            return "Unavailable"
        if self.car is not None or self.is_awaiting_car:
            return "Preparing"
        return "Reserved" if self.is_reserved else "Available"

    @property
    def is_free(self) -> bool:
        """Whether a transaction could start here."""
        return self.transaction is None and self.is_operative and self.error_code == "NoError"

    def _charging_status(self) -> Status:
        if self.is_blocked or self.meter.offered_amps < LOWEST_CHARGING_AMPS:
            return "SuspendedEVSE"
        if self.car is None or self.car.is_content:
            return "SuspendedEV"
        return "Charging"

    def set_operative(self, is_operative: bool) -> None:
        """Take it out of use or back; once a running transaction has ended."""
        if self.transaction is None:
            self.is_operative = is_operative
        elif self.is_operative != is_operative:
            self.operative_after_transaction = is_operative
        else:
            self.operative_after_transaction = None

    def status_notification(self, timestamp: str) -> StatusNotification:
        """Return the message that tells the status."""
        return StatusNotification(
            connector_id=self.connector_id,
            error_code=self.error_code,  # type: ignore[arg-type]  # a test may make up a word
            info=self.info,
            status=self.status,
            timestamp=timestamp,
        )

    def advance(self, now_seconds: float) -> None:
        """Let the current of before have flowed until now."""
        elapsed = 0.0 if self._read_at is None else now_seconds - self._read_at
        self._read_at = now_seconds
        before_wh = self.meter.register_wh
        self.meter.run(min(elapsed, self._seconds_to_content()))
        self._feed(self.meter.register_wh - before_wh)

    def add_energy(self, energy_wh: float) -> None:
        """Pretend that this much has flowed."""
        self.meter.register_wh += energy_wh
        self._feed(energy_wh)

    def offer(self, amps: float, phases: int) -> None:
        """Allow this much current on each phase, and let the car take of it what it wants."""
        self.meter.offered_amps = amps
        if self.car is not None and self.status == "Charging":
            self.meter.amps = min(amps, self.car.max_amps)
            self.meter.phases = min(phases, self.car.phases)
        else:
            self.meter.amps = 0.0

    def _seconds_to_content(self) -> float:
        if self.car is None or self.car.wanted_wh is None or not self.meter.power_w:
            return math.inf
        return max(0.0, self.car.wanted_wh) * 3600 / self.meter.power_w

    def _feed(self, energy_wh: float) -> None:
        if self.car is not None and self.car.wanted_wh is not None:
            self.car.wanted_wh -= energy_wh
