"""The WebSocket of the admin page: who gets in, what is told, and how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClientConnection, websocket_connect

from edge_csms import VERSION
from edge_csms.domain.roles import Role
from edge_csms.services import accounts
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.web import live
from tests.raw_charger import RawCharger, Refused
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

    async def all_until(self, kind: str) -> AsyncIterator[dict[str, Any]]:
        """Give every message before the next one of a kind."""
        while (text := await self.socket.read_message()) is not None:
            message: dict[str, Any] = json.loads(text)
            if message["type"] == kind:
                return
            yield message

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


async def test_the_tick_tells_the_version_so_that_a_page_knows_it_is_old(
    site: RunningSite, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TICK_SECONDS", 0.1)
    page = await open_page(site)
    tick = await page.next("tick")
    assert (tick["version"], tick["storage"]) == (VERSION, "ok")


async def test_the_tick_tells_which_chargers_have_said_something(
    site: RunningSite, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TICK_SECONDS", 0.1)
    charge_point, silent = await connected(site, "CP1"), await connected(site, "CP2")
    page = await open_page(site)
    while (await page.next("tick"))["heard"]:
        pass
    await charge_point.heartbeat()
    while not (heard := (await page.next("tick"))["heard"]):
        pass
    assert heard == ["CP1"]
    await charge_point.close()
    await silent.close()


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


async def test_without_a_token_in_time_it_is_closed(
    site: RunningSite, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TOKEN_SECONDS", 0.1)
    page = await open_page(site, role=None)
    assert await page.end() == (4401, "no token came")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "http://elsewhere.example"}, 403), ({"Origin": "null"}, 403), ({"Host": "elsewhere.example"}, 421)],
)
async def test_a_page_of_another_origin_does_not_get_in(
    site: RunningSite, headers: dict[str, str], status: int
) -> None:
    path = f"/api/v1/events?token={await site.token()}"
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, path=path, headers={"Origin": site.url} | headers, subprotocols=None).connect()
    assert refused.value.status == status


async def test_a_token_in_the_url_counts_for_nothing(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TOKEN_SECONDS", 0.1)
    path = f"/api/v1/events?token={await site.token()}"
    async with RawCharger(site.port, path=path, headers={"Origin": site.url}, subprotocols=None) as page:
        assert await page.closed() == 4401
        assert page.frames == []


async def test_it_ends_with_its_token_unless_a_new_one_comes_in_time(
    site: RunningSite, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TICK_SECONDS", 0.2)
    token = await site.token()
    account = await site.app.database.read(accounts.find, "the-admin")
    assert account is not None
    almost_over = site.app.clock.now() - site.app.tokens.lifetime("access") + timedelta(seconds=1.5)
    short = site.app.tokens.issue("access", account, almost_over)
    ending, renewed = await open_page(site, role=None), await open_page(site, role=None)
    for page in (ending, renewed):
        await page.say(token=short)
        await page.next("snapshot")
    await renewed.say(token=token)
    assert await ending.end() == (4401, "Token is expired")
    await renewed.next("tick")
    await renewed.next("tick")
    await renewed.say(token="worse than before")
    assert (await renewed.end())[0] == 4401


async def test_it_ends_when_its_user_is_no_longer_active(
    site: RunningSite, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TICK_SECONDS", 0.1)
    page = await open_page(site)
    await page.next("snapshot")
    await site.ask("PATCH", "/api/v1/users/the-viewer", {"active": False})
    assert (await page.end())[0] == 4401


async def test_frames_are_told_no_more_to_who_has_seen_enough(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    await page.next("snapshot")
    await page.say(subscribe="messages")
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        assert (await page.next("message"))["item"]["action"] == "Heartbeat"
        await page.say(subscribe=None)
        await page.say(token=await site.token())  # is read after it
        charger.send("no frame")
        await charger.call("Authorize", {"idTag": "STRANGER"})
        assert [message["type"] async for message in page.all_until("unknown_id_tag")].count("message") == 0


async def test_strange_tags_and_retired_chargers_are_told(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    await page.next("snapshot")
    async with RawCharger(site.port) as charger:
        await charger.call("Authorize", {"idTag": "STRANGER"})
        told = await page.next("unknown_id_tag")
        assert (told["charge_point_id"], told["id_tag"]) == ("CP1", "STRANGER")
        await site.ask("DELETE", "/api/v1/charge-points/CP1")
        assert (await page.next("charge_point_removed"))["charge_point_id"] == "CP1"


async def test_a_page_that_says_too_much_is_closed(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    await page.next("snapshot")
    await page.say(token="x" * live.MAX_MESSAGE_BYTES)
    assert (await page.end())[0] == 1009


async def test_a_page_that_does_not_read_is_let_go(site: RunningSite) -> None:
    async with RawCharger(site.port, path="/api/v1/events", headers={"Origin": site.url}, subprotocols=None) as page:
        page.send(json.dumps({"token": await site.token()}))
        page.send(json.dumps({"subscribe": "messages"}))
        await page.pong()
        page.stop_reading()
        recorder = site.app.central.inspector.recorder("CP1")
        for _ in range(live.MOST_UNSENT + 1000):
            recorder.note("x" * 10_000, "no frame")
        page.read_on()
        assert await page.closed() == 1013
        assert len(page.frames) < live.MOST_UNSENT + 1000


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


async def test_a_page_is_told_what_to_fetch_anew(site: RunningSite, open_page: Open) -> None:
    page = await open_page(site)
    charge_point = await connected(site)
    await charge_point.security_event("TamperDetectionActivated")
    told = await page.next("changed")
    assert (told["what"], told["charge_point_id"]) == ("security_events", "CP1")
    await charge_point.close()


async def test_a_page_that_goes_before_it_was_told_leaves_nothing_undone(site: RunningSite, open_page: Open) -> None:
    charge_point = await connected(site)
    page = await open_page(site)
    await page.next("snapshot")
    [socket] = site.app._pages
    socket._changed = {"CP1"}
    socket._tell_changed()
    socket.on_close()  # in the same moment; a coroutine that nobody awaits would be complained of
    assert await asyncio.gather(*socket._tasks, return_exceptions=True) != []
    await charge_point.close()
