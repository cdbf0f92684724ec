"""Many charge points with a life of their own, for trying out a central system and for demonstrations."""

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import Iterator
from typing import TextIO

import msgspec

from edge_csms.simulator import driver
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.clock import Clock
from edge_csms.simulator.connector import Connector
from edge_csms.simulator.errors import CannotConnect, SimulatorError
from edge_csms.simulator.nameplate import Nameplate
from edge_csms.simulator.progress import Progress, Tally

_CONNECTING_AT_ONCE = 50
_REBOOT_SECONDS = 20.0
_SECONDS_TO_STOP = 5.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What `edge-csms simulate` can be told. Without `sessions` it goes on until it is stopped."""

    url: str
    charge_points: int = 1
    connectors: int = 1
    password: str | None = None
    sessions: int | None = None
    speed: float = 60.0
    id_tags: tuple[str, ...] = ("04A2B3C4D5E680",)
    prefix: str = "SIM"


async def run(options: Options, out: TextIO = sys.stdout) -> None:
    """Simulate until all sessions are done or a signal comes. Raises CannotConnect if nobody can connect."""
    stop = asyncio.Event()
    with _signals_set(stop):
        await Fleet(options, Progress(out)).run(stop)


class Fleet:
    """The charge points of one simulation."""

    def __init__(self, options: Options, progress: Progress) -> None:
        self._options = options
        self._progress = progress
        self._chance = random.Random()
        self._charge_points = [self._build(number) for number in range(1, options.charge_points + 1)]
        self._tally = Tally(charge_points=options.charge_points)

    async def run(self, stop: asyncio.Event) -> None:
        """Live until told to stop, or until all sessions are done. Open transactions are ended then."""
        await self._connect()
        lives = [asyncio.create_task(self._live(charge_point)) for charge_point in self._charge_points]
        everything = asyncio.gather(*lives)
        stopped = asyncio.create_task(stop.wait())
        reporter = asyncio.create_task(self._report())
        try:
            await asyncio.wait((everything, stopped), return_when=asyncio.FIRST_COMPLETED)
            if everything.done():
                everything.result()  # raises what is our own fault
        finally:
            reporter.cancel()
            stopped.cancel()
            await _end(lives)
            if everything.done():
                everything.exception()  # the lives that were cancelled: nobody else asks, and asyncio would complain
            self._progress.end(self._count())
            for charge_point in self._charge_points:
                await charge_point.close()

    def _build(self, number: int) -> ChargePoint:
        charge_point_id = f"{self._options.prefix}-{number:03d}"
        return ChargePoint(
            self._options.url,
            charge_point_id,
            password=self._options.password,
            connectors=self._options.connectors,
            nameplate=Nameplate(serial_number=charge_point_id[-25:]),
            clock=Clock(self._options.speed),
            reboot_seconds=_REBOOT_SECONDS,
        )

    async def _connect(self) -> None:
        """Connect all; those that can't keep trying, if at least one can."""
        gate = asyncio.Semaphore(_CONNECTING_AT_ONCE)

        async def connect(charge_point: ChargePoint) -> CannotConnect | None:
            async with gate:
                try:
                    await charge_point.connect()
                except CannotConnect as error:
                    return error
                return None

        errors = await asyncio.gather(*map(connect, self._charge_points))
        if (first := errors[0]) is not None and all(errors):
            raise first
        for error in filter(None, errors):
            self._progress.notice(str(error))

    async def _live(self, charge_point: ChargePoint) -> None:
        """The life of one charge point."""
        if not charge_point.link.is_online:
            await charge_point.connect(patiently=True)
        await charge_point.boot_until_accepted()
        await asyncio.gather(*(self._serve_cars(charge_point, each) for each in charge_point.connectors.values()))

    async def _serve_cars(self, charge_point: ChargePoint, connector: Connector) -> None:
        done = 0
        while self._options.sessions is None or done < self._options.sessions:
            await driver.pause(charge_point, connector, self._chance)
            visit = driver.Visit(charge_point, connector, self._chance.choice(self._options.id_tags), self._chance)
            try:
                await visit.run()
            except SimulatorError as error:
                self._progress.notice(f"{charge_point.charge_point_id}: {error}")
                continue
            done += 1
            self._note(charge_point, visit)

    def _note(self, charge_point: ChargePoint, visit: driver.Visit) -> None:
        if visit.refusal is not None:
            self._tally.refused += 1
            self._progress.notice(f"{charge_point.charge_point_id}: {visit.refusal}")
        else:
            self._tally.sessions += 1
            self._tally.energy_wh += visit.energy_wh

    async def _report(self) -> None:
        while True:
            self._progress.show(self._count())
            await self._progress.wait()

    def _count(self) -> Tally:
        online = [each for each in self._charge_points if each.link.is_online]
        connectors = [each for charge_point in self._charge_points for each in charge_point.connectors.values()]
        charging = [each for each in connectors if each.status == "Charging"]
        self._tally.online = len(online)
        self._tally.waiting = sum(each.registration in ("Pending", "Rejected") for each in online)
        self._tally.charging = len(charging)
        self._tally.power_w = sum(each.meter.power_w for each in charging)
        return self._tally


async def _end(lives: list[asyncio.Task[None]]) -> None:
    """End the lives. Cars that charge are unplugged, so that nothing stays open at the central system."""
    for life in lives:
        life.cancel()
    if lives:
        await asyncio.wait(lives, timeout=_SECONDS_TO_STOP)


@contextlib.contextmanager
def _signals_set(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for each in _SIGNALS:
        loop.add_signal_handler(each, stop.set)
    try:
        yield
    finally:
        for each in _SIGNALS:
            loop.remove_signal_handler(each)
