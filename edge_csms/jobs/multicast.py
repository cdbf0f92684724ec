"""The sockets of multicast DNS: port 5353 on every interface, shared with whoever else speaks it on this machine."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from typing import Any

GROUP, PORT = "224.0.0.251", 5353
HOPS = 255  # RFC 6762 §11: whoever checks it knows that nobody from elsewhere sent it
MOST_BYTES = 9000


class Multicast:
    """Hears what is said to everybody, and says something to everybody or to one; made for some interfaces."""

    def __init__(self, interfaces: Iterable[str], hear: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._hear = hear
        self._ears = _shared_socket(GROUP)
        self._mouths: list[socket.socket] = []
        try:
            for address in interfaces:
                self._mouths.append(_shared_socket(address))
                self._set_up(self._mouths[-1], address)
        except OSError:
            self.close()
            raise
        asyncio.get_running_loop().add_reader(self._ears, self._receive)

    def say(self, data: bytes, to: tuple[str, int] = (GROUP, PORT)) -> None:
        """Send a message on every interface; one that is down just now misses it."""
        for mouth in self._mouths:
            try:
                mouth.sendto(data, to)
            except OSError:
                continue

    def close(self) -> None:
        """Leave the group."""
        asyncio.get_running_loop().remove_reader(self._ears)
        for one in (self._ears, *self._mouths):
            one.close()

    def _set_up(self, mouth: socket.socket, address: str) -> None:
        interface = socket.inet_aton(address)
        self._ears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + interface)
        mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
        mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS)

    def _receive(self) -> None:
        try:
            data, sender = self._ears.recvfrom(MOST_BYTES)
        except OSError:
            return
        self._hear(data, sender)


def _shared_socket(address: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    options: Any = (socket.SO_REUSEADDR, socket.SO_REUSEPORT)
    try:
        for option in options:
            one.setsockopt(socket.SOL_SOCKET, option, 1)
        one.setblocking(False)
        one.bind((address, PORT))
    except OSError:
        one.close()
        raise
    return one
