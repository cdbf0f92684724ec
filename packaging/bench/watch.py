"""Takes the time of a phase, and what the server spends in it."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

import msgspec

from bench.charger import Tally
from bench.process import spent


class Phase(msgspec.Struct, kw_only=True):
    """What a phase measured; latencies in milliseconds."""

    name: str
    chargers: int
    seconds: float
    calls: int
    per_second: float
    p50: float
    p95: float
    p99: float
    longest: float
    cpu_ms: float  # of the server for each CALL
    written_bytes: float  # for each CALL, with what was put off
    generator_share: float  # of one processor that this program took: near 1 it is the bottleneck
    faults: dict[str, int]


class Watch:
    """Runs from its making until `stop`; answers that come later count as faults only, in `rest`."""

    def __init__(self, name: str, chargers: int, pid: int, rest_seconds: float) -> None:
        self.tally = Tally()
        self.rest = Tally()
        self._name = name
        self._chargers = chargers
        self._pid = pid
        self._rest_seconds = rest_seconds
        self._generator_seconds = time.process_time()
        self._before = self._after = spent(pid)

    def stop(self) -> None:
        """End the phase."""
        self._after = spent(self._pid)
        self._generator_seconds = time.process_time() - self._generator_seconds
        self._latencies = sorted(self.tally.seconds)

    async def phase(self) -> Phase:
        """Let the server rest, so that writing which it put off counts too, and give what was measured."""
        await asyncio.sleep(self._rest_seconds)
        written = spent(self._pid).written_bytes - self._before.written_bytes
        seconds, calls = self._after.at - self._before.at, len(self._latencies)
        cpu_seconds = self._after.cpu_seconds - self._before.cpu_seconds
        p50, p95, p99, longest = (1000 * percentile(self._latencies, percent) for percent in (50, 95, 99, 100))
        return Phase(
            name=self._name,
            chargers=self._chargers,
            seconds=seconds,
            calls=calls,
            per_second=calls / seconds,
            p50=p50,
            p95=p95,
            p99=p99,
            longest=longest,
            cpu_ms=1000 * cpu_seconds / max(1, calls),
            written_bytes=written / max(1, calls),
            generator_share=self._generator_seconds / seconds,
            faults=dict(Counter(self.tally.faults) + self.rest.faults),
        )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Give the value that so many percent of them do not exceed; 0 if there are none."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0
