"""Charge points that never told what they are get asked, once."""

import asyncio

import pytest

from edge_csms.jobs import boot_data
from edge_csms.jobs.boot_data import BootData
from edge_csms.services import charge_points
from tests.house import House
from tests.jobs.conftest import running

TRIGGER = ["TriggerMessage", {"requestedMessage": "BootNotification"}]
BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot_data, "PATIENCE_SECONDS", 0.05)


async def test_one_that_does_not_boot_by_itself_is_asked_once(house: House) -> None:
    async with running(BootData(house.central)):
        line = await house.connect()
        await line.call("Heartbeat")
        call = await line.wire.next()
        assert call[2:] == TRIGGER
        line.answer(call, {"status": "Accepted"})
        again = await house.connect()
        await again.call("Heartbeat")
        await asyncio.sleep(0.2)
        assert len(again.wire.sent) == 1


async def test_one_that_refuses_to_say_what_it_is_does_not_end_the_job(house: House) -> None:
    async with running(BootData(house.central)):
        for identity in ("CP1", "CP2"):
            line = await house.connect(identity)
            await line.call("Heartbeat")
            call = await line.wire.next()
            assert call[2:] == TRIGGER
            line.session.receive(f'[4,"{call[1]}","NotImplemented","",{{}}]')


async def test_one_that_boots_by_itself_or_did_before_is_not_asked(house: House) -> None:
    async with running(BootData(house.central)):
        for _ in range(2):
            line = await house.connect()
            await line.call("BootNotification", BOOT)
            await asyncio.sleep(0.1)
            assert len(line.wire.sent) == 1


async def test_one_that_is_gone_again_is_not_asked(house: House) -> None:
    async with running(BootData(house.central)):
        line = await house.connect()
        house.central.disconnect(line.session)
        await asyncio.sleep(0.1)
        assert line.wire.sent == []


async def test_one_that_must_be_left_alone_is_not_asked(house: House) -> None:
    line = await house.connect()
    house.central.refresh(await house.database.run(charge_points.set_switch, "CP1", "no_set_up", True))
    async with running(BootData(house.central)):
        line = await house.connect()
        await line.call("Heartbeat")
        await asyncio.sleep(0.1)
        assert len(line.wire.sent) == 1
