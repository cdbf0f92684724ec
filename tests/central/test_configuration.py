"""Reading and writing the settings of charge points, whatever they can take at once."""

import asyncio
from typing import Any

import pytest

from edge_csms.central import configuration
from edge_csms.domain.errors import NoAnswer
from edge_csms.services import configuration as settings
from tests.house import BuildHouse, House, Line


def entry(key: str, value: str | None = None, readonly: bool = False) -> dict[str, Any]:
    return {"key": key, "readonly": readonly} | ({} if value is None else {"value": value})


async def ready(house: House) -> Line:
    line = await house.connect()
    await line.call("Heartbeat")
    return line


def read(house: House, names: list[str] | None = None) -> asyncio.Task[None]:
    return asyncio.create_task(configuration.read(house.central, house.database, "CP1", names))


async def kept(house: House) -> dict[str, str | None]:
    return {one.name: one.value for one in await house.database.read(settings.list_, "CP1")}


async def test_all_settings_are_asked_for_at_once_and_kept(house: House) -> None:
    line = await ready(house)
    task = read(house)
    call = await line.wire.next()
    assert call[2:] == ["GetConfiguration", {}]
    line.answer(call, {"configurationKey": [entry("A", "\n1"), entry("B", None, readonly=True)]})
    await task
    assert await kept(house) == {"A": "1", "B": None}


async def test_one_that_does_not_answer_that_is_asked_in_pieces_that_it_can_take(build: BuildHouse) -> None:
    house = build(call_timeout_seconds=0.05)
    line = await ready(house)
    task = read(house)
    assert (await line.wire.next())[3] == {}  # not answered
    call = await line.wire.next()
    assert call[3] == {"key": ["GetConfigurationMaxKeys"]}
    line.answer(call, {"configurationKey": [entry("GetConfigurationMaxKeys", "7")]})
    asked: list[str] = []
    while not task.done():
        waiting = asyncio.create_task(line.wire.next())
        await asyncio.wait((waiting, task), return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            break
        call = waiting.result()
        assert 1 <= len(call[3]["key"]) <= 7
        asked += call[3]["key"]
        line.answer(call, {"configurationKey": [entry(name, "x") for name in call[3]["key"]]})
    await task
    assert set(configuration.STANDARD_KEYS) - {"GetConfigurationMaxKeys"} <= set(asked)
    assert (await kept(house))["HeartbeatInterval"] == "x"


async def test_silence_to_a_question_for_some_settings_is_told(build: BuildHouse) -> None:
    house = build(call_timeout_seconds=0.05)
    await ready(house)
    with pytest.raises(NoAnswer):
        await read(house, ["A"])


async def test_a_setting_is_written_and_what_came_of_it_kept(house: House) -> None:
    line = await ready(house)
    for status, value in (("Accepted", "1"), ("RebootRequired", "1"), ("Rejected", "1")):
        task = asyncio.create_task(configuration.write(house.central, house.database, "CP1", "A", "1"))
        call = await line.wire.next()
        assert call[2:] == ["ChangeConfiguration", {"key": "A", "value": "1"}]
        line.answer(call, {"status": status})
        assert await task == status
        assert (await kept(house))["A"] == value
