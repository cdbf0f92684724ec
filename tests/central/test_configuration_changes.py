"""Settings given to a charge point that is idle, one after the other, and what is left for another time."""

import asyncio
from typing import Any

import pytest

from edge_csms.central import configuration_changes
from edge_csms.domain.configuration import Change
from edge_csms.domain.errors import Offline
from edge_csms.services import configuration, configuration_templates
from edge_csms.services import configuration_changes as changes
from tests.house import House, Line

BOOT = {"chargePointVendor": "Acme", "chargePointModel": "Box"}


class Settings:
    """What a charge point has, and how it answers our CALLs about it."""

    def __init__(self, line: Line, **values: str) -> None:
        self.line = line
        self.values = values
        self.asked: list[str] = []
        self.keeps = True
        self.word = "Accepted"

    async def answer(self, times: int) -> None:
        for _ in range(times):
            call = await self.line.wire.next()
            self.asked.append(call[2])
            self.line.answer(call, self._answer(call[2], call[3]))

    def _answer(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        if action == "ChangeConfiguration":
            if self.keeps:
                self.values[asked["key"]] = asked["value"]
            return {"status": self.word}
        known = [
            {"key": name, "readonly": False, "value": self.values[name]} for name in asked["key"] if name in self.values
        ]
        return {"configurationKey": known, "unknownKey": [name for name in asked["key"] if name not in self.values]}


async def wanted(house: House, *, automatic: bool = False, **settings: str) -> None:
    columns = {"name": "ours", "vendor": "*", "model": "*", "automatic": automatic, "settings": settings}
    await house.database.run(configuration_templates.add, columns, house.central.now())


async def newest(house: House) -> Change:
    return (await house.database.read(changes.list_, "CP1", None, 1))[0]


def carry_out(house: House) -> "asyncio.Task[bool]":
    return asyncio.create_task(configuration_changes.carry_out(house.central, house.database, "CP1"))


async def test_nothing_waits_nothing_is_done(house: House) -> None:
    await house.connect()
    assert not await carry_out(house)


async def test_what_waits_is_read_written_and_read_back(house: House) -> None:
    line = await house.connect()
    await line.call("BootNotification", BOOT)
    await wanted(house, A="1", B="2")
    await house.database.run(changes.ask_to_apply, "CP1", "somebody", house.central.now())
    charger = Settings(line, A="0", B="2", GetConfigurationMaxKeys="9")
    done = carry_out(house)
    await charger.answer(4)
    assert await done
    assert charger.asked == ["GetConfiguration", "GetConfiguration", "ChangeConfiguration", "GetConfiguration"]
    change = await newest(house)
    assert (change.state, change.before, change.results) == (
        "done",
        {"A": "0", "B": "2"},
        {"A": "Accepted", "B": "Unchanged"},
    )
    entries = {one.name: one.wanted for one in await house.database.read(configuration.list_, "CP1")}
    assert entries | {"A": "1", "B": "2"} == entries


async def test_what_waits_for_a_restart_is_reverted_though_the_old_value_still_holds(house: House) -> None:
    line = await house.connect()
    await line.call("BootNotification", BOOT)
    await wanted(house, A="1")
    await house.database.run(changes.ask_to_apply, "CP1", "somebody", house.central.now())
    charger = Settings(line, A="0")
    charger.keeps, charger.word = False, "RebootRequired"
    done = carry_out(house)
    await charger.answer(2)
    assert await done
    await house.database.run(changes.ask_to_revert, "CP1", "somebody", house.central.now())
    charger.word = "Accepted"
    done = carry_out(house)
    await charger.answer(3)
    assert await done
    assert charger.asked[2:] == ["GetConfiguration", "ChangeConfiguration", "GetConfiguration"]
    assert (await newest(house)).results == {"A": "Accepted"}
    entry = await house.database.read(configuration.get, "CP1", "A")
    assert (entry.value, entry.wanted, entry.reboot_required) == ("0", "0", False)


async def test_what_the_end_of_the_connection_cut_off_goes_on_where_it_was(house: House) -> None:
    line = await house.connect()
    await line.call("BootNotification", BOOT)
    await wanted(house, A="1", B="2")
    await house.database.run(changes.ask_to_apply, "CP1", "somebody", house.central.now())
    charger = Settings(line, A="0", B="0", GetConfigurationMaxKeys="9")
    done = carry_out(house)
    await charger.answer(3)  # two readings, and A
    await line.wire.next()
    house.central.disconnect(line.session)
    with pytest.raises(Offline):
        await done
    assert ((await newest(house)).state, (await newest(house)).results) == ("waiting", {"A": "Accepted"})
    charger.line = await house.connect()
    await charger.line.call("Heartbeat")
    done = carry_out(house)
    await charger.answer(2)
    assert await done
    change = await newest(house)
    assert (change.state, change.before["A"], change.results) == ("done", "0", {"A": "Accepted", "B": "Accepted"})


async def test_one_that_is_to_be_left_alone_is_not_read(house: House) -> None:
    line = await house.connect()
    await line.call(
        "BootNotification", {**BOOT, "chargePointVendor": "ABB", "chargePointModel": "TAC", "firmwareVersion": "1.6.5"}
    )
    await wanted(house, A="1")
    assert not await configuration_changes.ask_by_itself(house.central, house.database, "CP1", ["A"])
    await house.database.run(changes.ask_to_apply, "CP1", "somebody", house.central.now())
    charger = Settings(line)
    done = carry_out(house)
    await charger.answer(1)
    assert await done
    assert charger.asked == ["ChangeConfiguration"]


async def test_an_answer_that_was_not_meant_is_seen(house: House) -> None:
    line = await house.connect()
    await line.call("BootNotification", BOOT)
    await wanted(house, A="1")
    await house.database.run(changes.ask_to_apply, "CP1", "somebody", house.central.now())
    charger = Settings(line, A="0", GetConfigurationMaxKeys="9")
    charger.keeps = False
    done = carry_out(house)
    await charger.answer(3)
    assert await done
    assert (await newest(house)).results == {"A": "NotKept"}


async def test_automatic_templates_are_looked_at(house: House) -> None:
    line = await house.connect()
    await line.call("BootNotification", BOOT)
    await wanted(house, automatic=True, A="1")
    charger = Settings(line, A="1", GetConfigurationMaxKeys="9")
    asked = asyncio.create_task(configuration_changes.ask_by_itself(house.central, house.database, "CP1", ["A"]))
    await charger.answer(1)
    assert not await asked
    charger.values["A"] = "2"
    asked = asyncio.create_task(configuration_changes.ask_by_itself(house.central, house.database, "CP1", ["A"]))
    await charger.answer(1)
    assert await asked
    assert ((await newest(house)).asked_by, (await newest(house)).wanted) == ("automatic", {"A": "1"})
