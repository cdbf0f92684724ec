"""Connections that have proved nothing yet: how many may be open, and how much of what they send is kept.

Nobody is turned away for the address that he calls from: a whole site may stand behind one router. When there are too
many, the oldest makes room. Whoever gets somewhere, as a charger or with a token, counts no more.
"""

from collections import Counter
from collections.abc import Callable, Hashable

from tornado.httputil import HTTPServerRequest

PER_ADDRESS = 3000  # more than any site has chargers, which may all come back at once
ALTOGETHER = 5000
MEBIBYTE = 1 << 20


class Strangers:
    """The connections that count, by address, the oldest first."""

    def __init__(self, per_address: int = PER_ADDRESS, altogether: int = ALTOGETHER) -> None:
        self._per_address = per_address
        self._altogether = altogether
        self._by_address: dict[str, dict[Hashable, Callable[[], None]]] = {}
        self._addresses: dict[Hashable, str] = {}

    def __len__(self) -> int:
        return len(self._addresses)

    def add(self, connection: Hashable, address: str, end: Callable[[], None]) -> None:
        """Count a connection; `end` ends it when it must make room."""
        self._by_address.setdefault(address, {})[connection] = end
        self._addresses[connection] = address
        if len(self._by_address[address]) > self._per_address:
            self._end_oldest(address)
        elif len(self._addresses) > self._altogether:
            self._end_oldest(max(self._by_address, key=lambda one: len(self._by_address[one])))

    def release(self, connection: Hashable) -> None:
        """Count a connection no more: it is known by now, or gone."""
        address = self._addresses.pop(connection, None)
        if address is not None:
            del self._by_address[address][connection]
            if not self._by_address[address]:
                del self._by_address[address]

    def _end_oldest(self, address: str) -> None:
        connection, end = next(iter(self._by_address[address].items()))
        self.release(connection)
        end()


def connection_of(request: HTTPServerRequest) -> Hashable:
    """Give the connection that a request came over, as it was added."""
    stream: Hashable = request.server_connection.stream  # type: ignore[attr-defined]
    return stream


def local_port(request: HTTPServerRequest) -> int:
    """Give the port of ours that a request came to; 0 where its connection is gone already."""
    connection = request.server_connection.stream.socket  # type: ignore[attr-defined]
    return 0 if connection is None else int(connection.getsockname()[1])


class Bodies:
    """The memory for bodies of requests that are still on their way: nobody is known before the whole body came."""

    def __init__(self, per_address_bytes: int = 8 * MEBIBYTE, altogether_bytes: int = 32 * MEBIBYTE) -> None:
        self._per_address_bytes = per_address_bytes
        self._altogether_bytes = altogether_bytes
        self._held: Counter[str] = Counter()

    def take(self, address: str, size: int) -> bool:
        """Ask for memory; False if there is none."""
        if self._held[address] + size > self._per_address_bytes or self._held.total() + size > self._altogether_bytes:
            return False
        self._held[address] += size
        return True

    def give_back(self, address: str, size: int) -> None:
        """Give memory back."""
        self._held[address] -= size
        if self._held[address] <= 0:
            del self._held[address]
