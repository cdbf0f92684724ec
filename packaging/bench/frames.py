"""The charger's end of a WebSocket (RFC 6455), with no more than a load generator needs."""

import base64
import hashlib
import secrets
from collections.abc import Iterator

from tornado.util import _websocket_mask as mask

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
SHORT, LONGEST = 126, 2**16
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # of RFC 6455 §1.3


def encode(kind: int, payload: bytes, key: bytes = b"\x5a\xc3\x3c\xa5") -> bytes:
    """Write a masked frame. Always the same key: the mask protects proxies, and there is none."""
    size = len(payload)
    if size >= LONGEST:
        raise ValueError(f"no message of the benchmark has {size} bytes")
    head = bytes((kind, 0x80 | size)) if size < SHORT else bytes((kind, 0xFE)) + size.to_bytes(2, "big")
    return head + key + mask(key, payload)


class Frames:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Give the frames that are complete, each with its first byte; a server's frames are not masked."""
        if self._buffer:
            data = self._buffer + data
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= SHORT:
                width = 2 if size == SHORT else 8
                start += width
                if end < start:
                    break
                size = int.from_bytes(data[start - width : start], "big")
            if end < start + size:
                break
            yield data[at], data[start : start + size]
            at = start + size
        self._buffer = data[at:]


class Handshake:
    """The request that opens a WebSocket, and the check of its answer."""

    def __init__(self, host: str, path: str, basic: bytes | None = None) -> None:
        key = base64.b64encode(secrets.token_bytes(16))
        self._accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
        lines = [
            f"GET {path} HTTP/1.1".encode(),
            b"Host: " + host.encode(),
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Protocol: ocpp1.6",
            b"Sec-WebSocket-Key: " + key,
        ]
        if basic is not None:
            lines.append(b"Authorization: Basic " + base64.b64encode(basic))
        self.request = b"\r\n".join((*lines, b"", b""))

    def fault(self, head: bytes) -> str | None:
        """Say what is wrong with the head of an answer; None if nothing is."""
        status, *lines = head.split(b"\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        if status.split(b" ")[1:2] != [b"101"]:
            return f"handshake: {status.decode(errors='replace')}"
        if headers.get(b"sec-websocket-accept") != self._accept or headers.get(b"sec-websocket-protocol") != b"ocpp1.6":
            return "handshake: accept value or subprotocol is wrong"
        return None
