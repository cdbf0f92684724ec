"""A WebSocket lives on the bare socket of the plain port and on Tornado's TLS stream, and behaves alike on both."""

import asyncio
import ssl

import pytest

from tests.running import RunningSite

HANDSHAKE = (
    "GET /ocpp/CP1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
)
SECONDS = 10.0


@pytest.fixture(params=["plain", "encrypted"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def connect(site: RunningSite, way: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if way == "plain":
        return await asyncio.open_connection("127.0.0.1", site.port)
    context = ssl.create_default_context(cadata=site.app.authority.root_pem())
    return await asyncio.open_connection("localhost", site.app.tls_port, ssl=context)


def masked(text: str) -> bytes:
    payload = text.encode()
    assert len(payload) < 126
    return bytes([0x81, 0x80 | len(payload)]) + b"\x00" * 4 + payload


async def text_of(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(SECONDS):
        first, size = await reader.readexactly(2)
        assert first == 0x81
        return (await reader.readexactly(size)).decode()


async def test_a_frame_in_the_same_packet_as_the_handshake_is_answered(tls_site: RunningSite, way: str) -> None:
    reader, writer = await connect(tls_site, way)
    writer.write(HANDSHAKE.encode() + masked('[2,"1","Heartbeat",{}]'))
    async with asyncio.timeout(SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert (await text_of(reader)).startswith('[3,"1",{"currentTime":')
    writer.close()


async def test_the_end_of_the_connection_is_told(tls_site: RunningSite, way: str) -> None:
    reader, writer = await connect(tls_site, way)
    writer.write(HANDSHAKE.encode() + masked('[2,"1","Heartbeat",{}]'))
    async with asyncio.timeout(SECONDS):
        await reader.readuntil(b"\r\n\r\n")
        await text_of(reader)
        assert len(tls_site.app.central.connected()) == 1
        writer.close()
        while tls_site.app.central.connected():
            await asyncio.sleep(0.01)


async def test_answers_that_nobody_reads_stop_the_reading_and_no_memory_is_filled(
    tls_site: RunningSite, way: str
) -> None:
    reader, writer = await connect(tls_site, way)
    writer.write(HANDSHAKE.encode())
    async with asyncio.timeout(SECONDS):
        await reader.readuntil(b"\r\n\r\n")
    for number in range(2000):
        writer.write(masked(f'[2,"{number}","Heartbeat",{{}}]'))
    async with asyncio.timeout(SECONDS):
        for number in range(2000):
            assert (await text_of(reader)).startswith(f'[3,"{number}",')
    writer.close()
