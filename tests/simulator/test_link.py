"""Staying connected."""

import asyncio

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.errors import CannotConnect
from tests.simulator.central import DEADLINE_SECONDS, Central


async def test_a_refused_handshake_tells_its_status(central: Central) -> None:
    central.refuses_with = 401
    with pytest.raises(CannotConnect) as refused:
        await ChargePoint(central.url, "CP1").connect()
    assert refused.value.status == 401
    assert f"{central.url}/CP1" in str(refused.value)


async def test_nobody_there_is_told_without_a_status() -> None:
    with pytest.raises(CannotConnect, match="refused") as refused:
        await ChargePoint("ws://127.0.0.1:1/ocpp", "CP1").connect()
    assert refused.value.status is None


async def test_it_comes_back_by_itself_and_does_not_boot_again(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.boot()
    central.sockets[0].close()
    await central.until(lambda: len(central.sockets) == 2)
    await charge_point.plug_in(1)
    await central.until(lambda: central.statuses(1)[-1] == "Preparing")
    assert central.actions().count("BootNotification") == 1
    assert charge_point.link.connections == 2


async def test_it_keeps_trying_while_it_is_refused(charge_point: ChargePoint, central: Central) -> None:
    central.refuses_with = 503
    central.sockets[0].close()
    await central.until(lambda: central.refusals == 2)
    assert not charge_point.link.is_online
    central.refuses_with = None
    await asyncio.wait_for(charge_point.link.wait_online(), DEADLINE_SECONDS)
    assert len(central.sockets) == 2


async def test_some_never_come_back(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.reconnects = False
    central.sockets[0].close()
    await asyncio.wait_for(charge_point.link.wait_offline(), DEADLINE_SECONDS)
    assert not charge_point.link.is_online


async def test_some_come_back_only_after_a_lost_line(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.reconnects_after_close = False
    central.sockets[0].lose()
    await central.until(lambda: len(central.sockets) == 2)
    await asyncio.wait_for(charge_point.link.wait_online(), DEADLINE_SECONDS)
    central.sockets[1].close(1001, "restart")
    await asyncio.wait_for(charge_point.link.wait_offline(), DEADLINE_SECONDS)
    assert not charge_point.behaviour.comes_back(1001)


async def test_some_boot_on_every_connection(charge_point: ChargePoint, central: Central) -> None:
    charge_point.behaviour.reboots = True
    central.sockets[0].close()
    await central.until(lambda: central.of("BootNotification"))


async def test_a_lost_network_stays_lost_until_it_is_restored(charge_point: ChargePoint, central: Central) -> None:
    charge_point.drop_network()
    await central.until(lambda: central.sockets[0].is_gone)
    assert central.sockets[0].close_code is None
    assert not charge_point.link.is_online
    await charge_point.restore_network()
    assert len(central.sockets) == 2


async def test_half_open_nobody_tells_the_central_system(charge_point: ChargePoint, central: Central) -> None:
    charge_point.drop_network(half_open=True)
    await charge_point.restore_network()
    await central.until(lambda: len(central.sockets) == 2)
    assert not central.sockets[0].is_gone
    central.sockets[0].ping(b"are you there?")
    await charge_point.heartbeat()
    assert central.sockets[0].pongs == 0
