"""The box's clock over REST: a doubt is shown, and a technician may end it by vouching for the clock."""

import time
from datetime import datetime, timedelta

import pytest

from edge_csms.domain.roles import Role
from tests.running import RunningSite

YEARS = timedelta(days=3 * 365)


@pytest.fixture
def ahead(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """Let the box's clock be set three years ahead while the site runs."""
    site.app.clock.now()
    monkeypatch.setattr(site.app.clock, "_box", lambda: time.time() + YEARS.total_seconds())
    return YEARS


async def test_a_clock_that_is_right_is_shown_as_it_is(site: RunningSite) -> None:
    shown = await site.get("/api/v1/site/clock")
    assert shown["doubt"] is None
    assert datetime.fromisoformat(shown["shows"]) - datetime.fromisoformat(shown["time"]) < timedelta(seconds=1)


async def test_a_doubt_is_shown_everywhere_until_a_technician_vouches_for_the_clock(
    site: RunningSite, ahead: timedelta
) -> None:
    shown = await site.get("/api/v1/site/clock")
    assert shown["doubt"] == "set"
    assert datetime.fromisoformat(shown["shows"]) - datetime.fromisoformat(shown["time"]) > YEARS / 2
    facts = await site.get("/api/v1/site")
    assert (facts["clock_in_doubt"], facts["clock_doubt"]) == (True, "set")
    ready = await site.ask("GET", "/readyz", role=None)
    assert ready.status == 200  # chargers are served all the same
    state = {part["name"]: part["state"] for part in ready.json["parts"]}["clock"]
    assert "say so on the admin page" in state

    assert (await site.ask("POST", "/api/v1/site/clock/trust", role=Role.VIEWER)).status == 403
    answer = await site.ask("POST", "/api/v1/site/clock/trust", role=Role.TECHNICIAN)
    assert (answer.status, answer.json["doubt"]) == (200, None)
    assert (await site.get("/api/v1/site"))["clock_in_doubt"] is False
    entry = (await site.get("/api/v1/audit?action=clock.trust"))["items"][0]
    assert entry["username"] == "the-technician"
    assert entry["details"].startswith("from 20")


async def test_a_clock_that_stands_in_1970_cannot_be_vouched_for(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.app.clock, "_box", lambda: 0.0)
    answer = await site.ask("POST", "/api/v1/site/clock/trust")
    assert answer.status == 409
    assert "set it first" in answer.json["detail"]
