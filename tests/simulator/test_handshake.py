"""The handshake: addresses, headers and credentials."""

from pathlib import Path

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.errors import CannotConnect
from edge_csms.simulator.handshake import address, security_profile
from tests.simulator.authority import server_and_client
from tests.simulator.central import Central


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ws://box:8001/ocpp", "ws://box:8001/ocpp/CP%201"),
        ("ws://box:8001/ocpp/", "ws://box:8001/ocpp/CP%201"),
        ("ws://box:8001", "ws://box:8001/CP%201"),
        ("wss://box/ws/ocpp?token=abc", "wss://box/ws/ocpp/CP%201?token=abc"),
        ("ws://box/{id}/ocpp", "ws://box/CP%201/ocpp"),
    ],
)
def test_the_identity_goes_into_the_address(url: str, expected: str) -> None:
    assert address(url, "CP 1") == expected


@pytest.mark.parametrize(
    ("url", "password", "profile"),
    [("ws://box", None, 0), ("ws://box", b"secret", 1), ("wss://box", b"secret", 2), ("wss://box", None, 3)],
)
def test_the_security_profile_follows_from_address_and_password(url: str, password: bytes | None, profile: int) -> None:
    assert security_profile(url, password) == profile


async def test_a_password_goes_out_as_its_bytes(central: Central) -> None:
    async with ChargePoint(central.url, "CP:1", password=b"\x00\xffkey"):
        assert central.sockets[0].credentials() == b"CP:1:\x00\xffkey"
    async with ChargePoint(central.url, "CP1", password="pässword"):
        assert central.sockets[1].credentials() == b"CP1:" + "pässword".encode()


async def test_headers_subprotocols_and_path_can_be_made_up(central: Central) -> None:
    charge_point = ChargePoint(central.url, "CP1")
    charge_point.behaviour.headers = {"Origin": "file://", "Connection": "keep-alive, Upgrade", "User-Agent": ""}
    charge_point.behaviour.subprotocols = ("ocpp0.1", "ocpp1.6")
    charge_point.behaviour.path = "///ws://192.168.0.9:9000/CP_1?x=y"
    async with charge_point:
        assert charge_point.link.connection.subprotocol == "ocpp1.6"
    headers = central.handshakes[0]
    assert (headers["Origin"], headers["Connection"]) == ("file://", "keep-alive, Upgrade")
    assert headers["Sec-Websocket-Protocol"] == "ocpp0.1,ocpp1.6"
    assert central.paths == ["///ws://192.168.0.9:9000/CP_1?x=y"]


async def test_the_line_may_be_encrypted(tmp_path: Path) -> None:
    server, client = server_and_client(tmp_path)
    central = Central(server)
    await central.start()
    async with ChargePoint(central.url, "CP1", password="secret", tls=client) as charge_point:
        assert (await charge_point.boot()).status == "Accepted"
        assert charge_point.configuration.number("SecurityProfile") == 2
    await central.stop()


async def test_a_strange_certificate_is_not_trusted(tmp_path: Path) -> None:
    server, _ = server_and_client(tmp_path)
    central = Central(server)
    await central.start()
    with pytest.raises(CannotConnect, match="CERTIFICATE_VERIFY_FAILED"):
        await ChargePoint(central.url, "CP1").connect()
    await central.stop()


async def test_some_offer_no_subprotocol(central: Central) -> None:
    charge_point = ChargePoint(central.url, "CP1")
    charge_point.behaviour.subprotocols = ()
    async with charge_point:
        assert charge_point.link.connection.subprotocol is None
    assert "Sec-Websocket-Protocol" not in central.handshakes[0]
