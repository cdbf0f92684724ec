"""What is asked of a charge point before it gets a charging profile."""

import pytest

from edge_csms.central import smart_charging
from edge_csms.domain.charging_profile import Capabilities, RateUnit
from edge_csms.domain.errors import NotFound
from edge_csms.ocpp.errors import InternalError
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


async def learn(site: RunningSite) -> Capabilities:
    return (await smart_charging.learn(site.app.central, site.app.database, "CP1"))[1]


async def switch(site: RunningSite, name: str, value: object) -> None:
    answer = await site.ask("PUT", f"/api/v1/charge-points/CP1/quirks/{name}", {"value": value})
    assert answer.status == 200, answer.body


async def test_what_it_takes_is_asked_once(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        for _ in range(2):
            assert await learn(site) == Capabilities(10, 24, frozenset(RateUnit))
        [call] = charge_point.received.of("GetConfiguration")
        assert len(call.payload["key"]) <= 4  # one make takes no more at once


async def test_one_that_does_not_say_is_taken_as_it_is(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        charge_point.behaviour.answers["GetConfiguration"] = InternalError("no")
        assert await learn(site) == Capabilities()


async def test_what_is_known_of_its_make_counts_more_than_its_settings(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await switch(site, "max_stack_level", 3)
        await switch(site, "limit_unit", "W")
        assert await learn(site) == Capabilities(3, 24, frozenset({RateUnit.WATTS}))


async def test_one_that_must_not_be_asked_is_not(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await switch(site, "no_set_up", True)
        assert await learn(site) == Capabilities()
        assert charge_point.received.of("GetConfiguration") == []


async def test_an_unknown_charge_point_is_said_to_be_so(site: RunningSite) -> None:
    with pytest.raises(NotFound):
        await learn(site)
