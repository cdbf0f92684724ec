"""The HTTP servers: one for the plain port, one for the encrypted one; both note who came and got nowhere."""

import asyncio
import contextlib
import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import ifaddr
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, SSLIOStream
from tornado.web import Application

from edge_csms.central.attempts import Attempts, Stage

log = logging.getLogger(__name__)

SILENCE_SECONDS = 10.0  # that a connection may say nothing before its first byte
TLS_HELLO = b"\x16\x03"
# What the security whitepaper asks for (FR.317) and what browsers like; static RSA is there for old chargers alone.
SUITES = ":".join(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    )
)


class SiteServer(HTTPServer):
    """A server that looks at the first byte of a connection: chargers are pointed at the wrong port again and again."""

    def watch(self, attempts: Attempts) -> None:
        """Note there who got nowhere."""
        self._attempts = attempts

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Wait for the first byte, then go on."""
        asyncio.get_running_loop().create_task(self._begin(stream, address))

    async def _begin(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        who = str(address[0]) if address else "unix"
        if isinstance(stream, SSLIOStream):
            if not await self._shake_hands(stream, who):
                return
        elif not await self._hear_first_byte(stream, who):
            return
        super().handle_stream(stream, address)

    async def _hear_first_byte(self, stream: IOStream, who: str) -> bool:
        connection: socket.socket = stream.socket
        try:
            await asyncio.wait_for(_readable(connection), SILENCE_SECONDS)
            first = connection.recv(len(TLS_HELLO), socket.MSG_PEEK)
        except TimeoutError:
            cause, fix = "it connected and said nothing", "Check what of the charger connects, and its firmware."
            self._attempts.refuse(self._attempts.begin(who), Stage.TCP, cause, fix)
            stream.close()
            return False
        except OSError:
            stream.close()
            return False
        if first == TLS_HELLO:
            cause, fix = "it speaks TLS to the plain port", "Use ws:// instead of wss://, or the port for wss://."
            self._attempts.refuse(self._attempts.begin(who), Stage.TLS, cause, fix)
            log.info("TLS hello on the plain port from %s", who)
            stream.close()
            return False
        return True

    async def _shake_hands(self, stream: SSLIOStream, who: str) -> bool:
        try:
            await asyncio.wait_for(stream.wait_for_handshake(), SILENCE_SECONDS)
        except (OSError, TimeoutError, ssl.SSLError) as error:
            reason = _reason(stream.error or error)
            fix = "Let the charger trust this site's certificate: it can be had at /api/v1/certificates/ca.pem."
            self._attempts.refuse(self._attempts.begin(who), Stage.TLS, f"TLS failed: {reason}", fix)
            stream.close()
            return False
        return True


def make_server(application: Application, attempts: Attempts, tls: ssl.SSLContext | None = None) -> SiteServer:
    """Make a server, with TLS if a context is given."""
    server = SiteServer(application, ssl_options=tls)
    server.watch(attempts)
    return server


def tls_context(files: Sequence[tuple[Path, Path]], client_roots: Iterable[str]) -> ssl.SSLContext:
    """Make the context of the encrypted port: TLS 1.2 and 1.3, a certificate a kind of key, client ones welcome."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    for certificate, key in files:
        context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata="".join(client_roots))
    return context


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


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    readable = loop.create_future()

    def tell() -> None:
        if not readable.done():
            readable.set_result(None)

    loop.add_reader(connection.fileno(), tell)
    try:
        await readable
    finally:
        loop.remove_reader(connection.fileno())


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "the charger did not go on"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return "the charger closed the connection, as one that doesn't trust our certificate does"
