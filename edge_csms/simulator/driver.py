"""Somebody with a car: arrives, shows an idTag, charges, leaves."""

import random
from typing import TYPE_CHECKING

from edge_csms.ocpp.v16.types import IdTagInfo
from edge_csms.simulator.connector import Car, Connector

if TYPE_CHECKING:
    from edge_csms.simulator.charge_point import ChargePoint

_LOOK_SECONDS = 10.0  # how often somebody looks whether something has changed,
_SHORTEST_LOOK_SECONDS = 0.1  # but in real time not more often than this
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 30.0, 900.0
_SMALLEST_HUNGER_WH, _LARGEST_HUNGER_WH = 4_000.0, 16_000.0


class Visit:
    """One car at one connector, from plugging in to driving away."""

    def __init__(self, charge_point: "ChargePoint", connector: Connector, id_tag: str, chance: random.Random) -> None:
        self.refusal: str | None = None
        self.energy_wh = 0
        self._charge_point = charge_point
        self._connector = connector
        self._id_tag = id_tag
        self._chance = chance

    async def run(self) -> None:
        """Live through it; afterwards it has a refusal, or energy. Raises what went wrong on the line."""
        number = self._connector.connector_id
        await self._charge_point.plug_in(number, _some_car(self._chance))
        await self._wait(5, 30)
        try:
            if self._connector.transaction is None:  # else it was started remotely
                await self._start()
            await self._charge()
        finally:
            await self._charge_point.unplug(number)

    async def _start(self) -> None:
        info = await self._charge_point.authorize(self._id_tag)
        self._note_verdict(info)
        if self.refusal is None and self._connector.transaction is None:  # a remote start may have come in between
            await self._charge_point.start(self._connector.connector_id, self._id_tag)

    async def _charge(self) -> None:
        transaction, car = self._connector.transaction, self._connector.car
        if transaction is None or car is None:
            return
        while self._connector.transaction is transaction and not car.is_content:
            await _look(self._charge_point)
            await self._charge_point.refresh(self._connector)
        await self._wait(30, 300)
        if self._connector.transaction is transaction:
            await self._charge_point.stop(self._connector.connector_id, id_tag=transaction.id_tag)
        self.energy_wh = self._connector.meter.register_reading_wh - transaction.meter_start_wh
        self._note_verdict(transaction.id_tag_info)

    def _note_verdict(self, info: IdTagInfo | None) -> None:
        if info is not None and info.status != "Accepted":
            self.refusal = f"idTag {self._id_tag} was answered {info.status}"

    async def _wait(self, shortest_seconds: float, longest_seconds: float) -> None:
        await self._charge_point.clock.sleep(self._chance.uniform(shortest_seconds, longest_seconds))


async def pause(charge_point: "ChargePoint", connector: Connector, chance: random.Random) -> None:
    """Let some time pass in which no car is there; it comes at once if a remote start waits for it."""
    left = chance.uniform(_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
    while not connector.is_free or (not connector.is_awaiting_car and (left > 0 or connector.is_reserved)):
        left -= await _look(charge_point)


async def _look(charge_point: "ChargePoint") -> float:
    """Wait until the next look. Return how long it was, in sped-up seconds."""
    seconds = max(_LOOK_SECONDS, _SHORTEST_LOOK_SECONDS * charge_point.clock.speed)
    await charge_point.clock.sleep(seconds)
    return seconds


def _some_car(chance: random.Random) -> Car:
    return Car(
        max_amps=chance.choice((10.0, 16.0, 16.0, 32.0)),
        phases=chance.choice((1, 3, 3)),
        wanted_wh=chance.uniform(_SMALLEST_HUNGER_WH, _LARGEST_HUNGER_WH),
    )
