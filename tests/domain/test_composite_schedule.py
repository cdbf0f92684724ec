"""What charging profiles come to together: stacking, capping, recurring, and never above what applies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_csms.domain.charging_profile import (
    NOMINAL_VOLTS,
    ChargingProfile,
    Kind,
    Period,
    Purpose,
    RateUnit,
    Recurrency,
)
from edge_csms.domain.composite_schedule import (
    Composite,
    CompositePeriod,
    InstalledProfile,
    OpenTransaction,
    compose,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = 3600
BEFORE = NOON - timedelta(hours=1)
CHARGING = OpenTransaction("7", BEFORE, "GUEST")


def installed(purpose: Purpose, limit: float = 16.0, connector_id: int = 1, **fields: Any) -> InstalledProfile:
    fields.setdefault("periods", (Period(0, limit),))
    if purpose is Purpose.CHARGE_POINT_MAX:
        connector_id = 0
    return InstalledProfile(connector_id, ChargingProfile(purpose=purpose, **fields), BEFORE)


def default(limit: float = 16.0, connector_id: int = 1, **fields: Any) -> InstalledProfile:
    return installed(Purpose.TX_DEFAULT, limit, connector_id, **fields)


def cap(limit: float, **fields: Any) -> InstalledProfile:
    return installed(Purpose.CHARGE_POINT_MAX, limit, **fields)


def tx(limit: float, **fields: Any) -> InstalledProfile:
    return installed(Purpose.TX, limit, **{"wire_id": "7", **fields})


def limits(*profiles: InstalledProfile, **asked: Any) -> list[tuple[int, float | None]]:
    asked = {
        "connector_id": 1,
        "starts_at": NOON,
        "duration_seconds": 4 * HOUR,
        "unit": RateUnit.AMPS,
        "transaction": CHARGING,
    } | asked
    return [(one.start_seconds, one.limit) for one in compose(profiles, **asked).periods]


def test_without_profiles_nothing_limits() -> None:
    assert limits() == [(0, None)]


def test_a_profile_limits_its_own_connector_and_one_for_all_limits_each() -> None:
    assert limits(default(10, connector_id=2)) == [(0, None)]
    assert limits(default(10, connector_id=0)) == [(0, 10)]
    assert limits(default(10, connector_id=0), default(20)) == [(0, 20)]


def test_the_higher_stack_level_leads_while_it_says_something() -> None:
    short = default(20, stack_level=3, starts_at=NOON, duration_seconds=HOUR)
    assert limits(default(10, stack_level=1), short) == [(0, 20), (HOUR, 10)]


def test_a_profile_of_the_transaction_leads_over_any_default() -> None:
    assert limits(default(10, stack_level=9), tx(20, stack_level=0)) == [(0, 20)]
    assert limits(default(10), tx(20, starts_at=NOON, duration_seconds=HOUR)) == [(0, 20), (HOUR, 10)]


def test_a_profile_of_another_transaction_means_nothing() -> None:
    assert limits(default(10), tx(20, wire_id="8")) == [(0, 10)]
    assert limits(default(10), tx(20), transaction=None) == [(0, 10)]


@pytest.mark.parametrize(
    ("changes", "applies"),
    [
        ({}, True),
        ({"id_tag": "guest"}, True),
        ({"id_tag": "OTHER"}, False),
        ({"installed_at": BEFORE + timedelta(minutes=4)}, True),
        ({"installed_at": BEFORE + timedelta(minutes=6)}, False),
    ],
)
def test_a_profile_that_came_with_a_remote_start_waits_for_its_transaction(changes: Any, applies: bool) -> None:
    waiting = replace(tx(20, wire_id=None), **changes)
    assert limits(waiting) == [(0, 20 if applies else None)]


def test_the_cap_of_the_charge_point_holds_over_all() -> None:
    assert limits(tx(32), cap(20)) == [(0, 20)]
    assert limits(tx(10), cap(20)) == [(0, 10)]
    assert limits(cap(20)) == [(0, 20)]
    assert limits(cap(20), tx(10), default(5), connector_id=0) == [(0, 20)]


def test_times_of_validity_cut_a_schedule() -> None:
    valid = default(10, valid_from=NOON + timedelta(hours=1), valid_to=NOON + timedelta(hours=2))
    assert limits(valid) == [(0, None), (HOUR, 10), (2 * HOUR, None)]


def test_a_relative_schedule_counts_from_the_beginning_of_the_transaction() -> None:
    periods = (Period(0, 16.0), Period(2 * HOUR, 8.0))
    relative = default(kind=Kind.RELATIVE, periods=periods)
    assert limits(relative) == [(0, 16), (HOUR, 8)]
    assert limits(relative, transaction=None) == [(0, 16), (2 * HOUR, 8)]
    assert limits(default(periods=periods)) == [(0, 16), (HOUR, 8)]  # an absolute one without a start, too


def test_a_relative_schedule_has_no_time_of_its_own() -> None:
    relative = default(kind=Kind.RELATIVE, starts_at=NOON + timedelta(hours=1))
    assert limits(relative) == [(0, 16)]


def test_a_schedule_that_starts_later_says_nothing_before() -> None:
    assert limits(default(starts_at=NOON + timedelta(hours=1))) == [(0, None), (HOUR, 16)]


def test_a_daily_schedule_begins_anew_each_day() -> None:
    night = default(
        kind=Kind.RECURRING,
        recurrency=Recurrency.DAILY,
        starts_at=NOON.replace(hour=22) - timedelta(days=30),
        duration_seconds=8 * HOUR,
        periods=(Period(0, 32.0), Period(4 * HOUR, 16.0)),
    )
    assert limits(night, duration_seconds=48 * HOUR) == [
        (0, None),
        (10 * HOUR, 32),
        (14 * HOUR, 16),
        (18 * HOUR, None),
        (34 * HOUR, 32),
        (38 * HOUR, 16),
        (42 * HOUR, None),
    ]
    assert limits(night, starts_at=NOON.replace(hour=23))[:2] == [(0, 32), (3 * HOUR, 16)]


def test_a_weekly_schedule_begins_anew_each_week() -> None:
    weekly = default(
        kind=Kind.RECURRING,
        recurrency=Recurrency.WEEKLY,
        starts_at=NOON - timedelta(days=7),
        periods=(Period(0, 6.0), Period(5 * 24 * HOUR, 20.0)),
    )
    assert limits(weekly, duration_seconds=8 * 24 * HOUR) == [(0, 6), (5 * 24 * HOUR, 20), (7 * 24 * HOUR, 6)]


def test_amps_count_per_phase_and_watts_in_total() -> None:
    watts = default(11040, unit=RateUnit.WATTS)
    assert limits(watts) == [(0, 16)]
    assert limits(default(16), unit=RateUnit.WATTS) == [(0, 11040)]
    one_phase = default(periods=(Period(0, 16.0, 1),))
    assert limits(one_phase, unit=RateUnit.WATTS) == [(0, 3680)]
    assert limits(one_phase, cap(7360, unit=RateUnit.WATTS)) == [(0, 16)]  # 7360 W on one phase are 32 A


def test_a_schedule_in_fractions_of_a_second_is_one_in_whole_seconds() -> None:
    ragged = default(starts_at=NOON + timedelta(seconds=1, microseconds=999999))
    assert limits(ragged, starts_at=NOON + timedelta(microseconds=5)) == [(0, None), (1, 16)]


def test_what_holds_at_a_moment_can_be_asked() -> None:
    composite = Composite(RateUnit.AMPS, NOON, 60, (CompositePeriod(0, 16), CompositePeriod(30, 8)))
    found = [composite.at(NOON + timedelta(seconds=seconds)) for seconds in (-1, 0, 29, 30, 59, 60)]
    assert [one and one.limit for one in found] == [None, 16, 16, 8, 8, None]


periods_of = st.lists(
    st.tuples(st.integers(1, 600), st.integers(0, 400), st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=4
).map(
    lambda found: tuple(
        Period(sum(step for step, _, _ in found[:number]), limit / 10, phases)
        for number, (_, limit, phases) in enumerate(found)
    )
)
moments = st.none() | st.integers(-1200, 1200).map(lambda seconds: NOON + timedelta(seconds=seconds))
profiles = st.builds(
    lambda purpose, connector_id, recurs, unit, periods, starts_at, **fields: installed(
        purpose,
        connector_id=connector_id,
        kind=Kind.RECURRING if recurs else Kind.ABSOLUTE,
        recurrency=Recurrency.DAILY if recurs else None,
        starts_at=starts_at,
        unit=unit,
        periods=periods
        if unit is RateUnit.AMPS
        else tuple(replace(one, limit=one.limit * NOMINAL_VOLTS) for one in periods),
        **fields,
    ),
    st.sampled_from(Purpose),
    st.sampled_from([0, 1]),
    st.booleans(),
    st.sampled_from(RateUnit),
    periods_of,
    moments,
    stack_level=st.integers(0, 3),
    duration_seconds=st.none() | st.integers(1, 2000),
    valid_from=moments,
    valid_to=moments,
)


def holding(profile: ChargingProfile, moment: datetime) -> Period | None:
    """Say, second by second and as plainly as can be, which period of a profile holds."""
    if (profile.valid_from and moment < profile.valid_from) or (profile.valid_to and moment >= profile.valid_to):
        return None
    elapsed = round((moment - (profile.starts_at or BEFORE)).total_seconds())
    if profile.recurrency and elapsed >= 0:
        elapsed %= 86400
    if elapsed < 0 or (profile.duration_seconds and elapsed >= profile.duration_seconds):
        return None
    return [period for period in profile.periods if period.start_seconds <= elapsed][-1]


def watts(period: Period, unit: RateUnit) -> float:
    return period.limit if unit is RateUnit.WATTS else period.limit * NOMINAL_VOLTS * (period.phases or 3)


@settings(max_examples=200, deadline=None)
@given(st.lists(profiles, max_size=6), st.sampled_from(RateUnit), st.integers(0, 1199))
def test_it_is_never_above_any_limit_that_applies(found: list[InstalledProfile], unit: RateUnit, second: int) -> None:
    composite = compose(found, connector_id=1, starts_at=NOON, duration_seconds=1200, unit=unit, transaction=CHARGING)
    moment = NOON + timedelta(seconds=second)
    said = composite.at(moment)
    assert said is not None
    for purpose, place in ((Purpose.CHARGE_POINT_MAX, 0), (Purpose.TX_DEFAULT, 1), (Purpose.TX, 1)):
        if purpose is Purpose.TX_DEFAULT and any(
            one.profile.purpose is Purpose.TX and one.connector_id == 1 and holding(one.profile, moment)
            for one in found
        ):
            continue  # the transaction's own profile leads
        mine = [one.profile for one in found if one.profile.purpose is purpose and one.connector_id == place]
        mine = [one for one in mine if holding(one, moment) is not None]
        levels = [one.stack_level for one in mine]
        for profile in mine:
            if levels.count(profile.stack_level) > 1 or profile.stack_level < max(levels):
                continue  # another one leads
            period = holding(profile, moment)
            assert period is not None
            assert said.limit is not None
            if unit is RateUnit.WATTS or profile.unit is RateUnit.WATTS:
                as_watts = said.limit if unit is RateUnit.WATTS else said.limit * NOMINAL_VOLTS * (said.phases or 3)
                assert as_watts <= watts(period, profile.unit) + 1e-3
            else:
                assert said.limit <= period.limit + 1e-6


@given(st.lists(profiles, max_size=6))
def test_its_periods_begin_at_zero_and_each_brings_something_new(found: list[InstalledProfile]) -> None:
    composite = compose(
        found, connector_id=1, starts_at=NOON, duration_seconds=1200, unit=RateUnit.AMPS, transaction=CHARGING
    )
    starts = [one.start_seconds for one in composite.periods]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert starts[-1] < 1200
    said = [(one.limit, one.phases) for one in composite.periods]
    assert all(one != following for one, following in pairwise(said))
