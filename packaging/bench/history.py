"""Fills the database of a site with a year of charging, through the functions that the server stores with."""

import hashlib
import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bench import messages
from edge_csms.services import charge_points, meter_values, transactions
from edge_csms.storage.database import Database

MINUTE = timedelta(minutes=1)
PAUSE_MINUTES = 5  # between two transactions of a charger

READINGS = 4096  # that differ
# As the meter values of the other benchmarks, with other values each: what repeats would be packed too well.
VARIED = re.sub(rb'"\d\d\.\d7"', b'"%b"', messages.METER)


class Charging(NamedTuple):
    """One transaction that goes on."""

    charge_point_key: int
    transaction_id: int
    id_tag: str
    begins_wh: int


class Year:
    """What is stored: rounds in which every charger has a transaction, with a message a minute."""

    def __init__(self, identities: Sequence[str], rounds: int, minutes: int, ends_at: datetime) -> None:
        self.identities = identities
        self.rounds = rounds
        self.minutes = minutes
        self._round = (minutes + PAUSE_MINUTES) * MINUTE
        self._begins_at = ends_at - rounds * self._round
        values = random.Random(2026)
        self._readings = itertools.cycle([tuple(_reading(values)) for _ in range(READINGS)])
        self._keys: list[int] = []
        self._arrival = 0
        self._noted: dict[int, datetime] = {}  # transactions that are known to be open, as a dialect knows them

    async def fill(self, path: Path, say: Callable[[str], None]) -> None:
        """Make the database."""
        path.parent.mkdir(parents=True, exist_ok=True)
        database = Database(path)
        await database.open()
        try:
            self._keys = [await database.run(self._add_charger, identity) for identity in self.identities]
            for number in range(self.rounds):
                await database.run(self._charge, number)
                if number % 100 == 0:
                    say(f"{number} of {self.rounds} rounds stored")
        finally:
            await database.close()

    def _add_charger(self, identity: str) -> int:
        return charge_points.register(identity, self._begins_at, accepted=True).key

    def _charge(self, number: int) -> None:
        """Let all chargers charge at once, as chargers do that share a morning."""
        at = self._begins_at + number * self._round
        charging = [self._start(place, number, at) for place in range(len(self._keys))]
        for minute in range(self.minutes):
            for place, one in enumerate(charging):
                self._meter(one, at + minute * MINUTE + timedelta(seconds=3 * place), one.begins_wh + 120 * minute)
        for one in charging:
            self._stop(one, at + self.minutes * MINUTE)

    def _start(self, place: int, number: int, at: datetime) -> Charging:
        key, id_tag, begins_wh = self._keys[place], f"TAG-{self.identities[place]}", 120 * self.minutes * number
        payload = messages.start(id_tag.encode(), begins_wh, at.timestamp())[1]
        started = transactions.start(
            transactions.Start(
                charge_point_key=key,
                connector_id=1,
                id_tag=id_tag,
                meter_start_wh=begins_wh,
                started_at=at,
                plausible=True,
                reservation_id=None,
                content_key=_digest(payload),
                payload=payload,
                arrival=self._arrive(at),
            ),
            at,
            accept_unknown=True,
        )
        return Charging(key, started.transaction_id, id_tag, begins_wh)

    def _meter(self, charging: Charging, at: datetime, register_wh: int) -> None:
        transaction_id, noted_at = charging.transaction_id, self._noted.get(charging.transaction_id)
        payload = VARIED % (transaction_id, messages.wire_time(at.timestamp()), register_wh, *next(self._readings))
        is_noted = noted_at is not None and meter_values.is_noted(at, noted_at)
        metered = meter_values.keep(
            meter_values.Meter(
                charge_point_key=charging.charge_point_key,
                connector_id=1,
                wire_id=str(transaction_id),
                taken_at=at,
                arrival=self._arrive(at),
                content_hash=int.from_bytes(_digest(payload)[:8], "big", signed=True),
                register_wh=register_wh,
                payload=payload,
                open_transaction_id=transaction_id if is_noted else None,
            )
        )
        if metered.noted_at is not None:
            self._noted[transaction_id] = metered.noted_at

    def _stop(self, charging: Charging, at: datetime) -> None:
        ends_wh = charging.begins_wh + 120 * self.minutes
        self._noted.pop(charging.transaction_id, None)
        id_tag = charging.id_tag.encode()
        payload = messages.stop(charging.transaction_id, id_tag, ends_wh, at.timestamp())[1]
        transactions.stop(
            transactions.Stop(
                charge_point_key=charging.charge_point_key,
                wire_id=str(charging.transaction_id),
                id_tag=charging.id_tag,
                meter_stop_wh=ends_wh,
                stopped_at=at,
                reason="Local",
                content_key=_digest(payload),
                payload=payload,
                arrival=self._arrive(at),
            ),
            at,
            accept_unknown=True,
        )

    def _arrive(self, at: datetime) -> int:
        self._arrival = max(self._arrival + 1, int(at.timestamp() * 1_000_000))
        return self._arrival


def _reading(values: random.Random) -> Iterator[bytes]:
    """Give all values of a message but its register: power, current and voltage of each phase, the limit, the heat."""
    amps = values.uniform(6, 16)
    yield b"%.1f" % (690 * amps)
    for _ in range(3):
        yield b"%.2f" % values.gauss(amps, 0.05)
    for _ in range(3):
        yield b"%.1f" % values.gauss(230, 1)
    yield b"16.0"
    yield b"%.1f" % values.gauss(30, 3)


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()
