"""What the measurements come to, beside what was to be reached."""

from collections.abc import Callable, Iterator
from statistics import median
from typing import TypeVar

import msgspec

from bench.runs import OURS, Result, Round
from bench.watch import Phase

T = TypeVar("T")

MIB, KIB, MB = 2**20, 2**10, 1e6
DAY_SECONDS = 86400
METER_VALUES_A_DAY = 20 * 24 * 60  # 20 chargers, each one a minute


class Figure(msgspec.Struct, kw_only=True):
    """One figure; `to_reach` and `stretch` are bounds, from above unless more is better."""

    name: str
    reached: float
    unit: str
    to_reach: float | None = None
    stretch: float | None = None
    more_is_better: bool = False

    def keeps(self, bound: float | None) -> bool:
        """Say whether it is as good as a bound asks for."""
        if bound is None:
            return False
        return self.reached >= bound if self.more_is_better else self.reached <= bound


def figures(result: Result) -> list[Figure]:
    """List all figures that were measured."""
    parts = (_cost, of_executable, _beside_peers, _latency, _disk, _day, _lists)
    return [one for part in parts for one in part(result)]


def of_executable(result: Result) -> Iterator[Figure]:
    """List what was measured of the executable, if it was there."""
    if (one := result.executable) is None:
        return
    name, start = "executable, directory", "start to first HTTP 200"
    taken = median(one.directory_start_ms)
    yield Figure(name=f"{name}, {start}", reached=taken, unit="ms", to_reach=400, stretch=250)
    idle = one.directory_idle.rss_bytes / MIB
    yield Figure(name=f"{name}, memory idle, everything on", reached=idle, unit="MiB", to_reach=64, stretch=50)
    yield Figure(name=f"{name}, size", reached=one.directory_bytes / MB, unit="MB", to_reach=60, stretch=45)
    name, taken = "executable, one file", median(one.onefile_start_ms)
    yield Figure(name=f"{name}, {start}", reached=taken, unit="ms", to_reach=700, stretch=400)
    yield Figure(name=f"{name}, size", reached=one.onefile_bytes / MB, unit="MB", to_reach=25, stretch=18)


def phases(result: Result, system: str, load: str, name: str) -> list[Phase]:
    """Give a phase of every pass."""
    return [one for round_ in _rounds(result, system, load) for one in round_.phases if one.name == name]


def middle(values: list[T], key: Callable[[T], float]) -> float:
    """Give the median over the passes."""
    return median(map(key, values))


def _rounds(result: Result, system: str, load: str) -> list[Round]:
    return [one for one in result.rounds if (one.system, one.load) == (system, load)]


def _cost(result: Result) -> Iterator[Figure]:
    session, storm = phases(result, OURS, "busy", "session"), phases(result, OURS, "many", "storm")
    wss, many = phases(result, OURS, "encrypted", "session"), _rounds(result, OURS, "many")
    every = [one for one in result.rounds if one.system == OURS]
    yield Figure(name="session, CPU per CALL", reached=middle(session, _cpu), unit="ms", to_reach=0.13, stretch=0.037)
    yield Figure(name="session over wss, CPU per CALL", reached=middle(wss, _cpu), unit="ms")
    yield Figure(
        name="connect and boot, credential checked",
        reached=middle(storm, _rate),
        unit="/s",
        to_reach=1500,
        stretch=3000,
        more_is_better=True,
    )
    each = middle(many, _kib_per_charger)
    yield Figure(name="memory per connected charger", reached=each, unit="KiB", to_reach=20, stretch=12)
    idle = middle(_rounds(result, OURS, "encrypted"), lambda one: one.idle.rss_bytes / MIB)
    yield Figure(name="memory idle, everything on", reached=idle, unit="MiB", to_reach=64, stretch=50)
    plain = middle(_rounds(result, OURS, "busy"), lambda one: one.idle.rss_bytes / MIB)
    yield Figure(name="memory idle, defaults", reached=plain, unit="MiB")
    yield Figure(name="start to first HTTP 200", reached=middle(every, lambda one: one.start_ms), unit="ms")


def _beside_peers(result: Result) -> Iterator[Figure]:
    ours = phases(result, OURS, "busy", "session")
    if home_made := phases(result, "ocpp-sqlite", "busy", "session"):
        ratio = middle(home_made, _cpu) / middle(ours, _cpu)
        name = "session, CPU per CALL, ocpp-sqlite against ours"
        yield Figure(name=name, reached=ratio, unit="times", to_reach=7, stretch=25, more_is_better=True)
        ratio = middle(ours, _rate) / middle(home_made, _rate)
        name = "session, CALLs per second, ours against ocpp-sqlite"
        yield Figure(name=name, reached=ratio, unit="times", to_reach=5, stretch=20, more_is_better=True)
    if node := phases(result, "ocpp-rpc", "busy", "session"):
        ratio = middle(ours, _cpu) / middle(node, _cpu)
        name = "session, CPU per CALL, ours against ocpp-rpc"
        yield Figure(name=name, reached=ratio, unit="times", stretch=1)


def _latency(result: Result) -> Iterator[Figure]:
    fsync, opened = median(result.fsync_p50_ms), phases(result, OURS, "busy", "open")
    yield Figure(name="one fsync, p50", reached=fsync, unit="ms")
    p50, p99 = middle(opened, lambda one: one.p50), middle(opened, lambda one: one.p99)
    rate = f"open loop at {result.sizes.calls_per_second:.0f} CALL/s"
    yield Figure(name=f"{rate}, p50", reached=p50, unit="ms", to_reach=1.5 + fsync)
    yield Figure(name=f"{rate}, p99", reached=p99, unit="ms", to_reach=6 + 2 * fsync, stretch=4 + fsync)


def _disk(result: Result) -> Iterator[Figure]:
    loaded, sparse = phases(result, OURS, "busy", "meter"), phases(result, OURS, "sparse", "sparse")
    name = "disk written per MeterValues"
    busy_kib, sparse_kib = middle(loaded, _written) / KIB, middle(sparse, _written) / KIB
    yield Figure(name=f"{name}, under load", reached=busy_kib, unit="KiB", to_reach=4, stretch=3)
    yield Figure(name=f"{name}, one at a time", reached=sparse_kib, unit="KiB", to_reach=16, stretch=10)
    day = sparse_kib * KIB * METER_VALUES_A_DAY / MB
    yield Figure(name="disk written a day, 20 chargers", reached=day, unit="MB", to_reach=400, stretch=100)


def _day(result: Result) -> Iterator[Figure]:
    for one in phases(result, OURS, "day", "day"):
        name = f"a day of {one.chargers:,} chargers, {one.calls:,} CALLs"
        yield Figure(name=f"{name}, lived through in", reached=one.seconds, unit="s")
        used = one.calls * one.cpu_ms / 1000 / DAY_SECONDS
        yield Figure(name="of one processor, were it lived through in a day", reached=100 * used, unit="%")
    for round_ in _rounds(result, OURS, "day"):
        assert round_.connected is not None
        yield Figure(name="memory at its end", reached=round_.connected.rss_bytes / MIB, unit="MiB")


def _lists(result: Result) -> Iterator[Figure]:
    if result.list_cpu_ms:
        slowest = max(result.list_cpu_ms, key=lambda name: result.list_cpu_ms[name])
        name = f"list of {result.sizes.transactions} transactions, slowest ({slowest}), CPU"
        yield Figure(name=name, reached=result.list_cpu_ms[slowest], unit="ms", to_reach=50, stretch=10)
        newest = result.list_cpu_ms["newest"]
        yield Figure(name="the same, newest page, CPU", reached=newest, unit="ms", to_reach=50, stretch=10)


def _cpu(phase: Phase) -> float:
    return phase.cpu_ms


def _rate(phase: Phase) -> float:
    return phase.per_second


def _written(phase: Phase) -> float:
    return phase.written_bytes


def _kib_per_charger(round_: Round) -> float:
    assert round_.connected is not None
    grown = round_.connected.pss_bytes - round_.idle.pss_bytes
    return grown / KIB / sum(one.calls for one in round_.phases if one.name == "storm")
