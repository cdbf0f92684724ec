"""Profiles that are installed together."""

from datetime import UTC, datetime
from typing import Any

import pytest

from edge_csms.ocpp.v16.smart_charging import ClearChargingProfile
from edge_csms.ocpp.v16.types import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from edge_csms.simulator.charging_profiles import ChargingProfiles
from edge_csms.simulator.configuration import of_a_wallbox
from edge_csms.simulator.schedules import Limit
from edge_csms.simulator.transaction import Transaction

NOW = datetime(2031, 1, 6, 12, 0, tzinfo=UTC)
TRANSACTION = Transaction(connector_id=1, id_tag="TAG1", meter_start_wh=0, started_at=NOW, transaction_id=7)


def profile(number: int, limit: float, purpose: Any = "TxDefaultProfile", **changes: Any) -> ChargingProfile:
    fields: dict[str, Any] = {"stack_level": 0, "charging_profile_kind": "Relative", **changes}
    return ChargingProfile(
        charging_profile_id=number,
        charging_profile_purpose=purpose,
        charging_schedule=ChargingSchedule(
            charging_rate_unit="A",
            charging_schedule_period=[ChargingSchedulePeriod(start_period=0, limit=limit)],
        ),
        **fields,
    )


@pytest.fixture
def profiles() -> ChargingProfiles:
    return ChargingProfiles(of_a_wallbox(1, 0))


def amps(profiles: ChargingProfiles, transaction: Transaction | None = TRANSACTION) -> float | None:
    limit = profiles.limit(1, NOW, transaction)
    return limit.amps if limit else None


def test_more_special_profiles_stand_over_more_general_ones(profiles: ChargingProfiles) -> None:
    assert amps(profiles) is None
    profiles.install(0, profile(1, 20.0), NOW, None)
    assert amps(profiles) == 20.0
    profiles.install(1, profile(2, 18.0), NOW, None)
    assert amps(profiles) == 18.0
    profiles.install(1, profile(3, 10.0, stack_level=5), NOW, None)
    assert amps(profiles) == 10.0
    profiles.install(1, profile(4, 25.0, "TxProfile"), NOW, TRANSACTION)
    assert amps(profiles) == 25.0
    assert amps(profiles, None) == 10.0


def test_the_cap_is_kept_apart(profiles: ChargingProfiles) -> None:
    profiles.install(0, profile(1, 63.0, "ChargePointMaxProfile"), NOW, None)
    assert profiles.cap(NOW) == Limit(63.0, 3)
    assert amps(profiles) is None


def test_the_same_id_or_place_replaces(profiles: ChargingProfiles) -> None:
    profiles.install(1, profile(1, 10.0), NOW, None)
    profiles.install(1, profile(2, 11.0), NOW, None)
    profiles.install(1, profile(2, 12.0, stack_level=1), NOW, None)
    assert len(profiles) == 1
    assert amps(profiles) == 12.0


def test_a_profile_of_another_transaction_is_not_taken(profiles: ChargingProfiles) -> None:
    assert not profiles.install(1, profile(1, 10.0, "TxProfile", transaction_id=8), NOW, TRANSACTION)
    assert profiles.install(1, profile(1, 10.0, "TxProfile", transaction_id=7), NOW, TRANSACTION)


def test_there_is_room_for_so_many(profiles: ChargingProfiles) -> None:
    taken = [profiles.install(level % 9 + 1, profile(level, 10.0), NOW, None) for level in range(40)]
    assert taken.count(True) == 40  # nine places, taken again and again
    settings = of_a_wallbox(1, 0)
    settings.set("MaxChargingProfilesInstalled", "1")
    small = ChargingProfiles(settings)
    assert [small.install(each, profile(each, 10.0), NOW, None) for each in (1, 2)] == [True, False]


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (ClearChargingProfile(charging_profile_id=1), 2),
        (ClearChargingProfile(connector_id=1), 1),
        (ClearChargingProfile(charging_profile_purpose="ChargePointMaxProfile"), 2),
        (ClearChargingProfile(connector_id=1, stack_level=3), 2),
        (ClearChargingProfile(stack_level=9), 3),
        (ClearChargingProfile(), 0),
    ],
)
def test_profiles_are_cleared_by_what_matches(profiles: ChargingProfiles, which: Any, left: int) -> None:
    profiles.install(1, profile(1, 10.0), NOW, None)
    profiles.install(1, profile(2, 10.0, stack_level=3), NOW, None)
    profiles.install(0, profile(3, 10.0, "ChargePointMaxProfile"), NOW, None)
    assert profiles.clear(which) == (left < 3)
    assert len(profiles) == left
