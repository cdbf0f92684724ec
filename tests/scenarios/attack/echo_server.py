"""Two servers that echo, for the fuzzing client of the Autobahn test suite, whose cases are all about an echo.

    python -m tests.scenarios.attack.echo_server 9001 9002

Port 9001 is served by our reader of frames, 9002 by Tornado's, to compare with. The suite needs Python 2.7 (Debian 11
still has it): `wstest -m fuzzingclient -s FILE`, where FILE names both as servers and leaves out 12.* and 13.*, which
are about compression; COVERAGE.md says what came of it.
"""

import asyncio
import sys

from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, WebSocketProtocol13

from edge_csms.web.carrier import carry, take_buffer
from edge_csms.web.websocket import TEXT, WebSocket

BINARY = 0x2
MOST_BYTES = 64 << 20  # some cases send 16 MiB


class Typed(WebSocket):
    """Remembers whether a message is text or binary, which is the same to a charger's session but not to an echo."""

    kind = TEXT

    def _take(self, first: int, payload: bytes) -> None:
        if first & 0x0F in (TEXT, BINARY):
            self.kind = first & 0x0F
        super()._take(first, payload)


class Echo:
    """A user that sends back what it gets."""

    most_bytes = MOST_BYTES

    def __init__(self, websocket: Typed) -> None:
        self.websocket = websocket

    def on_message(self, message: bytes) -> None:
        self.websocket._write(self.websocket.kind, message)

    def on_sign_of_life(self) -> None: ...

    def on_fault(self, reason: str) -> None: ...

    def on_end(self) -> None: ...


class Ours(RequestHandler):
    """Shakes hands as for a charger, and hands the connection over."""

    async def get(self) -> None:
        self.set_status(101)
        self.clear_header("Content-Type")
        self.set_header("Upgrade", "websocket")
        self.set_header("Connection", "Upgrade")
        accepted = WebSocketProtocol13.compute_accept_value(self.request.headers["Sec-WebSocket-Key"])
        self.set_header("Sec-WebSocket-Accept", accepted)
        self.finish()
        stream = self.detach()
        await carry(stream, Typed(Echo, take_buffer(stream)))


class Theirs(WebSocketHandler):
    """Tornado's own."""

    def check_origin(self, origin: str) -> bool:
        return True

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message, binary=isinstance(message, bytes))


async def main(our_port: int, their_port: int) -> None:
    Application([("/.*", Ours)]).listen(our_port, "127.0.0.1")
    Application([("/.*", Theirs)], websocket_max_message_size=MOST_BYTES).listen(their_port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
