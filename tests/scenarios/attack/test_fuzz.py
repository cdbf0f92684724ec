"""Thousands of frames of a real charger, spoilt in every way by a fixed seed (R-24)."""

import logging
import random

import pytest

from tests.raw_charger import BINARY, TEXT, RawCharger
from tests.running import RunningSite
from tests.scenarios.attack.frames import mutated, real_frames
from tests.scenarios.attack.pages import every_page_renders
from tests.torture.rounds import size

SEED = 20261124
FRAMES = size(5_000, 100_000)
AT_ONCE = 50  # sent before we wait for an answer, fewer than a charger may have in the queue


@pytest.mark.timeout(seconds=size(120, 3600))
async def test_spoilt_frames_bring_no_error_and_no_end(site: RunningSite, caplog: pytest.LogCaptureFixture) -> None:
    chance, frames = random.Random(SEED), real_frames()
    caplog.set_level(logging.WARNING)
    async with RawCharger(site.port) as charger:
        for _ in range(FRAMES // AT_ONCE):
            for _ in range(AT_ONCE):
                text = mutated(chance, chance.choice(frames))
                charger.send_frame(chance.choice((TEXT, TEXT, TEXT, BINARY)), text.encode("utf-8", "surrogatepass"))
            await charger.heartbeat()
        assert charger.is_open
    await every_page_renders(site)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
