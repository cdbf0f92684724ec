"""What is asked before and around sending a local list; what becomes of it is in the scenarios."""

import asyncio

import pytest

from edge_csms.central import local_auth_list as commands
from edge_csms.domain.errors import NotFound
from edge_csms.ocpp.errors import InternalError
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


async def send(site: RunningSite, *, full: bool = False) -> None:
    await commands.send(site.app.central, site.app.database, "CP1", full=full)


async def test_what_it_takes_and_which_version_it_has_is_asked_before_the_first_list(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await send(site, full=True)
        await send(site, full=True)
        actions = [call.action for call in charge_point.received if call.action != "GetConfiguration"]
        assert actions == [
            "GetLocalListVersion",
            *("SendLocalList", "GetLocalListVersion"),
            *("SendLocalList", "GetLocalListVersion"),
        ]
        asked = [name for call in charge_point.received.of("GetConfiguration") for name in call.payload["key"]]
        assert len(asked) == len(set(asked))


async def test_a_charger_that_does_not_say_what_it_takes_or_has_gets_its_list_all_the_same(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        for action in ("GetConfiguration", "GetLocalListVersion"):
            charge_point.behaviour.answers[action] = InternalError("no")
        await send(site, full=True)
        assert len(charge_point.received.of("SendLocalList")) == 1


async def test_two_at_once_go_one_after_the_other(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        await asyncio.gather(send(site, full=True), send(site, full=True))
        versions = [call.payload["listVersion"] for call in charge_point.received.of("SendLocalList")]
        assert versions == [1, 2]


async def test_an_unknown_charge_point_is_said_to_be_so(site: RunningSite) -> None:
    with pytest.raises(NotFound):
        await send(site)
