"""The chargers of the benchmark notice every answer that isn't right."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from bench import charger, messages
from bench.charger import Script
from bench.load import Load, Target
from bench.watch import Phase

BOOTED = {"status": "Accepted", "currentTime": "2026-11-24T12:00:00Z", "interval": 300}
ALIVE = {"currentTime": "2026-11-24T12:00:00Z"}
Answers = Callable[[str, Any], Any]


@asynccontextmanager
async def central_system(answer: Answers, stall_seconds: float = 0.0) -> AsyncIterator[int]:
    """Serve on a port; `answer` gives the frame that answers a frame, None to hang up instead."""
    stalled = False

    async def serve(connection: websockets.ServerConnection) -> None:
        nonlocal stalled
        async for text in connection:
            frame = json.loads(text)
            boots = frame[2] == "BootNotification"
            if not boots and not stalled:
                await asyncio.sleep(stall_seconds)
                stalled = True
            reply = [3, frame[1], BOOTED] if boots else answer(frame[1], frame[2])
            if reply is None:
                return
            await connection.send(json.dumps(reply))

    async with websockets.serve(serve, "127.0.0.1", 0, subprotocols=[websockets.Subprotocol("ocpp1.6")]) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def one_heartbeat(answer: Answers) -> Phase:
    """Let a charger boot and send one Heartbeat to a central system that answers so."""
    async with central_system(answer) as port:
        load = await opened(port)
        phase = await load.play("heartbeat", [one(messages.HEARTBEAT)])
        load.hang_up()
        return phase


def one(call: messages.Call) -> Script:
    yield call


async def opened(port: int) -> Load:
    """Let a charger boot."""
    load = Load(Target(os.getpid(), port, "/{identity}"), ["CP1"], rest_seconds=0)
    assert (await load.storm()).faults == {}
    return load


async def test_a_right_answer_counts() -> None:
    phase = await one_heartbeat(lambda number, action: [3, number, ALIVE])
    assert (phase.calls, phase.faults) == (1, {})


@pytest.mark.parametrize(
    "answer",
    [
        lambda number, action: [3, number, {}],
        lambda number, action: [3, number, []],
        lambda number, action: [4, number, "InternalError", "", {}],
    ],
)
async def test_a_wrong_answer_is_a_fault(answer: Answers) -> None:
    phase = await one_heartbeat(answer)
    assert (phase.calls, sum(phase.faults.values())) == (0, 1)
    assert next(iter(phase.faults)).startswith("Heartbeat: ")


@pytest.mark.parametrize(
    ("action", "right", "wrong"),
    [
        ("StatusNotification", {}, {"status": "Accepted"}),
        ("Authorize", {"idTagInfo": {"status": "Accepted"}}, {"idTagInfo": {"status": "Blocked"}}),
        (
            "StartTransaction",
            {"idTagInfo": {"status": "Accepted"}, "transactionId": 7},
            {"idTagInfo": {"status": "Accepted"}, "transactionId": "7"},
        ),
        ("StopTransaction", {}, {"idTagInfo": {"status": "Invalid"}}),
        ("BootNotification", BOOTED, BOOTED | {"status": "Pending"}),
    ],
)
def test_every_action_has_its_right_answer(action: str, right: Any, wrong: Any) -> None:
    assert messages.is_right(action, right)
    assert not messages.is_right(action, wrong)
    assert not messages.is_right(action, None)


async def test_in_the_open_loop_a_stall_shows_in_every_call_that_came_due_meanwhile() -> None:
    async with central_system(lambda number, action: [3, number, ALIVE], stall_seconds=0.3) as port:
        load = await opened(port)
        phase = await load.open("open", charger.heartbeats, seconds=0.4, per_second=100)
        load.hang_up()
    assert (phase.calls, phase.faults) == (40, {})
    assert phase.longest > 300
    assert phase.p50 > 50  # the tenth CALL came due 100 ms after the first, and waited 200 ms


async def test_a_connection_that_ends_is_a_fault() -> None:
    phase = await one_heartbeat(lambda number, action: None)
    assert (phase.calls, phase.faults) == (0, {"connection lost": 1})
