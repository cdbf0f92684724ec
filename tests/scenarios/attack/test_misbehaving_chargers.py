"""Chargers that never answer, answer late, twice or wrongly: the next command is not disturbed by it (R-26, R-27)."""

import asyncio
import json
import time
from typing import Any

import pytest

from tests.raw_charger import RawCharger
from tests.running import Answer, RunningSite

ACCEPTED = {"status": "Accepted"}


def command(site: RunningSite, identity: str = "CP1", action: str = "ClearCache") -> "asyncio.Task[Answer]":
    return asyncio.create_task(site.ask("POST", f"/api/v1/charge-points/{identity}/calls/{action}"))


async def obeys(site: RunningSite, charger: RawCharger, identity: str = "CP1") -> None:
    """Hold that a command reaches this connection, and its answer us."""
    sent = command(site, identity)
    charger.answer(await charger.next_call(), ACCEPTED)
    assert ((await sent).status, (await sent).json) == (200, ACCEPTED)


async def test_one_that_never_answers_delays_nobody_else_and_gets_a_new_connection(prompt_site: RunningSite) -> None:
    site = prompt_site  # waits half a second for an answer
    async with RawCharger(site.port) as mute, RawCharger(site.port, "CP2") as other:
        await mute.heartbeat()
        await other.heartbeat()
        for unanswered in (1, 2, 3):
            sent, begun = command(site), time.monotonic()
            await obeys(site, other, "CP2")
            assert time.monotonic() - begun < 2.5
            assert (await sent).status == 504
            if unanswered < 3:
                await mute.heartbeat()  # it is heard all the while
        await mute.closed()
        async with RawCharger(site.port) as again:
            await again.heartbeat()
            await obeys(site, again)


WRONG: dict[str, Any] = {
    "another id": [3, "another", ACCEPTED],
    "no payload": [3, "ID"],
    "a payload that is a list": [3, "ID", [ACCEPTED]],
    "a payload that is null": [3, "ID", None],
    "another type of message": [7, "ID", ACCEPTED],
    "a question instead": [2, "ID", "Heartbeat", {}],
    "numbers": [3, 7, 7],
    "an error that says nothing": [4, "ID"],
    "an error with odd members": [4, "ID", None, 7, "x"],
    "an answer of another operation": [3, "ID", {"currentTime": "2026-11-24T12:00:00Z"}],
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_answer_is_never_taken_for_that_to_the_next_command(
    prompt_site: RunningSite, answer: list[Any]
) -> None:
    async with RawCharger(prompt_site.port) as charger:
        await charger.heartbeat()
        sent = command(prompt_site)
        call = await charger.next_call()
        charger.send(json.dumps([call[1] if part == "ID" else part for part in answer]))
        assert (await sent).status in (200, 502, 504)
        await obeys(prompt_site, charger)
        await charger.heartbeat()


async def test_an_answer_that_comes_twice_or_late_counts_once(prompt_site: RunningSite) -> None:
    site = prompt_site
    async with RawCharger(site.port) as charger:
        await charger.heartbeat()
        twice = command(site)
        call = await charger.next_call()
        for _ in range(2):
            charger.answer(call, ACCEPTED)
        assert (await twice).json == ACCEPTED
        too_late = command(site)
        late = await charger.next_call()
        assert (await too_late).status == 504
        following = command(site)
        in_time = await charger.next_call()
        charger.answer(late, {"status": "Rejected"})
        charger.answer(in_time, ACCEPTED)
        assert (await following).json == ACCEPTED
        await obeys(site, charger)
