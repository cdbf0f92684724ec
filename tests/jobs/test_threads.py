"""What takes long in a thread learns that nobody waits any more."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from edge_csms.jobs.threads import work


async def test_what_is_worked_out_is_given_back() -> None:
    assert await work(lambda number, is_over: (number + 1, is_over()), 41) == (42, False)


async def test_who_is_cancelled_tells_the_thread() -> None:
    begun, ended = threading.Event(), threading.Event()

    def go_on(is_over: Callable[[], bool]) -> None:
        begun.set()
        while not is_over():
            ended.wait(0.001)
        ended.set()

    task = asyncio.create_task(work(go_on))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 5)
