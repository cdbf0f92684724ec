"""The HTTP servers: one for the plain port, one for the encrypted one; both note who came and got nowhere."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import partial
from typing import Any

import ifaddr
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, SSLIOStream
from tornado.web import Application

from edge_csms.central.attempts import Attempts, Stage
from edge_csms.web.strangers import Strangers

SILENCE_SECONDS = 10.0  # that a connection may say nothing before its first byte
HEADER_SECONDS = 20.0  # that a request may take to its last header, and a connection may rest between two
BODY_SECONDS = 20.0  # the rest of a request; where more is wanted, its handler says so
MAX_BODY_BYTES = 1 << 20
TLS_RECORD = b"\x16"  # how TLS begins, and no request does
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

Fault = tuple[Stage, str, str]
SILENT = Stage.TCP, "it connected and said nothing", "Check what of the charger connects, and its firmware."
HUNG_UP = Stage.TCP, "it connected and hung up without a word", "Check what connects: a charger would go on."
STUCK = Stage.TLS, "it did not go on with TLS", "Check whether something else than the charger connects."
CROWD = Stage.TCP, "too many connections of its address got nowhere", "Find out what there opens so many connections."


class SiteServer(HTTPServer):
    """A server that looks at the first byte of a connection: chargers are pointed at the wrong port again and again."""

    def watch(self, attempts: Attempts, strangers: Strangers, silence_seconds: float) -> None:
        """Note there who got nowhere, and who may still."""
        self._attempts = attempts
        self._strangers = strangers
        self._silence_seconds = silence_seconds
        self._beginning: set[asyncio.Task[None]] = set()

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Wait for the first byte, then go on."""
        task = asyncio.get_running_loop().create_task(self._begin(stream, address))
        self._beginning.add(task)
        task.add_done_callback(partial(self._begun, stream))
        self._strangers.add(stream, str(address[0]), partial(self._make_room, stream, address, task))

    def on_close(self, server_conn: object) -> None:
        """Count a connection no more that is closed; one that a WebSocket lives on counts until it is known."""
        stream: IOStream = server_conn.stream  # type: ignore[attr-defined]
        if stream.closed():
            self._strangers.release(stream)
        super().on_close(server_conn)

    async def close_all_connections(self) -> None:
        """Close also those that have not said anything yet."""
        for task in tuple(self._beginning):
            task.cancel()
        await asyncio.gather(*self._beginning, return_exceptions=True)
        await super().close_all_connections()

    async def _begin(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        greet, silent = (_shake_hands, STUCK) if isinstance(stream, SSLIOStream) else (_hear_first_byte, SILENT)
        try:
            async with asyncio.timeout(self._silence_seconds):
                fault = await greet(stream)
        except TimeoutError:
            fault = silent
        if fault is None:
            super().handle_stream(stream, address)
        else:
            self._note(address, fault)
            stream.close()

    def _begun(self, stream: IOStream, task: asyncio.Task[None]) -> None:
        self._beginning.discard(task)
        if task.cancelled():
            stream.close()
        if stream.closed():
            self._strangers.release(stream)

    def _make_room(self, stream: IOStream, address: tuple[Any, ...], task: asyncio.Task[None]) -> None:
        self._note(address, CROWD)
        if task.done():
            stream.close()
        else:
            task.cancel()  # which closes it, once nobody waits for its first byte any more

    def _note(self, address: tuple[Any, ...], fault: Fault) -> None:
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
    server.watch(attempts, strangers, silence_seconds)
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


async def _hear_first_byte(stream: IOStream) -> Fault | None:
    connection: socket.socket = stream.socket
    try:
        await _readable(connection)
        first = connection.recv(1, socket.MSG_PEEK)
    except OSError:
        first = b""
    if not first:
        return HUNG_UP
    if first == TLS_RECORD:
        return Stage.TLS, "it speaks TLS to the plain port", "Use ws:// instead of wss://, or the port for wss://."
    return None


async def _shake_hands(stream: IOStream) -> Fault | None:
    assert isinstance(stream, SSLIOStream)
    try:
        await stream.wait_for_handshake()
    except OSError as error:
        cause, fix = _explain(stream.error or error)
        return Stage.TLS, cause, fix
    return None


def _explain(error: BaseException) -> tuple[str, str]:
    reason = (error.reason or "") if isinstance(error, ssl.SSLError) else ""
    if reason in TLS_FAULTS:
        return TLS_FAULTS[reason]
    if "ALERT" in reason or not reason or "EOF" in reason:
        return "it broke TLS off, as one does that doesn't trust this site's certificate", TRUST
    return f"TLS failed: {reason.lower().replace('_', ' ')}", TRUST


def _settle(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(connection.fileno(), _settle, readable)
    try:
        await readable
    finally:
        loop.remove_reader(connection.fileno())
