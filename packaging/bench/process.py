"""What a server spends, read from outside: processor time, memory, and what it makes the disk write."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

KIBIBYTE = 1024


@dataclass(frozen=True)
class Spent:
    """Of a process with its descendants, up to now."""

    at: float
    cpu_seconds: float
    written_bytes: int  # that reached the block layer, or will


@dataclass(frozen=True)
class Memory:
    """Of a process with its descendants, now; what processes share counts in `pss` in parts, in `rss` fully."""

    rss_bytes: int
    pss_bytes: int


def spent(pid: int) -> Spent:
    """Read what a process has spent."""
    pids = _family(pid)
    return Spent(time.perf_counter(), sum(map(_cpu_seconds, pids)), sum(map(_written, pids)))


def memory(pid: int) -> Memory:
    """Read what a process occupies."""
    rss = pss = 0
    for one in _family(pid):
        rollup = _fields(Path(f"/proc/{one}/smaps_rollup"))
        rss += rollup.get("Rss", 0) * KIBIBYTE
        pss += rollup.get("Pss", 0) * KIBIBYTE
    return Memory(rss, pss)


def _family(pid: int) -> list[int]:
    family = [pid]
    for member in family:  # grows while it is read
        for task in Path(f"/proc/{member}/task").iterdir():
            family += map(int, (task / "children").read_text().split())
    return family


def _cpu_seconds(pid: int) -> float:
    # The clock of another process, as clock_getcpuclockid(3) names it: finer than the ticks of /proc/PID/stat.
    return time.clock_gettime(~pid << 3 | 2)


def _written(pid: int) -> int:
    return _fields(Path(f"/proc/{pid}/io")).get("write_bytes", 0)


def _fields(path: Path) -> dict[str, int]:
    """Read lines like `Rss:   1234 kB`."""
    pairs = (line.split()[:2] for line in path.read_text().splitlines())
    return {name.removesuffix(":"): int(value) for name, value in pairs if name.endswith(":") and value.isdecimal()}


def fsync_milliseconds(directory: Path, times: int = 100) -> list[float]:
    """Measure how long the disk takes to keep 4 KiB more, sorted: what every durable answer must wait for."""
    path, taken = directory / "fsync-probe", []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"\0" * 4096)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - begun) * 1000)
    path.unlink()
    return sorted(taken)
