"""The limit of one charging profile over time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.ocpp.v16.types import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from edge_csms.simulator.schedules import Limit, changes, limit_at

BEGIN = datetime(2031, 1, 6, 12, 0, tzinfo=UTC)
NOON = "2031-01-06T12:00:00Z"


def profile(
    *, unit: Any = "A", start: str | None = None, duration: int | None = None, phases: int | None = None, **changes: Any
) -> ChargingProfile:
    periods = [
        ChargingSchedulePeriod(start_period=0, limit=16.0, number_phases=phases),
        ChargingSchedulePeriod(start_period=3600, limit=8.0, number_phases=phases),
    ]
    fields: dict[str, Any] = {
        "charging_profile_id": 1,
        "stack_level": 0,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Relative",
        **changes,
    }
    schedule = ChargingSchedule(
        duration=duration, start_schedule=start, charging_rate_unit=unit, charging_schedule_period=periods
    )
    return ChargingProfile(**fields, charging_schedule=schedule)


def amps(which: ChargingProfile, minutes: float) -> float | None:
    limit = limit_at(which, BEGIN + timedelta(minutes=minutes), BEGIN)
    return limit.amps if limit else None


def test_a_relative_one_begins_with_its_transaction() -> None:
    assert [amps(profile(), minutes) for minutes in (-1, 0, 59, 60, 9999)] == [None, 16.0, 16.0, 8.0, 8.0]


def test_an_absolute_one_begins_at_its_own_time() -> None:
    late = profile(charging_profile_kind="Absolute", start="2031-01-06T13:00:00Z")
    assert [amps(late, minutes) for minutes in (0, 60, 120)] == [None, 16.0, 8.0]


def test_it_ends_after_its_duration() -> None:
    assert [amps(profile(duration=5400), minutes) for minutes in (89, 90)] == [8.0, None]


def test_it_holds_only_while_it_is_valid() -> None:
    valid = profile(valid_from="2031-01-06T12:10:00Z", valid_to="2031-01-06T12:20:00Z")
    assert [amps(valid, minutes) for minutes in (9, 10, 19, 20)] == [None, 16.0, 16.0, None]


def test_a_recurring_one_begins_again() -> None:
    daily = profile(charging_profile_kind="Recurring", recurrency_kind="Daily", start=NOON, duration=7200)
    day = 24 * 60
    assert [amps(daily, minutes) for minutes in (-1, 0, 60, 120, day, day + 60, day + 120)] == [
        None,
        16.0,
        8.0,
        None,
        16.0,
        8.0,
        None,
    ]


@pytest.mark.parametrize(("phases", "expected"), [(None, 16.0 / 690), (1, 16.0 / 230)])
def test_watts_are_shared_by_the_phases(phases: int | None, expected: float) -> None:
    limit = limit_at(profile(unit="W", phases=phases), BEGIN, BEGIN)
    assert limit == Limit(pytest.approx(expected), phases or 3)


def test_of_two_limits_the_lower_holds() -> None:
    assert Limit(16.0, 1).lower(Limit(10.0, 3)) == Limit(10.0, 1)
    assert Limit(16.0).lower(None) == Limit(16.0)


def test_the_times_at_which_it_changes_are_known() -> None:
    daily = profile(charging_profile_kind="Recurring", recurrency_kind="Daily", start=NOON, duration=7200)
    last = BEGIN + timedelta(days=1, hours=1)
    hours = [(each - BEGIN).total_seconds() / 3600 for each in changes(daily, BEGIN, BEGIN, last)]
    assert hours == [1.0, 2.0, 24.0]
