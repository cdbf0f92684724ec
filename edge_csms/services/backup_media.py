"""Sticks and other media that are plugged in, mounted, and may be written: where a backup can be taken along."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOTS = ("/media/", "/mnt/", "/run/media/")
MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True)
class Medium:
    """Where it is mounted, and how much room it has."""

    path: str
    free_bytes: int


def find_writable(mounts: Path = MOUNTS, roots: tuple[str, ...] = ROOTS) -> list[Medium]:
    """List the media that this process may write to, by the kernel's table of mounts."""
    found = []
    for line in mounts.read_text().splitlines():
        path = _unescape(line.split(" ")[1])
        if not path.startswith(roots) or not os.access(path, os.W_OK):
            continue
        room = os.statvfs(path)
        if not room.f_flag & os.ST_RDONLY:
            found.append(Medium(path, room.f_bavail * room.f_frsize))
    return sorted(found, key=lambda medium: medium.path)


def _unescape(path: str) -> str:
    """Read a path as the table of mounts writes it: a space in it is \\040, as fstab(5) says."""
    for character in " \t\n\\":
        path = path.replace(f"\\{ord(character):03o}", character)
    return path
