"""Quirks of handshake, URL, TLS and authentication: Q01 to Q17."""

import asyncio
import json
import ssl
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from tornado.ioloop import IOLoop

from edge_csms.config.settings import Tls
from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.conftest import StartSite
from tests.file_jobs import signing_certificate
from tests.making_certificates import key_of_kind
from tests.raw_charger import TEXT, RawCharger, Refused, basic
from tests.running import RunningSite
from tests.scenarios.quirks.looking import attempts, charge_point, connected, findings, until

NOW = "2026-11-24T12:00:00Z"


@pytest.fixture
def encrypted_site(start_site: StartSite) -> RunningSite:
    """Give a server that serves TLS beside the plain port."""
    return start_site(new_charge_points="accept", tls=Tls(enabled=True, port=0))


async def test_q01_no_subprotocol_at_all_is_taken_for_1_6_and_flagged(site: RunningSite) -> None:
    async with RawCharger(site.port, subprotocols=None) as charger:
        assert "sec-websocket-protocol" not in charger.headers
        assert (await charger.boot())["status"] == "Accepted"
        assert "no_subprotocol" in await findings(site)


@pytest.mark.parametrize("offered", ["ocpp1.6, ocpp1.5", "ocpp0.1, ocpp1.6", "ocpp2.0.1,ocpp1.6"])
async def test_q02_the_first_subprotocol_of_the_charger_that_we_speak_is_answered(
    site: RunningSite, offered: str
) -> None:
    async with RawCharger(site.port, subprotocols=offered) as charger:
        assert charger.headers["sec-websocket-protocol"] == "ocpp1.6"
        assert (await charger.boot())["status"] == "Accepted"


async def test_q03_a_handshake_without_connection_upgrade_is_taken(site: RunningSite) -> None:
    async with RawCharger(site.port, headers={"Connection": None}) as charger:
        assert (await charger.boot())["status"] == "Accepted"
    async with RawCharger(site.port, headers={"Connection": "keep-alive"}) as charger:
        assert (await charger.boot())["status"] == "Accepted"


async def test_q04_the_origin_of_a_library_is_no_browser_and_a_path_without_identity_is_404(site: RunningSite) -> None:
    origin = {"Origin": "https://github.com/gilmaimon/TinyWebsockets"}
    async with RawCharger(site.port, headers=origin) as charger:
        assert (await charger.boot())["status"] == "Accepted"
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, path="/", headers=origin).connect()
    assert refused.value.status == 404
    browser = {"Origin": "https://evil.example", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, headers=browser).connect()
    assert refused.value.status == 403


async def test_q05_origin_file_and_numbers_with_spaces_are_read(site: RunningSite) -> None:
    async with RawCharger(site.port, headers={"Origin": "file://"}) as charger:
        await charger.boot()
        start = {"connectorId": " 1", "idTag": "TAG1", "meterStart": " 6", "timestamp": NOW}
        started = await charger.call("StartTransaction", start)
        shown = await site.get(f"/api/v1/transactions/{started['transactionId']}")
        assert (shown["connector_id"], shown["meter_start_wh"]) == (1, 6)


async def test_q07_a_whole_url_as_the_path_ends_with_the_identity(site: RunningSite) -> None:
    path = "/ws://192.168.1.5:9000/CP_1/SERIAL_1234"
    async with RawCharger(site.port, path=path) as charger:
        await charger.boot()
        assert await connected(site) == ["SERIAL_1234"]
        assert (await findings(site, "SERIAL_1234"))["unusual_path"]["example"] == path


@pytest.mark.parametrize("identity", ["RDAM 123", "RDAM|123", "Straße", "50%"])
async def test_q08_an_identity_is_percent_decoded_once_also_for_its_password(site: RunningSite, identity: str) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": identity, "password": "secret-of-16-byte"})
    headers = basic(identity, "secret-of-16-byte")
    async with RawCharger(site.port, quote(identity), headers=headers) as charger:
        await charger.boot()
        assert await connected(site) == [identity]


@pytest.mark.parametrize("segment", ["CP%ZZ", "CP1%0d%0aX", "A%2FB", "%00"])
async def test_q08_what_can_be_no_identity_is_404(site: RunningSite, segment: str) -> None:
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, segment).connect()
    assert refused.value.status == 404


async def test_q09_an_identity_may_hold_signs_and_its_case_does_not_matter(site: RunningSite) -> None:
    for identity in ("GaroCS-4133AAAA46980", "evbox.0123", "a_b:c"):
        async with RawCharger(site.port, identity) as charger:
            await charger.boot()
        async with RawCharger(site.port, identity.upper()) as charger:
            await charger.heartbeat()
            assert await connected(site) == [identity]


async def test_q10_a_charger_without_an_identity_is_404_and_told_what_to_do(site: RunningSite) -> None:
    for path in ("/", "/ocpp/", "/ws/ocpp"):
        with pytest.raises(Refused) as refused:
            await RawCharger(site.port, path=path).connect()
        assert refused.value.status == 404
    newest = (await attempts(site))[0]
    assert newest["stage"] == "path"
    assert "identity" in newest["fix"]


async def test_q10_unless_a_technician_has_named_the_one_that_it_is_taken_for(site: RunningSite) -> None:
    async def set_slot(identity: str) -> None:
        path = f"/api/v1/charge-points/{identity}/quirks/anonymous_slot"
        assert (await site.ask("PUT", path, {"value": True}, role=Role.TECHNICIAN)).status == 200

    for identity in ("CP1", "CP2"):
        await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": identity, "password": None})
    await set_slot("CP1")
    for path in ("/", "/ocpp/", "/ws/ocpp"):
        async with RawCharger(site.port, path=path) as charger:
            assert (await charger.boot())["status"] == "Accepted"
            assert await connected(site) == ["CP1"]
    assert "no_identity" in await findings(site)
    await set_slot("CP2")  # nobody can say any more which of the two it is
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, path="/").connect()
    assert refused.value.status == 404


async def test_q12_the_user_name_of_basic_may_differ_in_case(site: RunningSite) -> None:
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "Wallbox-1", "password": "secret-of-16-byte"})
    async with RawCharger(site.port, "wallbox-1", headers=basic("WALLBOX-1", "secret-of-16-byte")) as charger:
        await charger.heartbeat()
    with pytest.raises(Refused) as refused:
        await RawCharger(site.port, "Wallbox-1").connect()
    assert (refused.value.status, "www-authenticate" in refused.value.headers) == (401, True)
    async with RawCharger(site.port, "Other-1", headers=basic("somebody", "else")) as charger:
        await charger.boot()


@pytest.mark.parametrize("as_hex", [False, True])
async def test_q13_a_new_key_proves_itself_as_bytes_or_as_hex_and_the_old_one_holds_until_then(
    site: RunningSite, as_hex: bool
) -> None:
    old, new = b"old-key-of-16-by", "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5"
    await site.ask("POST", "/api/v1/charge-points", {"charge_point_id": "CP1", "password": old.decode()})
    async with ChargePoint(site.ocpp_url, "CP1", password=old, reconnect_seconds=0.02) as charger:
        charger.behaviour.sends_key_as_hex = as_hex
        charger.behaviour.answers["ChangeConfiguration"] = {"status": "Accepted"}  # and nothing done yet
        await charger.boot()
        answer = await site.ask("PUT", "/api/v1/charge-points/CP1/configuration/AuthorizationKey", {"value": new})
        assert answer.json["status"] == "Accepted"
        await charger.reconnect()  # still with the old key
        charger.password = new.encode() if as_hex else bytes.fromhex(new)
        await charger.reconnect()
        await charger.heartbeat()
    assert ("key_as_hex" in await findings(site)) is as_hex
    with pytest.raises(Refused) as refused:  # the first login with the new key ended the old one
        await RawCharger(site.port, headers=basic("CP1", old)).connect()
    assert refused.value.status == 401


async def test_q14_one_that_does_not_trust_our_certificate_is_seen_with_what_to_do(encrypted_site: RunningSite) -> None:
    with pytest.raises(ssl.SSLError):
        await asyncio.open_connection(
            "127.0.0.1", encrypted_site.tls_port, ssl=ssl.create_default_context(), server_hostname="localhost"
        )
    newest = (await attempts(encrypted_site))[0]
    assert (newest["stage"], newest["address"]) == ("tls", "127.0.0.1")
    assert "certificate" in newest["fix"]


async def test_q15_a_charger_whose_own_certificate_store_has_expired_may_go_on_over_the_plain_port(
    encrypted_site: RunningSite,
) -> None:
    body = {"charge_point_id": "CP1", "password": "secret-of-16-byte"}
    await encrypted_site.ask("POST", "/api/v1/charge-points", body)
    async with RawCharger(encrypted_site.port, headers=basic("CP1", "secret-of-16-byte")) as charger:
        assert (await charger.boot())["status"] == "Accepted"
    async with ChargePoint(
        encrypted_site.secure_ocpp_url, "CP1", password=b"secret-of-16-byte", tls=encrypted_site.trust()
    ) as modern:
        assert (await modern.boot()).status == "Accepted"


def test_q15_before_a_certificate_ends_that_chargers_rely_on_somebody_is_told(
    start_site: StartSite, tmp_path: Path, io_loop: IOLoop
) -> None:
    (tmp_path / "clients.pem").write_text(signing_certificate(key_of_kind("ecdsa")))  # it holds for a day
    site = start_site(tls=Tls(enabled=True, port=0, client_ca=str(tmp_path / "clients.pem")))

    async def see() -> None:
        await until(lambda: site.app.certificates.words)
        parts = {part["name"]: part["state"] for part in (await site.get("/readyz"))["parts"]}
        assert parts["certificates in use"].startswith("the client ca certificate CN=Firmware signing ends on ")
        ending = [one for one in (await site.get("/api/v1/site/certificates"))["items"] if one["ends_soon"]]
        assert [one["use"] for one in ending] == ["client_ca"]

    io_loop.run_sync(see)


async def test_q16_tls_on_the_plain_port_and_empty_connections_are_one_line_each(
    site: RunningSite, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        _, writer = await asyncio.open_connection("127.0.0.1", site.port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00")
        await writer.drain()
        writer.close()
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.close()
    deadline = time.monotonic() + 8
    while {one["stage"] for one in await attempts(site)} != {"tcp", "tls"} and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    hello = next(one for one in await attempts(site) if one["stage"] == "tls")
    assert (hello["cause"], hello["address"]) == ("it speaks TLS to the plain port", "127.0.0.1")
    assert hello["fix"].startswith("Use ws://")
    assert "Traceback" not in caplog.text


async def test_q17_a_compressed_frame_that_nobody_agreed_on_ends_the_connection_and_is_shown(
    site: RunningSite,
) -> None:
    async with RawCharger(site.port, headers={"Sec-WebSocket-Extensions": "permessage-deflate"}) as charger:
        assert "sec-websocket-extensions" not in charger.headers
        await charger.boot()
        charger.send_frame(TEXT, json.dumps([2, "1", "Heartbeat", {}]).encode(), reserved=0x40)
        await charger.closed()
    found = (await findings(site))["websocket_fault"]
    assert "compression" in found["explanation"]
    assert not (await charge_point(site))["online"]
