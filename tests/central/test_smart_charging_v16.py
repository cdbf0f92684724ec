"""Charging profiles to the letter of the first OCPP version and back, and composite schedules as chargers word them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from edge_csms.central.smart_charging_v16 import from_wire, to_wire
from edge_csms.domain.charging_profile import ChargingProfile, Kind, Period, Purpose, RateUnit, Recurrency, Which
from edge_csms.domain.composite_schedule import CompositePeriod
from edge_csms.ocpp import codec
from edge_csms.ocpp.v16.smart_charging import GetCompositeScheduleResponse
from edge_csms.simulator.charge_point import ChargePoint
from tests.running import RunningSite

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROFILE = ChargingProfile(
    purpose=Purpose.TX,
    kind=Kind.RECURRING,
    stack_level=2,
    unit=RateUnit.AMPS,
    periods=(Period(0, 16.1), Period(3600, 6.0, 1)),
    recurrency=Recurrency.WEEKLY,
    starts_at=NOW,
    duration_seconds=7200,
    min_rate=6.0,
    valid_from=NOW,
    valid_to=NOW + timedelta(days=9),
    charging_profile_id=4,
    wire_id="77",
)


async def words(site: RunningSite):
    async with ChargePoint(site.ocpp_url, "CP1"):
        return (await site.app.central.dialect("CP1")).smart_charging


def test_a_profile_is_worded_in_the_order_of_the_specification_and_read_back():
    assert codec.encode(to_wire(PROFILE)) == (
        b'{"chargingProfileId":4,"transactionId":77,"stackLevel":2,"chargingProfilePurpose":"TxProfile",'
        b'"chargingProfileKind":"Recurring","recurrencyKind":"Weekly","validFrom":"2026-11-24T12:00:00Z",'
        b'"validTo":"2026-12-03T12:00:00Z","chargingSchedule":{"duration":7200,"startSchedule":"2026-11-24T12:00:00Z",'
        b'"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":16.1},'
        b'{"startPeriod":3600,"limit":6.0,"numberPhases":1}],"minChargingRate":6.0}}'
    )
    assert from_wire(to_wire(PROFILE)) == PROFILE


def test_a_limit_leaves_with_one_decimal():
    noisy = replace(PROFILE, periods=(Period(0, 16.100000000000005),))
    assert b'"limit":16.1}' in codec.encode(to_wire(noisy))


async def test_the_other_wishes_are_worded_too(site: RunningSite):
    wishes = await words(site)
    assert codec.encode(wishes.clear(Which(4))) == b'{"id":4}'
    which = Which(connector_id=1, purpose=Purpose.TX_DEFAULT, stack_level=0)
    assert codec.encode(wishes.clear(which)) == (
        b'{"connectorId":1,"chargingProfilePurpose":"TxDefaultProfile","stackLevel":0}'
    )
    assert codec.encode(wishes.compose(1, 600, RateUnit.WATTS)) == (
        b'{"connectorId":1,"duration":600,"chargingRateUnit":"W"}'
    )


async def read(site: RunningSite, text: bytes):
    answer = codec.decode_answer(GetCompositeScheduleResponse, text).payload
    return (await words(site)).read_composite(answer, 600, NOW)


async def test_a_composite_schedule_is_read_as_far_as_it_has_meaning(site: RunningSite):
    found = await read(
        site,
        b'{"status":"Accepted","scheduleStart":"2026-11-24T11:00:00","chargingSchedule":{"chargingRateUnit":"W",'
        b'"chargingSchedulePeriod":[{"startPeriod":"300","limit":"1380"},{"startPeriod":0,"limit":2300,"numberPhases":1}]}}',
    )
    assert found is not None
    assert (found.unit, found.starts_at, found.duration_seconds) == (RateUnit.WATTS, NOW - timedelta(hours=1), 600)
    assert found.periods == (CompositePeriod(0, 2300.0, 1), CompositePeriod(300, 1380.0))


async def test_without_a_schedule_there_is_none(site: RunningSite):
    for text in (
        b"{}",
        b'{"status":"Rejected"}',
        b'{"status":"Accepted"}',
        b'{"status":"Accepted","chargingSchedule":{}}',
    ):
        assert await read(site, text) is None
