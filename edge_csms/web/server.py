"""The HTTP servers: one for the plain port, one for the encrypted one; both note who came and got nowhere."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import partial
from weakref import WeakValueDictionary

import ifaddr
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, SSLIOStream
from tornado.netutil import ssl_wrap_socket
from tornado.web import Application

from edge_csms.central.attempts import Attempts, Stage
from edge_csms.web import handshakes
from edge_csms.web.callers import END_OF_HEAD, HANDSHAKE_RECORD, Address, Caller, Fault, is_whole_head, is_whole_record
from edge_csms.web.long_heads import EncryptedStream, Partings, PlainStream
from edge_csms.web.strangers import Strangers

SILENCE_SECONDS = 10.0  # that a connection may say nothing before its first byte, or amid TLS
HEADER_SECONDS = 20.0  # that a request may take to its last header, and a connection may rest between two
BODY_SECONDS = 20.0  # the rest of a request; where more is wanted, its handler says so
MAX_BODY_BYTES = 1 << 20
HANDSHAKES = 250  # of TLS at once with one address: each takes 60 KiB, and the processor does a few at a time anyway
TRUST = "Let the charger trust this site's certificate: it can be had at /api/v1/certificates/ca.pem."

# What the reason that OpenSSL gives means: cause and fix.
TLS_FAULTS = {
    "CERTIFICATE_VERIFY_FAILED": (
        "its client certificate is not signed by an authority that this site trusts",
        "Have a certificate signed for it on the admin page, or name its authority in the setting [tls] client_ca.",
    ),
    "HTTP_REQUEST": (
        "it speaks without TLS to the encrypted port",
        "Use wss:// instead of ws:// in the charger's URL, or the plain port.",
    ),
    "NO_SHARED_CIPHER": ("it knows no cipher that is still safe", "Look for a newer firmware, or let it use ws://."),
    "UNSUPPORTED_PROTOCOL": ("it speaks only TLS older than 1.2", "Look for a newer firmware, or let it use ws://."),
}

TLS_ON_PLAIN = Stage.TLS, "it speaks TLS to the plain port", "Use ws:// instead of wss://, or the port for wss://."
UNFINISHED = Stage.TCP, "it began a request and did not go on", "Check what connects: a charger would go on."
STUCK = Stage.TLS, "it did not go on with TLS", "Check whether something else than the charger connects."
CROWD = Stage.TCP, "too many connections of its address got nowhere", "Find out what there opens so many connections."


class SiteServer(HTTPServer):
    """A server that listens first: chargers are pointed at the wrong port, and not only chargers come."""

    def watch(
        self, attempts: Attempts, strangers: Strangers, silence_seconds: float, first_words_seconds: float
    ) -> None:
        """Note there who got nowhere, and who may still."""
        self.silence_seconds = silence_seconds
        if self.ssl_options is None:
            self.is_whole, self.unfinished, self.first_words_seconds = is_whole_head, UNFINISHED, first_words_seconds
        else:
            self.is_whole, self.unfinished, self.first_words_seconds = is_whole_record, STUCK, silence_seconds
        self._attempts = attempts
        self._strangers = strangers
        self._callers: set[Caller] = set()
        self._handshakes: set[handshakes.Connection] = set()
        self._encrypting: set[asyncio.Task[None]] = set()
        self._partings = Partings()
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()  # by address

    # Before anything is made for a connection

    def _handle_connection(self, connection: socket.socket, address: Address) -> None:
        caller = Caller(connection, address, self)
        self._callers.add(caller)
        self._strangers.add(caller, str(address[0]), partial(self.turn_away, caller, CROWD))

    def fault_of(self, data: bytes) -> Fault | None:
        """Say what is wrong with the first bytes of a caller, if anything."""
        return TLS_ON_PLAIN if self.ssl_options is None and data.startswith(HANDSHAKE_RECORD) else None

    def welcome(self, caller: Caller, words: bytes) -> None:
        """Serve a caller, or begin with TLS."""
        self._forget(caller)
        if self.ssl_options is None:
            if not self._takes_handshake(caller, words):
                stream = PlainStream(caller.connection, self._partings.add, **self._stream_options())
                self.handle_stream(stream, caller.address)
        else:
            task = asyncio.get_running_loop().create_task(self._encrypt(caller.connection, caller.address))
            self._encrypting.add(task)
            self._strangers.add(task, str(caller.address[0]), partial(self._cancel, task, caller.address))
            task.add_done_callback(self._encrypting.discard)
            task.add_done_callback(self._strangers.release)

    def turn_away(self, caller: Caller, fault: Fault) -> None:
        """Note why a caller got no further, and close it."""
        self._forget(caller)
        self._note(caller.address, fault)
        caller.connection.close()

    def _forget(self, caller: Caller) -> None:
        caller.leave()
        self._callers.discard(caller)
        self._strangers.release(caller)

    def _takes_handshake(self, caller: Caller, words: bytes) -> bool:
        """Let the application answer the handshake of a charger at once; False where it is none."""
        end = END_OF_HEAD.search(words)
        if end is None:
            return False
        connection = handshakes.Connection(caller.connection, str(caller.address[0]), self._forget_handshake)
        request = handshakes.read(words[: end.end()], connection)
        if request is None:
            return False
        caller.connection.recv(end.end())  # until now it was only looked at
        self._handshakes.add(connection)
        self._strangers.add(connection, connection.context.remote_ip, partial(self._end, connection, caller.address))
        application = self.request_callback
        assert isinstance(application, Application)
        application.find_handler(request).finish()
        return True

    def _forget_handshake(self, connection: handshakes.Connection) -> None:
        self._handshakes.discard(connection)
        self._strangers.release(connection)

    def _stream_options(self) -> dict[str, int | None]:
        return {"max_buffer_size": self.max_buffer_size, "read_chunk_size": self.read_chunk_size}

    # TLS

    async def _encrypt(self, connection: socket.socket, address: Address) -> None:
        stream: SSLIOStream | None = None
        turn = self._turns.setdefault(str(address[0]), asyncio.Semaphore(HANDSHAKES))
        try:
            async with turn:
                stream = self._wrap(connection)
                fault = await self._shake_hands(stream)
        except (asyncio.CancelledError, OSError):  # no room for it, or gone
            (stream or connection).close()
        else:
            if fault is None:
                self.handle_stream(stream, address)
            else:
                self._note(address, fault)
                stream.close()

    def _wrap(self, connection: socket.socket) -> SSLIOStream:
        assert self.ssl_options is not None
        wrapped = ssl_wrap_socket(connection, self.ssl_options, server_side=True, do_handshake_on_connect=False)
        return EncryptedStream(wrapped, self._partings.add, **self._stream_options())

    async def _shake_hands(self, stream: SSLIOStream) -> Fault | None:
        try:
            async with asyncio.timeout(self.silence_seconds):
                await stream.wait_for_handshake()
        except TimeoutError:
            return STUCK
        except OSError as error:
            return Stage.TLS, *_explain(stream.error or error)
        return None

    def _cancel(self, task: "asyncio.Task[None]", address: Address) -> None:
        self._note(address, CROWD)
        task.cancel()

    # Requests

    def handle_stream(self, stream: IOStream, address: Address) -> None:
        """Serve the requests of a connection, of whom nothing is known yet."""
        self._strangers.add(stream, str(address[0]), partial(self._end, stream, address))
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        """Count a connection no more that is closed; one that a WebSocket lives on counts until it is known."""
        stream: IOStream = server_conn.stream  # type: ignore[attr-defined]
        if stream.closed():
            self._strangers.release(stream)
        super().on_close(server_conn)

    async def close_all_connections(self) -> None:
        """Close also those that have not said anything yet."""
        for caller in tuple(self._callers):
            self._forget(caller)
            caller.connection.close()
        for connection in tuple(self._handshakes):
            connection.close()
        for task in tuple(self._encrypting):
            task.cancel()
        await asyncio.gather(*self._encrypting, return_exceptions=True)
        await self._partings.close()
        await super().close_all_connections()

    def _end(self, stream: IOStream | handshakes.Connection, address: Address) -> None:
        self._note(address, CROWD)
        stream.close()

    def _note(self, address: Address, fault: Fault) -> None:
        self._attempts.refuse(self._attempts.begin(str(address[0])), *fault)


def make_server(
    application: Application,
    attempts: Attempts,
    strangers: Strangers,
    tls: ssl.SSLContext | None = None,
    *,
    silence_seconds: float = SILENCE_SECONDS,
    header_seconds: float = HEADER_SECONDS,
    body_seconds: float = BODY_SECONDS,
) -> SiteServer:
    """Make a server, with TLS if a context is given."""
    server = SiteServer(
        application,
        ssl_options=tls,
        idle_connection_timeout=header_seconds,
        body_timeout=body_seconds,
        max_body_size=MAX_BODY_BYTES,
    )
    server.watch(attempts, strangers, silence_seconds, header_seconds)
    return server


def own_names(configured: Iterable[str]) -> list[str]:
    """List every name and address by which this machine can be called."""
    host = socket.gethostname()
    short = host.partition(".")[0]
    names = {"localhost", "127.0.0.1", "::1", host, short, f"{short}.local", *configured}
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            with contextlib.suppress(ValueError):
                names.add(str(ipaddress.ip_address(text.partition("%")[0])))
    return sorted(names)


def _explain(error: BaseException) -> tuple[str, str]:
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    if reason in TLS_FAULTS:
        return TLS_FAULTS[reason]
    if "ALERT" in reason or not reason or "EOF" in reason:
        return "it broke TLS off, as one does that doesn't trust this site's certificate", TRUST
    return f"TLS failed: {reason.lower().replace('_', ' ')}", TRUST
