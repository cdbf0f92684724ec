"""Which loads are run against which server; each leaves its part of the result."""

import asyncio
import platform
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench import charger
from bench.executable import Executable
from bench.load import Keys, Load, Target
from bench.peers import Peer
from bench.process import Memory, fsync_milliseconds, memory
from bench.server import Process, free_port, running
from bench.site import Site
from bench.watch import Phase, percentile
from edge_csms import VERSION

OURS = "edge-csms"


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured."""

    passes: int = 2
    chargers: int = 100
    many: int = 2000
    seconds: float = 4.0  # of each phase
    calls_per_second: float = 500.0  # in the open loop
    meter_values: int = 500  # one at a time
    transactions: int = 100_000  # stored, when they are listed
    queries: int = 20  # for each list
    day_transactions: int = 4  # of each charger
    rest_seconds: float = 1.0  # after each phase
    starts: int = 9  # of each form of the executable
    idle_seconds: float = 8.0  # before its memory is read

    @property
    def identities(self) -> list[str]:
        """Name the usual number of chargers."""
        return [f"BENCH-{number:05d}" for number in range(self.chargers)]

    @property
    def many_identities(self) -> list[str]:
        """Name many chargers."""
        return [f"BENCH-{number:05d}" for number in range(self.many)]


QUICK = Sizes(
    passes=1,
    chargers=5,
    many=20,
    seconds=0.3,
    calls_per_second=100,
    meter_values=10,
    transactions=50,
    queries=2,
    day_transactions=1,
    rest_seconds=0.05,
    starts=1,
    idle_seconds=0.05,
)


class Round(msgspec.Struct, kw_only=True):
    """What one server did under one load."""

    system: str
    load: str
    start_ms: float
    idle: Memory
    connected: Memory | None = None
    phases: list[Phase] = []


class Result(msgspec.Struct, kw_only=True):
    """All that was measured."""

    version: str = VERSION
    at: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    machine: str = f"{platform.machine()}, Python {platform.python_version()}, Linux {platform.release()}"
    sizes: Sizes
    rounds: list[Round] = []
    fsync_p50_ms: list[float] = []
    list_cpu_ms: dict[str, float] = {}  # of each page and filter
    executable: Executable | None = None  # where it has been built


async def _busy(sizes: Sizes, target: Target, round_: Round, keys: Keys) -> None:
    """Drive a server through all phases."""
    load = Load(target, sizes.identities, keys, rest_seconds=sizes.rest_seconds)
    round_.phases = [
        await load.storm(),
        await load.closed("heartbeat", charger.heartbeats, sizes.seconds),
        await load.closed("meter", charger.metering, sizes.seconds),
        await load.closed("session", charger.sessions, sizes.seconds),
        await load.open("open", charger.sessions, sizes.seconds, sizes.calls_per_second),
    ]
    load.hang_up()


async def _many(sizes: Sizes, target: Target, round_: Round, keys: Keys) -> None:
    """Let very many chargers connect, and see what they cost while they stay."""
    load = Load(target, sizes.many_identities, keys, rest_seconds=sizes.rest_seconds)
    round_.phases = [await load.storm()]
    round_.connected = memory(target.pid)
    load.hang_up()


async def _day(sizes: Sizes, target: Target, round_: Round, keys: Keys) -> None:
    """Let very many chargers live through a day, as fast as it goes."""
    load = Load(target, sizes.many_identities, keys, rest_seconds=sizes.rest_seconds)
    await load.storm()
    round_.phases = [await load.play("day", [charger.day(one, sizes.day_transactions) for one in load.chargers])]
    round_.connected = memory(target.pid)
    load.hang_up()


async def _encrypted(sizes: Sizes, target: Target, round_: Round, keys: Keys) -> None:
    """Let chargers charge over wss."""
    load = Load(target, sizes.identities, keys, rest_seconds=sizes.rest_seconds)
    round_.phases = [await load.storm(), await load.closed("session", charger.sessions, sizes.seconds)]
    load.hang_up()


async def _sparse(sizes: Sizes, target: Target, round_: Round, keys: Keys) -> None:
    """Let one charger meter, each message with a COMMIT of its own as when minutes lie between them."""
    load = Load(target, sizes.identities[:1], keys, rest_seconds=sizes.rest_seconds)
    await load.storm()
    left = iter(range(sizes.meter_values))
    script = charger.metering(load.chargers[0], lambda: next(left, None) is not None)
    round_.phases = [await load.play("sparse", [script])]
    load.hang_up()


LOADS: dict[str, Callable[[Sizes, Target, Round, Keys], Awaitable[None]]] = {
    "busy": _busy,
    "many": _many,
    "day": _day,
    "encrypted": _encrypted,
    "sparse": _sparse,
}


async def measure_ours(result: Result, load: str, directory: Path) -> None:
    """Let our server bear a load; where very many connect, each has a key, which was made in a run before."""
    site, keys = Site(directory, encrypted=load == "encrypted"), None
    if load in ("many", "day"):
        with site.running(), site.administered() as api:
            keys = api.add_chargers(result.sizes.many_identities)
    result.fsync_p50_ms.append(percentile(fsync_milliseconds(directory), 50))
    with site.running() as process:
        async with _round(result, OURS, load, process) as round_:
            await LOADS[load](result.sizes, site.target(process), round_, keys)
    result.fsync_p50_ms.append(percentile(fsync_milliseconds(directory), 50))


async def measure_peer(result: Result, load: str, peer: Peer, cache: Path, directory: Path) -> None:
    """Let another server bear a load."""
    port = free_port()
    served = running(peer.command(cache, port, directory), port, directory / "server.log", answers_http=False)
    with served as process:
        async with _round(result, peer.name, load, process) as round_:
            await LOADS[load](result.sizes, Target(process.pid, port, "/{identity}"), round_, None)


@asynccontextmanager
async def _round(result: Result, system: str, load: str, process: Process) -> AsyncIterator[Round]:
    await asyncio.sleep(result.sizes.rest_seconds)  # jobs begin, and the start's garbage is collected
    round_ = Round(system=system, load=load, start_ms=process.start_ms, idle=memory(process.pid))
    yield round_
    result.rounds.append(round_)
