"""What stands between a server under test and its disk and clock: shim.c, and its levers."""

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("shim.c")
LEVERS = (
    "clock_offset_ns",
    "failing_syncs",
    "failing_file",
    "kill_at",
    "changes",
    "syncs",
)  # the same order as in shim.c
WIDTH = 8  # bytes of each
THE_DATABASE = 1  # a failing_file


def build(directory: Path) -> Path:
    """Compile the shim; skips the test where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler, which the shim before the disk needs")
    library = directory / "shim.so"
    command = [compiler, "-Wall", "-Werror", "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl", "-lpthread"]
    subprocess.run(command, check=True)
    return library


class Shim:
    """The shim of one server: its levers, and `disk`, the directory with what a power cut would leave."""

    def __init__(self, library: Path, directory: Path, *, with_disk: bool = False) -> None:
        self.disk = directory / "disk"
        self.environment = {"LD_PRELOAD": str(library), "SHIM_LEVERS": str(directory / "levers")}
        if with_disk:
            self.disk.mkdir()
            self.environment["SHIM_DISK"] = str(self.disk)
        with (directory / "levers").open("w+b") as file:
            file.truncate(WIDTH * len(LEVERS))
            self._map = mmap.mmap(file.fileno(), 0)

    def get(self, lever: str) -> int:
        """Read a lever or counter."""
        return int(struct.unpack_from("q", self._map, WIDTH * LEVERS.index(lever))[0])

    def set(self, lever: str, value: int) -> None:
        """Move a lever, or set a counter."""
        struct.pack_into("q", self._map, WIDTH * LEVERS.index(lever), value)

    def power_cut(self, into: Path) -> Path:
        """Give the database as it would be found after a power cut now."""
        into.mkdir(parents=True)
        for name in os.listdir(self.disk):
            shutil.copyfile(self.disk / name, into / name)
        return into / "edge-csms.db"
