"""What the test cases begin with: a central system that knows some cards."""

from typing import Any

import pytest
from tornado.ioloop import IOLoop

from tests.conftest import StartSite
from tests.running import RunningSite

CARDS: list[dict[str, Any]] = [
    {"id_tag": "VALID"},
    {"id_tag": "OTHER"},
    {"id_tag": "EXPIRED", "expires_at": "2026-01-01T00:00:00Z"},
    {"id_tag": "BLOCKED", "blocked": True},
    {"id_tag": "MEMBER1", "parent_id_tag": "GROUP"},
    {"id_tag": "MEMBER2", "parent_id_tag": "GROUP"},
]


@pytest.fixture(params=["tolerant", "strict"])
def csms(io_loop: IOLoop, start_site: StartSite, request: pytest.FixtureRequest) -> RunningSite:
    """Give the central system, of either mode; INVALID is a card that it doesn't know."""
    site = start_site(new_charge_points="accept", hold_after_boot_seconds=0.0, validation=request.param)

    async def enter_cards() -> None:
        for card in CARDS:
            assert (await site.ask("POST", "/api/v1/id-tags", card)).status == 201

    io_loop.run_sync(enter_cards)
    return site
