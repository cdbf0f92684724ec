"""How much parts log is changed while the server runs, for a while, and by administrators alone."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from edge_csms.domain.roles import Role
from edge_csms.web.log_levels import PARTS, LogLevels
from edge_csms.web.parts import utc_now
from tests.running import RunningSite

PATH = "/api/v1/log-levels"


@pytest.fixture(autouse=True)
def levels_of_before() -> Iterator[None]:
    yield
    for name in ("edge_csms", *(f"edge_csms.{part}" for part in PARTS)):
        logging.getLogger(name).setLevel(logging.NOTSET)


def level(part: str) -> str:
    return logging.getLevelName(logging.getLogger(f"edge_csms.{part}.module").getEffectiveLevel())


async def test_a_part_logs_more_and_the_others_as_configured(site: RunningSite) -> None:
    assert await site.get(PATH) == {"default": "info", "levels": {}, "until": None}
    answer = await site.ask("PUT", PATH, {"levels": {"central": "debug"}})
    assert (answer.status, answer.json["levels"]) == (200, {"central": "debug"})
    assert answer.json["until"] is not None
    assert (level("central"), level("web")) == ("DEBUG", "INFO")
    answer = await site.ask("PUT", PATH, {"levels": {"web": "error"}, "minutes": None})
    assert answer.json == {"default": "info", "levels": {"web": "error"}, "until": None}
    assert (level("central"), level("web")) == ("INFO", "ERROR")
    await site.ask("PATCH", "/api/v1/settings", {"values": {"log.level": "warning"}})
    assert (level("central"), level("web")) == ("WARNING", "ERROR")
    entry = (await site.get("/api/v1/audit?action=log_levels.set"))["items"][0]
    assert (entry["subject"], entry["details"]) == ("web error", "until the next start")


async def test_it_ends_by_itself() -> None:
    levels = LogLevels(utc_now)
    levels.use("info")
    levels.set({"web": "debug"}, 0.01)
    assert level("web") == "DEBUG"
    async with asyncio.timeout(5):
        while levels.levels:
            await asyncio.sleep(0.005)
    assert (level("web"), levels.until) == ("INFO", None)


async def test_it_ends_with_the_process(site: RunningSite) -> None:
    await site.ask("PUT", PATH, {"levels": {"central": "debug"}})
    await site.stop()
    await site.start()
    assert (await site.get(PATH))["levels"] == {}
    assert level("central") == "INFO"


async def test_only_administrators_set_it_and_only_what_there_is(site: RunningSite) -> None:
    assert (await site.ask("PUT", PATH, {"levels": {}}, role=Role.TECHNICIAN)).status == 403
    assert (await site.ask("PUT", PATH, {"levels": {"kernel": "debug"}})).status == 400
    assert (await site.ask("PUT", PATH, {"levels": {"web": "loud"}})).status == 400
