"""Tests of the HTTP servers: who comes and gets nowhere is noted, with the cause and what to do."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from edge_csms.central.attempts import Attempt, Attempts, Stage
from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.storage.database import Database
from edge_csms.web.server import SiteServer, make_server, own_names
from edge_csms.web.strangers import Strangers
from edge_csms.web.tls import OwnFiles, ServerTls
from tests.making_certificates import certificate_request, private_pem

SECONDS = 5.0


class Greeting(RequestHandler):
    def get(self) -> None:
        self.finish("hello")


class Server:
    """A running server of either kind."""

    def __init__(
        self, attempts: Attempts, tls: ssl.SSLContext | None, strangers: Strangers | None = None, **seconds: float
    ) -> None:
        self.attempts = attempts
        self.tls = tls
        self.strangers = Strangers() if strangers is None else strangers
        application = Application([(r"/", Greeting)])
        self.server: SiteServer = make_server(application, attempts, self.strangers, tls, **seconds)
        listener, self.port = bind_unused_port()
        self.server.add_socket(listener)

    async def connect(
        self, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1"
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect from an address, of which this machine has many."""
        return await asyncio.open_connection("localhost", self.port, ssl=tls, local_addr=(address, 0))

    async def ask(self, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1") -> bytes:
        """Send a request and give the whole answer."""
        reader, writer = await self.connect(tls, address)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()
        return answer

    async def refused(self) -> Attempt:
        """Wait for a refused attempt, and give the only one."""
        async with asyncio.timeout(SECONDS):
            while not (listed := self.attempts.list_()):
                await asyncio.sleep(0.005)
        (attempt,) = listed
        assert (attempt.outcome, attempt.address) == ("refused", "127.0.0.1")
        return attempt


@asynccontextmanager
async def running(
    database: Database, tls: ssl.SSLContext | None = None, strangers: Strangers | None = None, **seconds: float
) -> AsyncIterator[Server]:
    server = Server(Attempts(database, SiteClock(), EventBus()), tls, strangers, **seconds)
    yield server
    server.server.stop()
    await server.server.close_all_connections()


@pytest.fixture
def authority(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path, "Charging site")


@pytest.fixture
def context(authority: CertificateAuthority) -> ssl.SSLContext:
    tls = ServerTls(authority, OwnFiles(), lambda: ["localhost"])
    tls.prepare(SiteClock().now())
    return tls.context


def trusting(authority: CertificateAuthority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.root_pem())


async def hung_up(reader: asyncio.StreamReader) -> None:
    """Wait until the server has ended the connection, with a reset where it left something unread."""
    with suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), SECONDS) == b""


# The plain port


async def test_a_request_goes_on_and_leaves_no_attempt(database):
    async with running(database) as server:
        assert (await server.ask()).endswith(b"hello")
        assert server.attempts.list_() == []


async def test_a_request_may_come_byte_by_byte(database):
    async with running(database, silence_seconds=0.5) as server:
        reader, writer = await server.connect()
        for byte in b"GET / HTTP/1.1\r\n\r\n":
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert (await asyncio.wait_for(reader.readline(), SECONDS)).startswith(b"HTTP/1.1 ")
        writer.close()


async def test_a_silent_connection_is_ended_and_noted(database):
    async with running(database, silence_seconds=0.05) as server:
        reader, writer = await server.connect()
        await hung_up(reader)
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TCP, "it connected and said nothing")
        assert attempt.fix
        writer.close()


@pytest.mark.parametrize("abruptly", [False, True])
async def test_one_that_hangs_up_without_a_word_is_noted(database, abruptly):
    async with running(database) as server:
        _, writer = await server.connect()
        if abruptly:
            hang_up = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hang_up)
        writer.close()
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TCP, "it connected and hung up without a word")


async def test_tls_on_the_plain_port_is_noted(database, authority):
    async with running(database) as server:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await server.connect(trusting(authority))
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TLS, "it speaks TLS to the plain port")
        assert "ws://" in attempt.fix


async def test_one_byte_of_tls_is_enough_to_know(database):
    async with running(database) as server:
        reader, writer = await server.connect()
        writer.write(b"\x16")
        await hung_up(reader)
        assert (await server.refused()).stage is Stage.TLS
        writer.close()


async def test_a_server_that_stops_waits_for_nobody(database):
    async with running(database, silence_seconds=60) as server:
        reader, writer = await server.connect()
        _, other = await server.connect()
        other.write(b"GET / HT")
        await asyncio.sleep(0.02)
        server.server.stop()
        await asyncio.wait_for(server.server.close_all_connections(), SECONDS)
        await hung_up(reader)
        assert server.attempts.list_() == []
        writer.close()
        other.close()


async def test_a_request_whose_headers_never_end_is_ended(database):
    async with running(database, header_seconds=0.2) as server:
        reader, writer = await server.connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        await hung_up(reader)
        assert len(server.strangers) == 0
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TCP, "it began a request and did not go on")
        writer.close()


async def test_a_request_whose_body_never_ends_is_ended(database):
    async with running(database, body_seconds=0.2) as server:
        reader, writer = await server.connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
        await hung_up(reader)
        writer.close()


async def test_a_body_that_nobody_wants_is_refused_before_it_comes(database):
    async with running(database) as server:
        reader, writer = await server.connect()
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\n")
        assert (await asyncio.wait_for(reader.read(), SECONDS)).startswith(b"HTTP/1.1 400 ")
        writer.close()


async def test_of_too_many_that_say_nothing_the_oldest_make_room_and_are_noted(database):
    async with running(database, strangers=Strangers(per_address=3)) as server:
        callers = [await server.connect() for _ in range(3)]
        callers[0][1].write(b"GET / HTTP/1.1\r\nHost")  # which makes it no younger
        assert (await server.ask()).endswith(b"hello")
        await hung_up(callers[0][0])
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TCP, "too many connections of its address got nowhere")
        callers.append(await server.connect())
        callers.append(await server.connect())
        await hung_up(callers[1][0])
        assert len(server.strangers) == 3
        for _, writer in callers:
            writer.close()


# The encrypted port


async def test_a_request_over_tls_goes_on(database, context, authority):
    async with running(database, context) as server:
        assert (await server.ask(trusting(authority))).endswith(b"hello")
        assert server.attempts.list_() == []


async def test_one_that_does_not_trust_the_certificate_is_noted(database, context):
    async with running(database, context) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            await server.connect(ssl.create_default_context())
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (
            Stage.TLS,
            "it broke TLS off, as one does that doesn't trust this site's certificate",
        )
        assert "/api/v1/certificates/ca.pem" in attempt.fix


async def test_one_without_tls_on_the_encrypted_port_is_noted(database, context):
    async with running(database, context) as server:
        reader, writer = await server.connect()
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await hung_up(reader)
        writer.close()
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TLS, "it speaks without TLS to the encrypted port")
        assert "wss://" in attempt.fix


async def test_one_with_old_tls_is_noted(database, context, authority):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(cadata=authority.root_pem())
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with running(database, context) as server:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await server.connect(old)
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TLS, "it speaks only TLS older than 1.2")


async def test_one_with_unsafe_ciphers_alone_is_noted(database, context, authority):
    unsafe = trusting(authority)
    unsafe.maximum_version = ssl.TLSVersion.TLSv1_2
    unsafe.set_ciphers("AES128-SHA")
    async with running(database, context) as server:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await server.connect(unsafe)
        assert (await server.refused()).cause == "it knows no cipher that is still safe"


async def test_one_with_a_certificate_of_a_foreign_authority_is_noted(database, context, authority, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    issued = CertificateAuthority(tmp_path / "elsewhere", "Charging site").sign(
        certificate_request("CP1"), ["CP1"], SiteClock().now()
    )
    foreign = trusting(authority)
    (tmp_path / "chain.pem").write_text(issued.chain_pem)
    (tmp_path / "key.pem").write_text(private_pem("ecdsa"))
    foreign.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    async with running(database, context) as server:
        with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
            assert await server.ask(foreign)
        attempt = await server.refused()
        assert attempt.cause == "its client certificate is not signed by an authority that this site trusts"


async def test_of_too_many_that_stop_amid_tls_the_oldest_make_room(database, context, authority):
    async with running(database, context, Strangers(per_address=2)) as server:
        callers = [await server.connect() for _ in range(2)]
        assert (await server.ask(trusting(authority))).endswith(b"hello")
        await hung_up(callers[0][0])
        for _, writer in callers:
            writer.close()


def greeting() -> bytes:
    """Give what a client says first in TLS."""
    sent = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    return sent.read()


@pytest.mark.parametrize("octets", [3, None], ids=["amid its first words", "after them"])
async def test_one_that_does_not_go_on_with_tls_is_ended_and_noted(database, context, octets):
    async with running(database, context, silence_seconds=0.05) as server:
        reader, writer = await server.connect()
        writer.write(greeting()[:octets])
        with suppress(ConnectionResetError):
            await asyncio.wait_for(reader.read(), SECONDS)
        attempt = await server.refused()
        assert (attempt.stage, attempt.cause) == (Stage.TLS, "it did not go on with TLS")
        assert len(server.strangers) == 0
        writer.close()


async def test_handshakes_of_one_address_take_turns_and_keep_no_other_waiting(
    database, context, authority, monkeypatch
):
    monkeypatch.setattr("edge_csms.web.server.HANDSHAKES", 1)
    async with running(database, context) as server:
        _, stuck = await server.connect()
        stuck.write(greeting())
        own = asyncio.create_task(server.ask(trusting(authority)))
        assert (await server.ask(trusting(authority), "127.0.0.2")).endswith(b"hello")
        assert not own.done()
        stuck.close()
        assert (await asyncio.wait_for(own, SECONDS)).endswith(b"hello")


async def test_a_server_that_stops_waits_for_no_handshake(database, context):
    async with running(database, context) as server:
        reader, writer = await server.connect()
        writer.write(greeting())
        await asyncio.sleep(0.02)
        server.server.stop()
        await asyncio.wait_for(server.server.close_all_connections(), SECONDS)
        await asyncio.wait_for(reader.read(), SECONDS)
        assert len(server.strangers) == 0
        writer.close()


# Names


def test_all_names_and_addresses_of_the_machine_are_its_own():
    names = own_names(["csms.example.org"])
    assert {"localhost", "127.0.0.1", "::1", socket.gethostname(), "csms.example.org"} <= set(names)
    assert f"{socket.gethostname().partition('.')[0]}.local" in names
    assert len(names) == len(set(names))
