"""When charge points are given the settings that they shall have."""

import asyncio
from typing import Any

import pytest

from edge_csms.domain.errors import Offline
from edge_csms.domain.events import ConfigurationChangeAsked
from edge_csms.jobs.configuration import ConfigurationChanges
from edge_csms.services import configuration_changes as changes
from edge_csms.services import configuration_templates
from tests.house import House, Line
from tests.jobs.conftest import running

BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}
START = {"connectorId": 1, "idTag": "TAG1", "meterStart": 0, "timestamp": "2026-11-24T12:00:00Z"}


def job(house: House) -> ConfigurationChanges:
    return ConfigurationChanges(house.central, house.database)


async def ready(house: House) -> Line:
    line = await house.connect()
    await line.call("BootNotification", BOOT)
    await line.call("Heartbeat")
    return line


async def want(house: House, *, automatic: bool = False) -> None:
    columns: dict[str, Any] = {"name": "ours", "vendor": "*", "model": "*", "automatic": automatic}
    await house.database.run(configuration_templates.add, {**columns, "settings": {"A": "1"}}, house.central.now())
    if not automatic:
        await house.database.run(changes.ask_to_apply, "CP1", "anna", house.central.now())
        house.central.bus.publish(ConfigurationChangeAsked("CP1"))


async def serve(line: Line, value: str = "0") -> None:
    """Answer until a setting is changed."""
    async with asyncio.timeout(5):
        while True:
            call = await line.wire.next()
            if call[2] == "ChangeConfiguration":
                line.answer(call, {"status": "RebootRequired"})
                return
            known = [{"key": "A", "readonly": False, "value": value}]
            line.answer(call, {"configurationKey": known if "A" in call[3]["key"] else []})


async def test_an_idle_charger_gets_what_is_asked_for_at_once(house: House) -> None:
    async with running(job(house)):
        line = await ready(house)
        await want(house)
        await serve(line)


async def test_one_that_charges_gets_it_after_the_stop(house: House) -> None:
    async with running(job(house)):
        line = await ready(house)
        started = await line.call("StartTransaction", START)
        await want(house)
        await line.call("Heartbeat")
        assert all("Configuration" not in frame for frame in line.wire.sent)
        stop = {"meterStop": 9, "timestamp": "2026-11-24T12:30:00Z", "transactionId": started["transactionId"]}
        await line.call("StopTransaction", stop)
        await serve(line)


async def test_one_that_was_away_gets_it_when_it_is_back(house: House) -> None:
    line = await ready(house)
    house.central.disconnect(line.session)
    async with running(job(house)):
        await want(house)
        line = await house.connect()
        await line.call("Heartbeat")
        await serve(line)


async def test_what_waited_before_we_were_stopped_still_waits(house: House) -> None:
    line = await ready(house)
    house.central.disconnect(line.session)
    await want(house)
    async with running(job(house)):
        line = await house.connect()
        await line.call("Heartbeat")
        await serve(line)


async def test_automatic_templates_are_looked_at_after_a_boot(house: House) -> None:
    async with running(job(house)):
        await want(house, automatic=True)
        line = await house.connect()
        await line.call("BootNotification", BOOT)
        await serve(line)


async def test_a_charger_that_goes_away_meanwhile_gets_the_rest_later(house: House) -> None:
    async with running(job(house)):
        line = await ready(house)
        await want(house)
        await line.wire.next()
        house.central.disconnect(line.session)
        with pytest.raises(Offline):
            await house.central.trigger("CP1", "boot")
        line = await house.connect()
        await line.call("Heartbeat")
        await serve(line)


async def test_one_that_waits_for_acceptance_gets_nothing(house: House) -> None:
    async with running(job(house)):
        await want(house, automatic=True)
        line = await house.connect(accepted=False)
        await line.call("BootNotification", BOOT)
        await line.call("BootNotification", BOOT)
        assert all('"status":"Pending"' in frame for frame in line.wire.sent)
