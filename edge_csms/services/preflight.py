"""The preflight: what of the machine would hinder the server, found before chargers do, and how to mend it."""

import errno
import ipaddress
import os
import resource
import shutil
import socket
import stat
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import ifaddr

from edge_csms.services.certificate_making import BORN

MEGABYTE = 1 << 20
LEAST_FREE, MODEST_FREE = 100 * MEGABYTE, 1000 * MEGABYTE
LEAST_MEMORY = 64 * MEGABYTE
FEW_FILES = 1024
MOUNTS = Path("/proc/self/mountinfo")
MEMORY = Path("/proc/meminfo")
# Locks and shared memory of SQLite don't work over a network: the database would be damaged.
OVER_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs")
VOLATILE = ("tmpfs", "ramfs")
WITHOUT_RIGHTS = ("vfat", "msdos", "exfat")


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, and what mends it."""

    name: str
    verdict: Verdict
    words: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.verdict:8} {self.name}: {self.words}" + (f" ({self.fix})" if self.fix else "")


@dataclass(frozen=True, slots=True)
class Port:
    """A port that the server listens on, or wants to."""

    setting: str
    host: str
    number: int
    ours: bool  # taken by this server already


def inspect(data_dir: Path, ports: Iterable[Port], addresses: Iterable[str], now: datetime) -> list[Check]:
    """Check everything; takes milliseconds and changes nothing."""
    return [
        _check_directory(data_dir),
        check_file_system(data_dir),
        _check_space(data_dir),
        check_clock(now),
        *(check_port(port) for port in ports),
        _check_addresses(addresses),
        _check_name(socket.gethostname()),
        _check_memory(),
        _check_files(),
        _check_time_zones(),
        _check_randomness(),
    ]


def every_address() -> list[str]:
    """List all addresses of this machine."""
    found = (ip.ip if isinstance(ip.ip, str) else ip.ip[0] for adapter in ifaddr.get_adapters() for ip in adapter.ips)
    return sorted(str(ipaddress.ip_address(text.partition("%")[0])) for text in found)


def own_addresses() -> list[str]:
    """List the addresses under which other machines can reach this one."""
    addresses = map(ipaddress.ip_address, every_address())
    return [str(one) for one in addresses if not one.is_loopback and not (one.version == 6 and one.is_link_local)]


def check_file_system(data_dir: Path) -> Check:
    """Judge the file system under the data."""
    kind = file_system_of(data_dir)
    if kind in OVER_NETWORK:
        words = f"{data_dir} lies on a network file system ({kind}), on which a database gets damaged"
        return Check("file system", Verdict.FAULT, words, "let [storage] data_dir name a directory on a local disk")
    if kind in VOLATILE:
        words = f"{data_dir} lies in memory ({kind}): all is lost when the box restarts"
        return Check("file system", Verdict.WARNING, words, "let [storage] data_dir name a directory on a disk")
    if kind in WITHOUT_RIGHTS:
        words = f"{data_dir} lies on {kind}, which knows no permissions and is easily damaged by a power cut"
        return Check("file system", Verdict.WARNING, words, "use a disk with ext4, f2fs, xfs or btrfs")
    return Check("file system", Verdict.OK, f"{kind or 'unknown'}")


def check_clock(now: datetime) -> Check:
    """Judge the clock as far as the program can: it can't be older than itself."""
    if now < BORN:
        words = f"it says {now:%Y-%m-%d %H:%M}, which is before this program was made"
        return Check("clock", Verdict.FAULT, words, "set it, or let the box fetch the time: timedatectl set-ntp true")
    return Check("clock", Verdict.OK, f"{now:%Y-%m-%d %H:%M} UTC")


def check_port(port: Port) -> Check:
    """Judge a port by taking it for a moment, unless this server has it."""
    name = f"port {port.number}"
    if port.ours:
        return Check(name, Verdict.OK, "this server listens on it")
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((port.host, port.number))
        except OSError as error:
            words, fix = explain_port(error, port)
            return Check(name, Verdict.FAULT, words, fix)
    return Check(name, Verdict.OK, "free")


def explain_port(error: OSError, port: Port) -> tuple[str, str]:
    """Say why a port can't be had, and what mends it."""
    match error.errno:
        case errno.EADDRINUSE:
            return "another program uses it", f"change {port.setting}, or stop that program"
        case errno.EACCES:
            fix = f"change {port.setting}, or let systemd grant it: AmbientCapabilities=CAP_NET_BIND_SERVICE"
            return "ports below 1024 are for privileged programs", fix
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {port.host}", "change [server] host"
    return error.strerror or str(error), f"change {port.setting} or [server] host"


def file_system_of(path: Path) -> str:
    """Give the kind of the file system that holds a path; "" where the system does not tell."""
    try:
        lines = MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    place, best = path.resolve(), (-1, "")
    for mount_point, kind in _mounts(lines):
        if place.is_relative_to(mount_point):
            best = max(best, (len(mount_point.parts), kind), key=lambda found: found[0])
    return best[1]


def _mounts(lines: Iterable[str]) -> Iterator[tuple[Path, str]]:
    """Give mount points with their kinds, the last first: of several on one point that is the one which is seen."""
    for line in reversed(list(lines)):
        fields, _, rest = line.partition(" - ")
        mount_point = fields.split(" ")[4].encode().decode("unicode_escape")  # a blank stands there as \040
        yield Path(mount_point), rest.split(" ")[0]


def _nearest(data_dir: Path) -> Path:
    return next(path for path in (data_dir, *data_dir.parents) if path.exists())


def _check_directory(data_dir: Path) -> Check:
    name, place = "data directory", _nearest(data_dir)
    if not os.access(place, os.W_OK | os.X_OK):
        words = f"{place} can't be written by this user (number {os.geteuid()})"
        return Check(name, Verdict.FAULT, words, f"chown it, or start the server as the owner of {place}")
    if place == data_dir and stat.S_IMODE(data_dir.stat().st_mode) & 0o077:
        words = f"other users of this box may look into {data_dir}, where keys and the database lie"
        return Check(name, Verdict.WARNING, words, f"chmod 700 {data_dir}")
    return Check(name, Verdict.OK, str(data_dir))


def _check_space(data_dir: Path) -> Check:
    free = shutil.disk_usage(_nearest(data_dir)).free
    words, fix = f"{free // MEGABYTE} MB free", "make room, or let [storage] data_dir name a larger disk"
    if free < LEAST_FREE:
        return Check("disk space", Verdict.FAULT, words, fix)
    return (
        Check("disk space", Verdict.WARNING, words, fix)
        if free < MODEST_FREE
        else Check("disk space", Verdict.OK, words)
    )


def _check_addresses(addresses: Iterable[str]) -> Check:
    found = sorted(addresses)
    if not found:
        fix = "connect the network cable, or set an address: chargers can't reach this box"
        return Check("addresses", Verdict.WARNING, "this box has no address in a network", fix)
    return Check("addresses", Verdict.OK, ", ".join(found))


def _check_name(host: str) -> Check:
    if host.partition(".")[0] in ("", "localhost"):
        fix = "give the box a name of its own: hostnamectl set-hostname NAME"
        return Check("host name", Verdict.WARNING, "the box has no name of its own", fix)
    return Check("host name", Verdict.OK, host)


def _check_memory() -> Check:
    try:
        line = next(line for line in MEMORY.read_text().splitlines() if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return Check("memory", Verdict.OK, "unknown")
    available = int(line.split()[1]) * 1024
    words = f"{available // MEGABYTE} MB available"
    if available < LEAST_MEMORY:
        return Check("memory", Verdict.WARNING, words, "stop what else runs on the box, or give it more memory")
    return Check("memory", Verdict.OK, words)


def _check_files() -> Check:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most <= FEW_FILES:
        words = f"this process may open {most} files, each connection of a charger is one"
        return Check(
            "open files", Verdict.WARNING, words, "raise the limit: LimitNOFILE=65536 in the unit, or ulimit -n"
        )
    return Check("open files", Verdict.OK, "enough" if most == resource.RLIM_INFINITY else f"up to {most}")


def _check_time_zones() -> Check:
    try:
        zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        words = "this machine knows no time zones but UTC"
        return Check("time zones", Verdict.WARNING, words, "install the package tzdata")
    return Check("time zones", Verdict.OK, "known")


def _check_randomness() -> Check:
    try:
        os.getrandom(16, os.GRND_NONBLOCK)
    except BlockingIOError:
        words = "the system has not gathered enough for keys yet: the start may wait for it"
        return Check("randomness", Verdict.WARNING, words, "wait, or install the package rng-tools")
    return Check("randomness", Verdict.OK, "ready")
