"""What is wrong with a charging profile, and the same limits in another unit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.domain.charging_profile import (
    NOMINAL_VOLTS,
    Capabilities,
    ChargingProfile,
    Kind,
    Period,
    Purpose,
    RateUnit,
    Recurrency,
    convert,
    find_errors,
    find_faults,
    find_faults_of_place,
    round_down,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = ChargingProfile(purpose=Purpose.TX_DEFAULT, periods=(Period(0, 16.0), Period(3600, 8.5, 1)))
DAILY = replace(GOOD, kind=Kind.RECURRING, recurrency=Recurrency.DAILY, starts_at=NOON)


def with_periods(*periods: Period) -> ChargingProfile:
    return replace(GOOD, periods=periods)


@pytest.mark.parametrize(
    "profile",
    [
        GOOD,
        DAILY,
        replace(DAILY, duration_seconds=86400),
        replace(GOOD, kind=Kind.RELATIVE),
        replace(GOOD, purpose=Purpose.TX, wire_id="7", valid_from=NOON, valid_to=NOON + timedelta(1)),
        with_periods(Period(0, 0.0)),
        with_periods(Period(0, 16.100000000000001, 3)),
    ],
)
def test_nothing_is_wrong_with_a_good_one(profile: ChargingProfile) -> None:
    assert find_faults(profile) == {}


@pytest.mark.parametrize(
    ("profile", "field", "words"),
    [
        (with_periods(), "periods", "at least one"),
        (with_periods(Period(1, 16)), "periods", "second 0"),
        (with_periods(Period(0, 16), Period(60, 8), Period(60, 6)), "periods", "behind the one before"),
        (with_periods(Period(0, 16), Period(60, 8), Period(30, 6)), "periods", "behind the one before"),
        (with_periods(Period(0, -0.1)), "periods", "negative"),
        (with_periods(Period(0, 6.25)), "periods", "one decimal"),
        (with_periods(Period(0, float("nan"))), "periods", "number"),
        (with_periods(Period(0, float("inf"))), "periods", "number"),
        (with_periods(Period(0, 6, 4)), "periods", "1, 2 or 3"),
        (with_periods(Period(0, 6, 0)), "periods", "1, 2 or 3"),
        (with_periods(Period(0, 6), Period(2**31, 6)), "periods", "behind second"),
        (replace(GOOD, duration_seconds=3600), "periods", "within the duration"),
        (replace(GOOD, duration_seconds=0), "duration_seconds", "at least a second"),
        (replace(GOOD, stack_level=-1), "stack_level", "0 or more"),
        (replace(GOOD, min_rate=-1.0), "min_rate", "negative"),
        (replace(GOOD, valid_from=NOON, valid_to=NOON), "valid_to", "behind"),
        (replace(GOOD, kind=Kind.RELATIVE, starts_at=NOON), "starts_at", "Relative"),
        (replace(GOOD, recurrency=Recurrency.DAILY), "recurrency", "Only a Recurring"),
        (replace(DAILY, recurrency=None), "recurrency", "Daily or Weekly"),
        (replace(DAILY, starts_at=None), "starts_at", "Recurring"),
        (replace(DAILY, duration_seconds=86401), "duration_seconds", "begins anew"),
        (replace(DAILY, periods=(Period(0, 6), Period(86400, 8))), "periods", "within"),
        (replace(GOOD, wire_id="7"), "transaction_id", "TxProfile"),
    ],
)
def test_each_fault_is_told_by_its_field(profile: ChargingProfile, field: str, words: str) -> None:
    faults = find_faults(profile)
    assert list(faults) == [field]
    assert words in faults[field]


@pytest.mark.parametrize(
    "odd",
    [
        replace(GOOD, kind=Kind.RELATIVE, starts_at=NOON),
        replace(GOOD, recurrency=Recurrency.DAILY),
        replace(DAILY, starts_at=None),
        replace(DAILY, duration_seconds=86401),
        replace(GOOD, valid_from=NOON, valid_to=NOON),
        replace(GOOD, duration_seconds=60),
    ],
)
def test_what_only_contradicts_itself_is_a_fault_but_no_error(odd: ChargingProfile) -> None:
    assert find_faults(odd)
    assert find_errors(odd) == {}


def test_a_charge_point_may_take_less() -> None:
    little = Capabilities(max_stack_level=0, max_periods=1, units=frozenset({RateUnit.WATTS}))
    assert set(find_faults(replace(GOOD, stack_level=1), little)) == {"stack_level", "periods", "unit"}
    assert find_faults(replace(GOOD, stack_level=1), Capabilities(1, 2, frozenset(RateUnit))) == {}
    assert find_errors(replace(GOOD, min_rate=1e9))


@pytest.mark.parametrize(
    ("purpose", "connector_id", "fits"),
    [
        (Purpose.CHARGE_POINT_MAX, 0, True),
        (Purpose.CHARGE_POINT_MAX, 1, False),
        (Purpose.TX_DEFAULT, 0, True),
        (Purpose.TX_DEFAULT, 1, True),
        (Purpose.TX, 0, False),
        (Purpose.TX, 1, True),
    ],
)
def test_each_purpose_has_its_place(purpose: Purpose, connector_id: int, fits: bool) -> None:
    assert (find_faults_of_place(replace(GOOD, purpose=purpose), connector_id) == {}) is fits


def test_watts_are_a_total_and_amps_are_per_phase() -> None:
    watts = convert(GOOD, RateUnit.WATTS)
    assert [(one.limit, one.phases) for one in watts.periods] == [(11040.0, None), (1955.0, 1)]
    assert watts.unit is RateUnit.WATTS
    assert convert(watts, RateUnit.AMPS).periods == GOOD.periods
    assert convert(GOOD, RateUnit.AMPS) is GOOD


@given(st.floats(0, 1e6), st.sampled_from([None, 1, 2, 3]), st.sampled_from(RateUnit))
def test_no_conversion_allows_more(limit: float, phases: Any, unit: RateUnit) -> None:
    other = RateUnit.WATTS if unit is RateUnit.AMPS else RateUnit.AMPS
    given_one = replace(GOOD, unit=unit, periods=(Period(0, round_down(limit), phases),))
    [period] = convert(given_one, other).periods
    factor = NOMINAL_VOLTS * (phases or 3)
    back = period.limit / factor if other is RateUnit.WATTS else period.limit * factor
    assert back <= given_one.periods[0].limit + 1e-4
    assert find_faults(convert(given_one, other)) == {}


@pytest.mark.parametrize(("limit", "rounded"), [(10.6667, 10.6), (16.0, 16.0), (16.1, 16.1), (0.05, 0.0), (6.3, 6.3)])
def test_a_limit_is_rounded_to_one_decimal_and_never_up(limit: float, rounded: float) -> None:
    assert round_down(limit) == rounded
