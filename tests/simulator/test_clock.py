"""The clock of a charge point."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.simulator.clock import Clock


async def test_waiting_is_sped_up_and_the_time_of_day_is_not() -> None:
    clock = Clock(speed=10_000.0)
    began, began_seconds = asyncio.get_running_loop().time(), clock.seconds()
    await clock.sleep(100)
    assert asyncio.get_running_loop().time() - began < 1
    assert clock.seconds() - began_seconds >= 99
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_new_speed_does_not_change_what_has_passed() -> None:
    clock = Clock()
    clock.speed = 1_000_000_000.0
    clock.speed = 1.0
    passed = clock.seconds()
    clock.speed = 60.0
    assert 0 <= clock.seconds() - passed < 60


def test_it_can_be_wrong_and_be_set_right() -> None:
    clock = Clock()
    clock.offset = timedelta(days=-365)
    assert clock.now() < datetime.now(UTC) - timedelta(days=364)
    clock.set(datetime.now(UTC))
    assert clock.text()[:15] == datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")[:15]


def test_time_does_not_stand_still() -> None:
    with pytest.raises(ValueError):
        Clock(speed=0)
