"""Many charge points with a life of their own."""

import asyncio
import io
import os
import signal

import pytest

from edge_csms.simulator import fleet
from edge_csms.simulator.errors import CannotConnect
from tests.simulator.central import DEADLINE_SECONDS, Central


async def test_all_sessions_are_charged_and_it_ends(central: Central) -> None:
    out = io.StringIO()
    options = fleet.Options(
        url=central.url, charge_points=3, connectors=2, sessions=1, speed=20_000.0, id_tags=("A", "B"), prefix="DEMO"
    )
    await fleet.run(options, out)
    assert len(central.of("StartTransaction")) == len(central.of("StopTransaction")) == 6
    assert sorted(central.paths) == ["/ocpp/DEMO-001", "/ocpp/DEMO-002", "/ocpp/DEMO-003"]
    assert {each["idTag"] for each in central.of("Authorize")} <= {"A", "B"}
    assert "3/3 online · 0 charging with 0.0 kW · 6 sessions done" in out.getvalue().splitlines()[-1]


async def test_nobody_who_can_connect_is_an_error() -> None:
    with pytest.raises(CannotConnect, match=r"127\.0\.0\.1:1"):
        await fleet.run(fleet.Options(url="ws://127.0.0.1:1/ocpp", charge_points=3), io.StringIO())


async def test_a_wrong_password_is_an_error(central: Central) -> None:
    central.refuses_with = 401
    with pytest.raises(CannotConnect, match="401"):
        await fleet.run(fleet.Options(url=central.url, password="wrong"), io.StringIO())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_and_no_transaction_stays_open(central: Central, number: signal.Signals) -> None:
    running = asyncio.ensure_future(fleet.run(fleet.Options(url=central.url, speed=1000.0), io.StringIO()))
    await central.until(lambda: central.statuses(1)[-1:] == ["Charging"])
    os.kill(os.getpid(), number)
    await asyncio.wait_for(running, DEADLINE_SECONDS)
    assert central.of("StopTransaction")[0]["reason"] == "EVDisconnected"
    await central.until(lambda: all(socket.is_gone for socket in central.sockets))


async def test_who_may_not_charge_is_told_once(central: Central) -> None:
    central.answers["Authorize"] = {"idTagInfo": {"status": "Invalid"}}
    out = io.StringIO()
    options = fleet.Options(url=central.url, sessions=2, speed=20_000.0, id_tags=("TAG1",))
    await fleet.run(options, out)
    assert out.getvalue().count("SIM-001: idTag TAG1 was answered Invalid") == 1
    assert "2 refused" in out.getvalue()


async def test_who_is_not_accepted_waits(central: Central) -> None:
    central.answers["BootNotification"] = {"currentTime": "2031-01-01T00:00:00Z", "interval": 1, "status": "Pending"}
    out = io.StringIO()
    running = asyncio.ensure_future(fleet.run(fleet.Options(url=central.url, sessions=1, speed=20_000.0), out))
    await central.until(lambda: len(central.of("BootNotification")) == 2)
    assert not central.of("Authorize")
    central.answers.clear()
    await asyncio.wait_for(running, DEADLINE_SECONDS)
    assert central.of("StopTransaction")
