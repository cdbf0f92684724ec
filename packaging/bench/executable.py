"""What the executable costs, in both of its forms: how quickly it starts, how large it is, and its memory."""

import time
from pathlib import Path

import msgspec

from bench.process import Memory, memory
from bench.site import Site


class Executable(msgspec.Struct, kw_only=True):
    """What was measured; the directory is what the package installs, the one file is made to be carried."""

    directory_bytes: int
    directory_start_ms: list[float]
    directory_idle: Memory  # with everything on
    onefile_bytes: int
    onefile_start_ms: list[float]


def measure_executable(dist: Path, directory: Path, starts: int, idle_seconds: float) -> Executable | None:
    """Measure what `make binary` has put into `dist`; None where it has not. The sites lie in `directory`."""
    onedir, onefile = dist / "edge-csms-dir" / "edge-csms", dist / "edge-csms"
    if not (onedir.exists() and onefile.exists()):
        return None
    return Executable(
        directory_bytes=sum(path.lstat().st_size for path in onedir.parent.rglob("*") if path.is_file()),
        directory_start_ms=_start_milliseconds(onedir, directory, starts),
        directory_idle=_idle_memory(onedir, directory, idle_seconds),
        onefile_bytes=onefile.stat().st_size,
        onefile_start_ms=_start_milliseconds(onefile, directory, starts),
    )


def _start_milliseconds(program: Path, directory: Path, starts: int) -> list[float]:
    """Start it again and again on the same data; the first start, which makes them, does not count."""
    site, taken = Site(directory, executable=program), []
    for _ in range(1 + starts):
        with site.running() as process:
            taken.append(process.start_ms)
    return taken[1:]


def _idle_memory(program: Path, directory: Path, seconds: float) -> Memory:
    with Site(directory, encrypted=True, executable=program).running() as process:
        time.sleep(seconds)  # what is needed only for the start is given back meanwhile
        return memory(process.pid)
