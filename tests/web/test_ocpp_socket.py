"""What a charger meets at the door: which paths lead in, which version is spoken, and what odd frames do."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from edge_csms.services import charge_points
from edge_csms.web.websocket import FEW_BYTES
from tests.conftest import StartSite
from tests.raw_charger import BINARY, COMPRESSED, CONTINUATION, PING, PONG, TEXT, RawCharger, Refused
from tests.running import RunningSite

MEBIBYTE = 2**20
HEARTBEAT = '[2,"1","Heartbeat",{}]'


async def findings(site: RunningSite, charge_point_id: str = "CP1") -> dict[str, dict[str, Any]]:
    shown = await site.get(f"/api/v1/charge-points/{quote(charge_point_id, safe='')}")
    return {finding["code"]: finding for finding in shown["findings"]}


async def connected(site: RunningSite) -> list[str]:
    return [one["charge_point_id"] for one in (await site.get("/api/v1/charge-points"))["items"] if one["online"]]


@pytest.fixture
def careful_site(start_site: StartSite) -> RunningSite:
    """Give a server where unknown chargers have to wait for acceptance, as is the default."""
    return start_site()


# Paths


@pytest.mark.parametrize(
    "path", ["/ocpp/CP1", "/ocpp/CP1/", "/ws/ocpp/CP1", "/ws/ocpp/CP1/", "/ocpp/CP1?a=b", "/ws/ocpp/CP1/?a=b&c"]
)
async def test_usual_paths_lead_in(site: RunningSite, path: str) -> None:
    async with RawCharger(site.port, path=path) as charger:
        await charger.heartbeat()
        assert await connected(site) == ["CP1"]
        assert await findings(site) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/CP1",
        "///CP1",
        "//ocpp/CP1",
        "/ocpp/garage/CP1",
        "/OCPP/CP1",
        "/steve/websocket/CentralSystemService/CP1",
        "/ws://192.168.1.2:8001/ocpp/CP1",
        "ws://192.168.1.2:8001/ocpp/CP1",
    ],
)
async def test_unusual_paths_lead_in_too_and_are_noted(site: RunningSite, path: str) -> None:
    async with RawCharger(site.port, path=path) as charger:
        await charger.heartbeat()
        assert await connected(site) == ["CP1"]
        assert (await findings(site))["unusual_path"]["example"] == path


@pytest.mark.parametrize(
    ("segment", "identity"),
    [
        ("RDAM%7C123", "RDAM|123"),
        ("Stra%C3%9Fe", "Straße"),
        ("CP%2525", "CP%25"),
        ("CP%201", "CP 1"),
        ("9" * 48, "9" * 48),
    ],
)
async def test_an_identity_is_percent_decoded_once(site: RunningSite, segment: str, identity: str) -> None:
    async with RawCharger(site.port, segment) as charger:
        await charger.heartbeat()
        assert await connected(site) == [identity]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "///",
        "/ocpp",
        "/ocpp/",
        "/ws/ocpp/",
        "/ocpp//",
        "/ocpp/%ZZ",
        "/ocpp/CP%",
        "/ocpp/%E4",
        "/ocpp/A%2FB",
        "/ocpp/CP1%0D%0A",
        "/ocpp/%20CP1",
        "/ocpp/" + "9" * 49,
    ],
)
async def test_a_path_without_a_usable_identity_is_404(site: RunningSite, path: str) -> None:
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, path=path).connect()
    assert refused.value.status == 404
    assert "identity" in refused.value.body


async def test_identities_are_the_same_whatever_their_case(site: RunningSite) -> None:
    async with RawCharger(site.port, "Cp1") as charger:
        await charger.heartbeat()
    async with RawCharger(site.port, "cP1") as charger:
        await charger.heartbeat()
        assert await connected(site) == ["Cp1"]


async def test_below_api_nobody_is_a_charger(site: RunningSite) -> None:
    for path in ("/api/CP1", "/api/v1/charge-points"):
        with pytest.raises(Refused) as refused:
            await RawCharger(site.port, path=path).connect()
        assert refused.value.status in (401, 404)
    assert await connected(site) == []


async def test_a_browser_that_looks_at_the_address_is_told_what_it_is_for(site: RunningSite) -> None:
    for path in ("/ocpp/CP1", "/ws/ocpp/CP1/", "/ocpp"):
        answer = await site.ask("GET", path, role=None)
        assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
        assert b"charger" in answer.body


# Versions and odd handshakes


@pytest.mark.parametrize("offered", ["ocpp1.6", "ocpp2.0.1, ocpp1.6", "ocpp1.6,ocpp1.5", "ocpp1.5,  ocpp1.6, soap"])
async def test_the_first_version_that_both_speak_is_chosen(site: RunningSite, offered: str) -> None:
    async with RawCharger(site.port, subprotocols=offered) as charger:
        assert charger.headers["sec-websocket-protocol"] == "ocpp1.6"
        await charger.heartbeat()
        assert await findings(site) == {}


async def test_a_charger_that_names_no_version_is_taken_and_flagged(site: RunningSite) -> None:
    async with RawCharger(site.port, subprotocols=None) as charger:
        assert "sec-websocket-protocol" not in charger.headers
        await charger.heartbeat()
        assert (await findings(site)).keys() == {"no_subprotocol"}


async def test_without_a_common_version_the_handshake_completes_and_the_socket_is_closed(site: RunningSite) -> None:
    async with RawCharger(site.port, subprotocols="ocpp2.0.1, ocpp1.5") as charger:
        assert "sec-websocket-protocol" not in charger.headers
        assert await charger.closed() == 1002
        assert await connected(site) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Connection": None},
        {"Connection": "keep-alive"},
        {"Connection": "keep-alive, Upgrade"},
        {"Upgrade": "WebSocket"},
        {"Host": "box"},
        {"Origin": "null"},
        {"Origin": "file://"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "https://github.com/gilmaimon/TinyWebsockets"},
        {"Origin": "http://elsewhere.example", "User-Agent": "ESP32"},
    ],
)
async def test_odd_handshakes_succeed(site: RunningSite, headers: dict[str, str | None]) -> None:
    async with RawCharger(site.port, headers=headers) as charger:
        await charger.heartbeat()


async def test_a_page_in_a_browser_is_no_charger(site: RunningSite) -> None:
    headers = {"Origin": "http://elsewhere.example", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, headers=headers).connect()
    assert refused.value.status == 403


async def test_compression_is_never_negotiated_and_a_compressed_frame_ends_the_connection(site: RunningSite) -> None:
    headers = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    async with RawCharger(site.port, headers=headers) as charger:
        assert "sec-websocket-extensions" not in charger.headers
        await charger.heartbeat()
        charger.send_frame(TEXT, b"\xaaV", reserved=COMPRESSED)
        await charger.closed()
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()


# Frames


async def test_a_frame_over_the_limit_is_closed_with_1009_before_it_is_there(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        charger.send_frame(TEXT, b"", length=2**40)
        assert await charger.closed() == 1009


async def test_fragments_over_the_limit_are_closed_with_1009(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        charger.send_frame(TEXT, b"x" * (MEBIBYTE // 2), final=False)
        charger.send_frame(CONTINUATION, b"x" * (MEBIBYTE // 2), final=False)
        charger.send_frame(CONTINUATION, b"x")
        assert await charger.closed() == 1009


async def test_the_largest_frame_is_answered(site: RunningSite) -> None:
    frame = '[2,"1","DataTransfer",{"vendorId":"x","data":"%s"}]'
    async with RawCharger(site.port) as charger:
        answer = await charger.ask(frame % ("y" * (MEBIBYTE - len(frame) + 2)), "1")
        assert answer == [3, "1", {"status": "UnknownVendorId"}]


async def test_one_that_nobody_has_accepted_may_send_a_sixteenth_of_it(careful_site: RunningSite) -> None:
    site, frame = careful_site, '[2,"1","DataTransfer",{"vendorId":"x","data":"%s"}]'
    small = frame % ("y" * (FEW_BYTES - len(frame) + 2))
    async with RawCharger(site.port) as charger:
        assert (await charger.boot())["status"] == "Pending"
        assert (await charger.ask(small, "1"))[0] == 4
        await site.ask("PATCH", "/api/v1/charge-points/CP1", {"registration": "accepted"})
        assert (await charger.ask(small.replace("y", "yy"), "1"))[0] == 3
    async with RawCharger(site.port, "CP2") as charger:
        charger.send(small.replace("yyy", "yyyy"))
        assert await charger.closed() == 1009


async def test_a_call_may_come_in_fragments_or_as_binary(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        charger.send_frame(TEXT, HEARTBEAT[:9].encode(), final=False)
        charger.send_frame(PING, b"in between")
        charger.send_frame(CONTINUATION, HEARTBEAT[9:].encode())
        charger.send_frame(BINARY, HEARTBEAT.replace('"1"', '"2"').encode())
        await charger.heartbeat()
        assert [json.loads(frame)[1] for frame in charger.frames] == ["1", "2", "raw-1"]


async def test_a_flood_is_answered_in_order_without_loss(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        tag = {"idTag": "A"}
        for number in range(2000):
            action, payload = ("Authorize", tag) if number % 7 == 0 else ("Heartbeat", {})
            charger.send(json.dumps([2, number, action, payload]))
        await charger.heartbeat()
        assert [json.loads(frame)[1] for frame in charger.frames[:-1]] == list(range(2000))


async def test_any_frame_is_a_sign_of_life(site: RunningSite) -> None:
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        session = site.app.central.live("CP1").session
        for opcode in (PING, PONG):
            session.last_heard = 0.0
            charger.send_frame(opcode, b"")
            await charger.heartbeat()
            assert session.last_heard > 0


async def test_only_so_many_unknown_chargers_may_wait_for_acceptance(careful_site: RunningSite) -> None:
    site = careful_site
    for number in range(charge_points.INBOX_SIZE):
        await site.app.database.run(charge_points.register, f"CP{number}", site.app.clock.now(), False)
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, "ONE-TOO-MANY").connect()
    assert refused.value.status == 503
    await site.ask("DELETE", "/api/v1/charge-points/CP7")
    async with RawCharger(site.port, "ONE-TOO-MANY") as charger:
        assert (await charger.boot())["status"] == "Pending"
