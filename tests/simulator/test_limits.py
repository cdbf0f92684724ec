"""The limit of a connector: hardware, profiles, and its share of the whole."""

from datetime import UTC, datetime

from edge_csms.ocpp.v16.types import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from edge_csms.simulator import limits
from edge_csms.simulator.charge_point import ChargePoint
from edge_csms.simulator.schedules import Limit
from edge_csms.simulator.transaction import Transaction

NOW = datetime(2031, 1, 6, 12, 0, tzinfo=UTC)


def cap(amps: float) -> ChargingProfile:
    return ChargingProfile(
        charging_profile_id=1,
        stack_level=0,
        charging_profile_purpose="ChargePointMaxProfile",
        charging_profile_kind="Relative",
        charging_schedule=ChargingSchedule(
            charging_rate_unit="A", charging_schedule_period=[ChargingSchedulePeriod(start_period=0, limit=amps)]
        ),
    )


async def test_the_hardware_is_the_limit_where_nothing_else_is() -> None:
    charge_point = ChargePoint("ws://box", "CP1", connectors=2)
    assert limits.of(charge_point, charge_point.connectors[1], NOW) == Limit(32.0, 3)
    assert limits.of(charge_point, charge_point.main, NOW) == Limit(64.0, 3)


async def test_those_who_charge_share_the_cap() -> None:
    charge_point = ChargePoint("ws://box", "CP1", connectors=2)
    charge_point.charging_profiles.install(0, cap(20.0), NOW, None)
    assert limits.of(charge_point, charge_point.main, NOW) == Limit(20.0, 3)
    for connector in charge_point.connectors.values():
        connector.transaction = Transaction(
            connector_id=connector.connector_id, id_tag="TAG1", meter_start_wh=0, started_at=NOW
        )
    assert limits.of(charge_point, charge_point.connectors[2], NOW) == Limit(10.0, 3)
