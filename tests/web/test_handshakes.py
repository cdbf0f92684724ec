"""Handshakes on the plain port are answered over the bare socket, and what is odd goes the usual way."""

import asyncio
import logging
import socket
import struct
from collections.abc import Iterator

import pytest

from edge_csms.web import handshakes
from tests.frames import frame
from tests.running import RunningSite

SECONDS = 10.0
HEAD = (
    "GET /ocpp/CP1?token=x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.fixture
def connection() -> Iterator[handshakes.Connection]:
    bare, other = socket.socketpair()
    with bare, other:
        yield handshakes.Connection(bare, "10.0.0.7", lambda _: None)


@pytest.mark.parametrize(
    "head",
    [HEAD, HEAD.replace("Upgrade: websocket", "upgrade:WebSocket "), HEAD.replace("Host: localhost", "Host: [::1]:9")],
)
def test_a_handshake_is_read(connection: handshakes.Connection, head: str) -> None:
    request = handshakes.read(head.encode(), connection)
    assert request is not None
    assert (request.method, request.path, request.remote_ip) == ("GET", "/ocpp/CP1", "10.0.0.7")
    assert request.query_arguments == {"token": [b"x"]}


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace("GET", "POST"),
        HEAD.replace("HTTP/1.1", "HTTP/1.0"),
        HEAD.replace("HTTP/1.1", "HTTP/9"),
        HEAD.replace("/ocpp/CP1", "/api/v1/events"),
        HEAD.replace("Upgrade: websocket", "Upgrade: h2c"),
        HEAD.replace("Host: localhost\r\n", ""),
        HEAD.replace("Host: localhost", "Host: a, b"),
        HEAD.replace("Host: localhost", "Host: localhost\r\nContent-Length: 5"),
        HEAD.replace("Host: localhost", "Host: localhost\r\nTransfer-Encoding: chunked"),
        HEAD.replace("Host: localhost", "Host: localhost\r\nno colon"),
        HEAD.replace("Host: localhost", "Host: localhost\r\nX: \x00"),
        HEAD.replace("\r\n", "\n"),
        "GET / HTTP/1.1\r\n\r\n",
        "\r\n\r\n",
    ],
)
def test_what_is_none_or_odd_goes_the_usual_way(connection: handshakes.Connection, head: str) -> None:
    assert handshakes.read(head.encode(), connection) is None


async def test_a_refusal_arrives_whole_although_more_was_sent_than_the_head(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": "right password"})
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(HEAD.replace("?token=x", "").encode() + frame(b'[2,"1","Heartbeat",{}]'))
    async with asyncio.timeout(SECONDS):
        answer = (await reader.read()).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 401 ")
    assert f"Content-Length: {len(body)}" in head
    assert "Connection: close" in head
    assert body == "it sent no password. Put the charger's key into its settings (AuthorizationKey).\n"
    writer.close()


async def test_one_that_hangs_up_amid_its_handshake_leaves_nothing(
    site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        bare = socket.create_connection(("127.0.0.1", site.port))
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        bare.send(HEAD.replace("?token=x", "").encode())
        await asyncio.sleep(0)
        bare.close()
    async with asyncio.timeout(SECONDS):
        while len(site.app.ports.strangers) or site.app.central.connected():
            await asyncio.sleep(0.01)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
