"""Background work ends, and its faults are logged."""

import asyncio
import logging

import pytest

from edge_csms.simulator.errors import Offline
from edge_csms.simulator.tasks import Tasks


async def test_all_of_it_is_ended_together() -> None:
    tasks = Tasks("CP1")
    ended = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    tasks.spawn(work("a"))
    tasks.spawn(work("b"))
    await asyncio.sleep(0)
    await tasks.cancel()
    assert sorted(ended) == ["a", "b"]


async def test_who_ends_the_others_goes_on() -> None:
    tasks = Tasks("CP1")
    done = asyncio.Event()

    async def end_the_others() -> None:
        await tasks.cancel()
        done.set()

    tasks.spawn(asyncio.Event().wait())
    tasks.spawn(end_the_others())
    await asyncio.wait_for(done.wait(), 5)


async def test_a_lost_line_is_no_fault_and_everything_else_is(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(error: Exception) -> None:
        raise error

    tasks = Tasks("CP1")
    with caplog.at_level(logging.INFO):
        tasks.spawn(fail(Offline("gone")))
        tasks.spawn(fail(KeyError("bug")))
        for _ in range(3):
            await asyncio.sleep(0)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "CP1: gone"),
        ("ERROR", "CP1: background work failed"),
    ]
