"""Hashing happens in few threads, and a flood of it is refused."""

import asyncio
import threading

import pytest

from edge_csms.domain.errors import TooManyAttempts
from edge_csms.web.hashing import HashingThreads


async def test_work_runs_in_another_thread_and_gives_its_result() -> None:
    hashing = HashingThreads()
    assert await hashing.run(threading.get_ident) != threading.get_ident()
    assert await hashing.run(int, "ff", base=16) == 255
    with pytest.raises(ValueError):
        await hashing.run(int, "x")
    hashing.close()


async def test_what_is_too_much_is_refused_and_what_waits_is_done() -> None:
    hashing, gate = HashingThreads(threads=1, waiting=2), threading.Event()
    waiting = [asyncio.ensure_future(hashing.run(gate.wait, 10)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyAttempts):
        await hashing.run(int)
    gate.set()
    assert await asyncio.gather(*waiting) == [True] * 3
    assert await hashing.run(int) == 0
    hashing.close()
