"""The site's limit over REST."""

import pytest

from edge_csms.domain.roles import Role
from tests.running import RunningSite

PATH = "/api/v1/site/limit"


async def test_the_limit_is_set_by_administrators_and_seen_by_all(site: RunningSite) -> None:
    limit = {"limit_amps": 63, "limit_kw": None}
    assert (await site.ask("PUT", PATH, limit, role=Role.TECHNICIAN)).status == 403
    assert (await site.get(PATH))["power_w"] is None
    assert (await site.ask("PUT", PATH, limit)).json == {"limit_amps": 63, "limit_kw": None, "power_w": 43470}
    assert (await site.ask("GET", PATH, role=Role.VIEWER)).json["power_w"] == 43470
    [entry] = [one for one in (await site.get("/api/v1/audit"))["items"] if one["action"] == "site.limit"]
    assert entry["details"] == "limit_amps=63.0 limit_kw=None"


@pytest.mark.parametrize("limit", [{"limit_amps": 0, "limit_kw": None}, {"limit_amps": None, "limit_kw": "much"}, {}])
async def test_a_limit_that_is_none_is_refused(site: RunningSite, limit: dict[str, object]) -> None:
    assert (await site.ask("PUT", PATH, limit)).status == 400
