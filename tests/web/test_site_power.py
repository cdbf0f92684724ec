"""The site's load chart over REST."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.roles import Role
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

PATH = "/api/v1/site/power"


async def test_the_load_of_the_day_is_told_in_steps_that_are_over(site: RunningSite) -> None:
    now = datetime.now(UTC)
    half_an_hour_ago = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) - timedelta(minutes=30)
    charge_point = ChargePoint(site.ocpp_url, "CP1")
    await charge_point.connect()
    await charge_point.boot()
    start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": half_an_hour_ago.isoformat()}
    started = await charge_point.call_raw("StartTransaction", start)
    stop = {"meterStop": 2750, "timestamp": (half_an_hour_ago + timedelta(minutes=15)).isoformat()}
    await charge_point.call_raw("StopTransaction", stop | {"transactionId": started["transactionId"]})
    await charge_point.close()
    power = (await site.ask("GET", PATH, role=Role.VIEWER)).json
    assert power["step_seconds"] == 900
    *earlier, charged, quiet, running = power["items"]
    assert charged["at"] == half_an_hour_ago.isoformat().replace("+00:00", "Z")
    assert (charged["power_w"], quiet["power_w"], running["power_w"]) == (11000, 0, None)
    assert {one["power_w"] for one in earlier} == {0}
    assert len(earlier) in range(94, 97)


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-20T00:00:00Z&to=2026-11-23T00:00:00Z",
        "from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z",
        "from=9999-12-31T23:59:59Z",
        "to=0001-01-01T00:00:00Z",
        "from=0001-01-01T00:00:00Z&to=0001-01-01T01:00:00Z",
        "from=9999-12-31T23:00:00Z&to=9999-12-31T23:59:59Z",
        "step_seconds=1",
        "from=yesterday",
    ],
)
async def test_what_is_too_much_or_makes_no_sense_is_refused(site: RunningSite, query: str) -> None:
    assert (await site.ask("GET", f"{PATH}?{query}")).status == 400
