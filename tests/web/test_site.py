"""What the site is and how it is; what needs no login; and names that are not ours."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms import VERSION
from edge_csms.config.settings import Site
from tests.conftest import StartSite
from tests.running import RunningSite


@pytest.fixture
def named_site(start_site: StartSite) -> RunningSite:
    return start_site(site=Site(name="Tiefgarage Süd", timezone="Europe/Berlin"))


async def test_the_site_says_what_it_is(named_site: RunningSite) -> None:
    shown = await named_site.get("/api/v1/site")
    assert (shown["name"], shown["timezone"], shown["version"]) == ("Tiefgarage Süd", "Europe/Berlin", VERSION)
    assert shown["ocpp_urls"] == [named_site.ocpp_url]
    assert shown["storage"]["state"] == "ok"
    assert shown["clock_in_doubt"] is False
    assert datetime.now(UTC) - datetime.fromisoformat(shown["time"]) < timedelta(seconds=5)
    assert (await named_site.ask("GET", "/api/v1/site", role=None)).status == 401


async def test_health_and_readiness_need_no_login(site: RunningSite) -> None:
    answer = await site.ask("GET", "/healthz", role=None)
    assert (answer.status, answer.json["status"]) == (200, "ok")
    answer = await site.ask("GET", "/readyz", role=None)
    assert answer.status == 200
    parts = {part["name"]: part["state"] for part in answer.json["parts"]}
    assert parts["storage"] == "ok"
    assert {"liveness", "boot data", "expiry"} <= parts.keys()
    assert set(parts.values()) == {"ok"}


async def test_who_waits_for_a_new_start_can_tell_it_from_the_old_one(site: RunningSite) -> None:
    first = (await site.ask("GET", "/healthz", role=None)).json["run"]
    assert (await site.ask("GET", "/healthz", role=None)).json["run"] == first
    await site.stop()
    await site.start()
    assert (await site.ask("GET", "/healthz", role=None)).json["run"] != first
