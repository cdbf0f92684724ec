"""One connection, frame by frame."""

import asyncio
import json

import pytest

from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.errors import NoAnswer, Offline
from tests.simulator.central import Central


async def test_one_call_is_in_flight_at_a_time(charge_point: ChargePoint, central: Central) -> None:
    central.answers["DataTransfer"] = None
    central.answers["Heartbeat"] = None
    first = asyncio.ensure_future(charge_point.call_raw("DataTransfer", {"vendorId": "A"}))
    second = asyncio.ensure_future(charge_point.call_raw("Heartbeat", {}))
    await central.until(lambda: central.of("DataTransfer"))
    assert not central.of("Heartbeat")
    await central.sockets[0].write_message('[3,"1",{}]')
    assert await first == {}
    await central.until(lambda: central.of("Heartbeat"))
    await central.sockets[0].write_message('[3,"2",{}]')
    assert await second == {}


async def test_after_a_silence_the_next_call_goes_out(charge_point: ChargePoint, central: Central) -> None:
    central.answers["DataTransfer"] = None
    with pytest.raises(NoAnswer):
        await charge_point.call_raw("DataTransfer", {}, timeout_seconds=0.02)
    assert await charge_point.call_raw("Heartbeat", {}) != {}


async def test_a_call_in_flight_ends_with_its_connection(charge_point: ChargePoint, central: Central) -> None:
    central.answers["DataTransfer"] = None
    call = asyncio.ensure_future(charge_point.call_raw("DataTransfer", {}))
    await central.until(lambda: central.of("DataTransfer"))
    charge_point.drop_network()
    with pytest.raises(Offline):
        await call


async def test_calls_cross_on_the_wire(charge_point: ChargePoint, central: Central) -> None:
    central.answers["DataTransfer"] = None
    call = asyncio.ensure_future(charge_point.call_raw("DataTransfer", {}))
    assert await central.call("ClearCache") == {"status": "Accepted"}
    await central.sockets[0].write_message('[3,"1",{"status":"Rejected"}]')
    assert await call == {"status": "Rejected"}


async def test_pings_are_answered_and_counted(charge_point: ChargePoint, central: Central) -> None:
    central.sockets[0].ping(b"")
    await central.until(lambda: central.sockets[0].pongs)
    assert charge_point.link.connection.pings == 1


async def test_some_never_pong(central: Central) -> None:
    charge_point = ChargePoint(central.url, "CP1")
    charge_point.behaviour.sends_pong = False
    async with charge_point:
        central.sockets[0].ping(b"")
        await charge_point.heartbeat()
        assert charge_point.link.connection.pings == 1
    assert central.sockets[0].pongs == 0


async def test_the_close_code_of_the_central_system_is_kept(charge_point: ChargePoint, central: Central) -> None:
    connection = charge_point.link.connection
    central.sockets[0].close(1001, "restart")
    await connection.wait_closed()
    assert connection.close_code == 1001


async def test_a_broken_frame_is_passed_over(charge_point: ChargePoint, central: Central) -> None:
    for frame in ("", "nonsense", "[9]", '[3,"unasked",{}]'):
        await central.sockets[0].write_message(frame)
    assert await central.call("ClearCache") == {"status": "Accepted"}


async def test_message_ids_begin_again_on_every_connection(charge_point: ChargePoint, central: Central) -> None:
    await charge_point.heartbeat()
    charge_point.drop_network()
    await charge_point.restore_network()
    await charge_point.heartbeat()
    assert [json.loads(socket.frames[0])[1] for socket in central.sockets] == ["1", "1"]
