"""Which names this server answers to, and which pages may change things through it.

A page in somebody's browser may point a name of its own at our address (DNS rebinding) or post a form across sites; the
Host and Origin headers, which no page can forge, give both away.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from edge_csms.central.live import ReachedAt

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")


class Hosts:
    """The names of this server: IP literals, localhost, the machine's name with and without .local, configured ones."""

    def __init__(self, configured: Iterable[str] = (), machine: str | None = None) -> None:
        machine = (machine or socket.gethostname()).casefold()
        short = machine.partition(".")[0]
        self._own = frozenset(("localhost", machine, short, f"{short}.local"))
        self.configure(configured)

    def configure(self, names: Iterable[str]) -> None:
        """Answer to these names too, and to no others that were configured before."""
        self._configured = frozenset(name.casefold().rstrip(".") for name in names)
        self._names = self._configured | self._own

    def answers_to(self, host: str) -> bool:
        """Tell whether a Host header names this server."""
        name = name_of(host)
        return name in self._names or _is_address(name)

    def trusts_origin(self, origin: str, host: str) -> bool:
        """Tell whether a page of this origin may change things: our own, or one of a configured name behind a proxy."""
        try:
            netloc = urlsplit(origin).netloc.casefold()
        except ValueError:
            return False
        return bool(netloc) and (netloc == host.casefold() or name_of(netloc) in self._configured)


def reached_at(scheme: str, host: str, local: tuple[Any, ...]) -> ReachedAt:
    """Tell how a caller found us: its Host header, and our end of its connection for what that leaves out.

    Chargers leave out the port where it isn't the usual one, or send no name at all.
    """
    address, port = str(local[0]).removeprefix("::ffff:"), int(local[1])
    named = HOST.fullmatch(host)
    if named is None:
        return ReachedAt(scheme, f"[{address}]" if ":" in address else address, port)
    return ReachedAt(scheme, named[1], int(named[2] or port))


def name_of(host: str) -> str:
    """Give the name in a Host header: in small letters, without port, brackets and final dot."""
    if host.startswith("["):
        return host[1:].partition("]")[0].casefold()
    return host.rpartition(":")[0].casefold().rstrip(".") if ":" in host else host.casefold().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
