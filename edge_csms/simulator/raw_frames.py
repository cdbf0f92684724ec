"""WebSocket frames that no client library would send: fragments, reserved bits, lengths that lie (RFC 6455 §5)."""

import os
import struct
from collections.abc import Iterator
from itertools import cycle

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

_FINAL, _RSV1, _MASKED = 0x80, 0x40, 0x80
_TWO_BYTES, _EIGHT_BYTES = 126, 127


def frame(
    payload: bytes, *, opcode: int = TEXT, final: bool = True, rsv1: bool = False, announced: int | None = None
) -> bytes:
    """Make one masked frame; `announced` is the length that its head tells, where that is not the real one."""
    first = opcode | (_FINAL if final else 0) | (_RSV1 if rsv1 else 0)
    length = len(payload) if announced is None else announced
    mask = os.urandom(4)
    masked = bytes(byte ^ key for byte, key in zip(payload, cycle(mask), strict=False))
    return bytes((first,)) + _length(length) + mask + masked


def fragments(payload: bytes, size: int) -> Iterator[bytes]:
    """Split one text message into frames of at most this size."""
    for start in range(0, len(payload), size):
        yield frame(
            payload[start : start + size],
            opcode=TEXT if start == 0 else CONTINUATION,
            final=start + size >= len(payload),
        )


def _length(length: int) -> bytes:
    if length < _TWO_BYTES:
        return bytes((_MASKED | length,))
    if length < 1 << 16:
        return struct.pack("!BH", _MASKED | _TWO_BYTES, length)
    return struct.pack("!BQ", _MASKED | _EIGHT_BYTES, length)
