"""The log of received CALLs."""

import asyncio

import pytest

from edge_csms.simulator.received import ReceivedCall, ReceivedCalls


def call(action: str, number: int = 0) -> ReceivedCall:
    return ReceivedCall(action, {"number": number}, str(number))


async def test_each_call_is_returned_once_in_order() -> None:
    calls = ReceivedCalls()
    for each in (call("Reset", 1), call("ClearCache", 2), call("Reset", 3)):
        calls.add(each)
    assert [(await calls.next("Reset", 1)).payload["number"] for _ in range(2)] == [1, 3]
    with pytest.raises(TimeoutError):
        await calls.next("Reset", 0.01)
    assert [each.payload["number"] for each in calls.of("Reset")] == [1, 3]


async def test_waiting_ends_with_the_arrival() -> None:
    calls = ReceivedCalls()
    waiting = [asyncio.ensure_future(calls.next(action, 5)) for action in ("Reset", "ClearCache")]
    await asyncio.sleep(0)
    calls.add(call("ClearCache"))
    calls.add(call("Reset"))
    assert [each.action for each in await asyncio.gather(*waiting)] == ["Reset", "ClearCache"]
