"""The ways in which a limit is said to chargers that differ; what they do with it is in the scenarios."""

import asyncio

import pytest

from edge_csms.domain.errors import Invalid, Offline
from edge_csms.domain.events import ChargePointDisconnected as Disconnected
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite


async def profiles(site: RunningSite, answers: dict[str, str], connectors: int = 2, **limit: object):
    """Set a limit on a charger that rejects all, and give what was tried: connector, purpose, unit, limit."""
    async with ChargePoint(site.ocpp_url, "CP1", connectors=connectors) as charge_point:
        await charge_point.report_all()
        for name, value in answers.items():
            charge_point.configuration.set(name, value)
        charge_point.behaviour.answers["SetChargingProfile"] = {"status": "Rejected"}
        await site.ask("PUT", "/api/v1/charge-points/CP1/limit", limit)
        calls = [call.payload for call in charge_point.received.of("SetChargingProfile")]
    found = []
    for call in calls:
        profile = call["csChargingProfiles"]
        schedule = profile["chargingSchedule"]
        [period] = schedule["chargingSchedulePeriod"]
        found.append(
            (call["connectorId"], profile["chargingProfilePurpose"], schedule["chargingRateUnit"], period["limit"])
        )
    return found


LEVEL_0 = {"ChargeProfileMaxStackLevel": "0"}


async def test_the_whole_charge_point_has_a_cap_or_a_default_for_each_connector(site: RunningSite) -> None:
    assert await profiles(site, LEVEL_0, limit_amps=20) == [
        (0, "ChargePointMaxProfile", "A", 20),
        (0, "TxDefaultProfile", "A", 10),
    ]


async def test_a_connector_of_several_has_no_cap_of_its_own(site: RunningSite) -> None:
    assert await profiles(site, LEVEL_0, limit_amps=20, connector_id=2) == [(2, "TxDefaultProfile", "A", 20)]


async def test_the_only_connector_is_the_whole_charge_point(site: RunningSite) -> None:
    assert await profiles(site, LEVEL_0, connectors=1, limit_amps=20, connector_id=1) == [
        (0, "ChargePointMaxProfile", "A", 20),
        (1, "TxDefaultProfile", "A", 20),
    ]


async def test_without_a_word_on_units_both_are_tried(site: RunningSite) -> None:
    silent = LEVEL_0 | {"ChargingScheduleAllowedChargingRateUnit": ""}
    tried = await profiles(site, silent, limit_amps=10, connector_id=2)
    assert tried == [(2, "TxDefaultProfile", "A", 10), (2, "TxDefaultProfile", "W", 6900)]


async def test_what_can_not_be_a_limit_is_refused(site: RunningSite) -> None:
    async with ChargePoint(site.ocpp_url, "CP1") as charge_point:
        await charge_point.heartbeat()
        with pytest.raises(Invalid):
            await site.app.central.set_limit("CP1", 0, -1.0)
        gone = asyncio.get_running_loop().create_future()
        site.app.bus.subscribe(lambda event: gone.set_result(None) if isinstance(event, Disconnected) else None)
    await asyncio.wait_for(gone, 10)
    with pytest.raises(Offline):
        await site.app.central.set_limit("CP1", 0, 10.0)
