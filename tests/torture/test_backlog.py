"""A site that was offline for a day: all chargers send all of it at once, twice, and hang up in between."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from tests.torture import ledger
from tests.torture.charger import Charger, Fleet, Line, Seen
from tests.torture.rounds import LENIENCE, size
from tests.torture.server import Server

CHARGERS = size(short=20, long=50)
TRANSACTIONS = size(short=2, long=24)  # of each charger
VALUES = size(short=10, long=60)  # of each transaction, one a minute
HANGS_UP = 0.02  # so often before the answer

WITHIN_SECONDS = 300.0
LAG_SECONDS = 0.25  # that 99 of 100 heartbeats of others may take at most


class Returning(Charger):
    """A charger that sends everything twice, now and then over two connections."""

    def __init__(self, port: int, identity: str, seen: list[Seen]) -> None:
        super().__init__(port, identity, seen)
        self.hung_up = 0
        self._at = datetime.now(UTC) - timedelta(days=1)

    async def replay(self) -> None:
        """Send a day."""
        await self.boot()
        for _ in range(TRANSACTIONS):
            transaction_id = await self.start(self._later())
            for _ in range(VALUES):
                await self.meter(transaction_id, self._later())
            await self.stop(transaction_id, self._later())
        self.hang_up()

    async def _note(self, action: str, number: int, payload: bytes) -> Any:
        if self.chance.random() < HANGS_UP:
            (await self.line()).send(action, payload)
            self.hang_up()
            self._line = None
            self.hung_up += 1
        answer = await super()._note(action, number, payload)
        assert await self.insist(action, payload) == answer
        return answer

    def _later(self) -> datetime:
        self._at += timedelta(seconds=55)
        return self._at


class Bystander(threading.Thread):
    """A charger of a quiet place, on a thread and a loop of its own, which measures how long its heartbeats take."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.took: list[float] = []
        self.fault: Exception | None = None
        self._port = port
        self._is_over = threading.Event()

    def run(self) -> None:
        """Beat until the end."""
        try:
            asyncio.run(self._beat())
        except Exception as error:
            self.fault = error

    def end(self) -> None:
        """End, and raise what went wrong."""
        self._is_over.set()
        self.join()
        if self.fault is not None:
            raise self.fault

    async def _beat(self) -> None:
        line = await Line.open(self._port, "BYSTANDER")
        await line.send("BootNotification", b'{"chargePointVendor":"Acme","chargePointModel":"Box"}')
        while not self._is_over.is_set():
            begun = time.monotonic()
            await line.send("Heartbeat", b"{}")
            self.took.append(time.monotonic() - begun)
            await asyncio.sleep(0.02)
        line.hang_up()
        await asyncio.sleep(0)  # in which the connection is closed


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.close()


@pytest.mark.torture
@pytest.mark.timeout(seconds=1800)
async def test_a_day_that_all_chargers_send_at_once_and_twice_is_stored_once_and_others_hardly_notice(
    server: Server,
) -> None:
    await server.start()
    fleet, bystander = Fleet(server.port, 0), Bystander(server.port)
    returning = [Returning(server.port, f"CP{number:03}", fleet.seen) for number in range(CHARGERS)]
    bystander.start()
    begun = time.monotonic()
    await asyncio.gather(*(charger.replay() for charger in returning))
    took = time.monotonic() - begun
    bystander.end()

    assert len(fleet.seen) == CHARGERS * TRANSACTIONS * (VALUES + 2)
    for charger in returning:  # only they themselves hung up
        assert charger.counts == {"connected": 1 + charger.hung_up}
    assert server.stop() == 0
    assert ledger.faults(server.database, fleet) == []
    stored = ledger.read(server.database)
    assert len(stored.stops) == CHARGERS * TRANSACTIONS
    assert {json.loads(one.payload)["transactionId"] for one in fleet.seen if one.action == "StopTransaction"} == {
        *stored.stops
    }
    lag = quantiles(bystander.took, n=100)[-1]
    assert took < LENIENCE * WITHIN_SECONDS
    assert lag < LENIENCE * LAG_SECONDS
    print(
        f"{len(fleet.seen)} messages of {CHARGERS} chargers sent twice in {took:.0f} s, over "
        f"{sum(charger.hung_up for charger in returning)} reconnects; p99 of others' heartbeats {1000 * lag:.0f} ms"
    )
