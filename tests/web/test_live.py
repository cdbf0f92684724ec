"""The WebSocket of the admin page: who gets in, what is told, and how it ends."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClientConnection, websocket_connect

from edge_csms import VERSION
from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


class OpenPage:
    """A page that reads what it is told."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.write_message(json.dumps(message))

    async def next(self, kind: str) -> dict[str, Any]:
        """Wait for the next message of a kind."""
        while (text := await self.socket.read_message()) is not None:
            message: dict[str, Any] = json.loads(text)
            if message["type"] == kind:
                return message
        raise AssertionError(f"closed with {self.socket.close_code} {self.socket.close_reason}, no {kind} came")

    async def end(self) -> tuple[int | None, str | None]:
        """Wait for the end, and say how it came."""
        while await self.socket.read_message() is not None:
            pass
        return self.socket.close_code, self.socket.close_reason


Open = Callable[..., Awaitable[OpenPage]]


@pytest.fixture
def open_page(io_loop: IOLoop) -> Any:
    sockets: list[WebSocketClientConnection] = []

    async def open_(site: RunningSite, *, role: Role | None = Role.VIEWER) -> OpenPage:
        socket = await websocket_connect(f"{site.url.replace('http', 'ws')}/api/v1/events")
        sockets.append(socket)
        page = OpenPage(socket)
        if role is not None:
            await page.say(token=await site.token(role))
        return page

    yield open_
    for socket in sockets:
        socket.close()


async def connected(site: RunningSite, charge_point_id: str = "CP1") -> ChargePoint:
    charge_point = ChargePoint(site.ocpp_url, charge_point_id)
    await charge_point.connect()
    await charge_point.boot()
    return charge_point


async def test_a_page_gets_a_snapshot_and_then_every_change(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    assert (await page.next("snapshot"))["charge_points"] == []
    charge_point = await connected(site)
    told = await page.next("charge_point")
    assert told["item"]["charge_point_id"] == "CP1"
    await charge_point.start(1, "CARD1")
    assert (await page.next("transaction"))["item"]["id_tag"] == "CARD1"
    await charge_point.close()


async def test_the_tick_tells_the_version_so_that_a_page_knows_it_is_old(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    tick = await page.next("tick")
    assert (tick["version"], tick["storage"]) == (VERSION, "ok")


async def test_frames_are_told_to_who_asks_and_only_those_of_the_charger(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    await page.next("snapshot")
    await page.say(subscribe="messages", charge_point_id="cp2")
    first, second = await connected(site, "CP1"), await connected(site, "CP2")
    assert (await page.next("message"))["item"]["charge_point_id"] == "CP2"
    await first.close()
    await second.close()


async def test_a_wrong_token_and_a_first_message_without_one_are_turned_away(
    site: RunningSite, open_page: Open
) -> None:
    page = await open_page(site, role=None)
    await page.say(token="x")
    assert await page.end() == (4401, "Token is invalid")
    page = await open_page(site, role=None)
    await page.say(subscribe="messages")
    assert (await page.end())[0] == 4401
    page = await open_page(site, role=None)
    await page.say(nonsense=1)
    assert (await page.end())[0] == 4400


async def test_a_stop_of_the_server_is_said_and_what_happens_meanwhile_harms_nothing(
    site: RunningSite, open_page: Open, caplog: pytest.LogCaptureFixture
) -> None:
    page = await open_page(site)
    await page.next("snapshot")
    charge_point = await connected(site)
    charge_point.behaviour.reconnects = False
    await site.app.stop()
    assert await page.end() == (1001, "the server stops")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    await charge_point.close()


async def test_a_second_stop_does_nothing(site: RunningSite) -> None:
    charge_point = await connected(site)
    await charge_point.start(1, "CARD1")
    await charge_point.close()
    await site.app.stop()
    await site.app.stop()
