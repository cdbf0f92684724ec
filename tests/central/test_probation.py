"""A version on probation acknowledges nothing until it is kept."""

import asyncio

from edge_csms.central.probation import Probation
from tests.house import House


async def test_chargers_connect_and_wait_for_their_answers_until_the_version_is_kept(house: House) -> None:
    probation = house.context.probation
    assert not probation.is_on
    probation.begin()
    line = await house.connect("CP1")
    assert line.live.online
    asked = asyncio.ensure_future(line.call("Heartbeat"))
    command = asyncio.ensure_future(house.central.read_configuration("CP1", None))
    for _ in range(20):  # as long as a CALL takes otherwise, several times
        await asyncio.sleep(0)
    await house.database.run(lambda: None)
    assert line.wire.sent == []
    probation.end()
    assert "currentTime" in await asyncio.wait_for(asked, 5)
    sent = await line.wire.next()
    assert sent[2] == "GetConfiguration"
    line.answer(sent, {"configurationKey": [], "unknownKey": []})
    await command


async def test_a_command_is_held_back_however_long_it_takes(house: House) -> None:
    house.context.probation.begin()
    line = await house.connect("CP1")
    line.session._release()  # what a timer does after some seconds
    command = asyncio.ensure_future(house.central.read_configuration("CP1", None))
    await asyncio.sleep(0)
    assert line.wire.sent == []
    command.cancel()


async def test_whoever_waits_goes_on_at_its_end() -> None:
    probation = Probation()
    await probation.wait_for_end()
    probation.begin()
    waiting = asyncio.ensure_future(probation.wait_for_end())
    await asyncio.sleep(0)
    assert not waiting.done()
    probation.end()
    await waiting
