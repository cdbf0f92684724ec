"""Heads that are too long, over real sockets: the answer arrives whole, however much is still being sent."""

import asyncio
import json
import socket
import ssl

import pytest

from edge_csms.web import long_heads
from edge_csms.web.long_heads import Partings
from tests.running import RunningSite

MEGABYTE = b"x" * 1_000_000
SECONDS = 5.0


async def ask(
    port: int, token: bytes, tls: ssl.SSLContext | None = None, more: bytes = b""
) -> tuple[int, bytes, bytes]:
    """Send a request with a token, wait for the end of the connection, and give status, head and body."""
    reader, writer = await asyncio.open_connection("localhost", port, ssl=tls)
    writer.write(b"GET /api/v1/account HTTP/1.1\r\nHost: localhost\r\n" + more)
    writer.write(b"Authorization: Bearer " + token + b"\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), SECONDS)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), head, body


def check_refused(answer: tuple[int, bytes, bytes]) -> None:
    status, head, body = answer
    problem = json.loads(body)
    assert (status, problem["status"], problem["detail"]) == (431, 431, long_heads.DETAIL)
    assert b"Content-Type: application/problem+json\r\n" in head
    assert b"Connection: close\r\n" in head


async def test_a_token_of_a_megabyte_is_refused_in_words(site: RunningSite) -> None:
    check_refused(await ask(site.port, MEGABYTE))
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    check_refused(await ask(site.port, MEGABYTE, more=upgrade))
    assert (await site.get("/healthz"))["status"]


async def test_so_it_is_on_the_encrypted_port_and_as_the_second_request(tls_site: RunningSite) -> None:
    check_refused(await ask(tls_site.app.tls_port, MEGABYTE, tls_site.trust()))
    reader, writer = await asyncio.open_connection("localhost", tls_site.app.tls_port, ssl=tls_site.trust())
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nX: " + MEGABYTE)
    answers = await asyncio.wait_for(reader.read(), SECONDS)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 431 " in answers
    writer.close()


@pytest.mark.parametrize("length", [10_000, 60_000])
async def test_one_that_fits_is_no_good_token(site: RunningSite, length: int) -> None:
    assert (await ask(site.port, MEGABYTE[:length]))[0] == 401


@pytest.mark.parametrize("path", ["refresh", "verify"])
async def test_neither_is_a_megabyte_in_a_body(site: RunningSite, path: str) -> None:
    token = MEGABYTE.decode()
    assert (await site.ask("POST", f"/api/auth/token/{path}", {path: token, "token": token})).status == 401


async def test_who_goes_on_for_ever_is_left_after_a_moment(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_heads, "PARTING_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("localhost", site.port)
    writer.write(b"GET / HTTP/1.1\r\n" + MEGABYTE)
    assert (await asyncio.wait_for(reader.readline(), SECONDS)).startswith(b"HTTP/1.1 431 ")
    with pytest.raises(OSError, match=r"reset|pipe|lost"):
        await asyncio.wait_for(go_on(writer), SECONDS)


async def go_on(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(MEGABYTE)
        await writer.drain()


async def test_of_too_many_the_last_are_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_heads, "MOST_PARTING", 1)
    partings, pairs = Partings(), [socket.socketpair() for _ in range(2)]
    for ours, _ in pairs:
        partings.add(ours)
    assert [ours.fileno() == -1 for ours, _ in pairs] == [False, True]
    await partings.close()
    assert pairs[0][0].fileno() == -1
    for _, theirs in pairs:
        theirs.close()
