"""Power over time from registers: energy is neither lost nor made up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.domain.site_power import RegisterReading, average_power

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE


def read(minute: float, register_wh: int, connector_id: int = 1, charge_point_key: int = 1) -> RegisterReading:
    return RegisterReading(charge_point_key, connector_id, NOON + minute * MINUTE, register_wh)


def test_even_charging_is_one_power() -> None:
    assert average_power([read(0, 0), read(30, 5500)], NOON, QUARTER, 3) == [11000, 11000, 0]


def test_energy_between_two_readings_is_spread_over_the_steps_it_touches() -> None:
    assert average_power([read(10, 0), read(20, 1000)], NOON, QUARTER, 2) == [2000, 2000]
    assert average_power([read(-30, 0), read(15, 3000)], NOON, QUARTER, 1) == [4000]
    assert average_power([read(5, 0), read(60, 1100)], NOON, QUARTER, 1) == [800]


def test_connectors_are_added_up_and_never_mixed() -> None:
    readings = [read(0, 9000, 1), read(0, 100, 2), read(15, 10000, 1), read(15, 600, 2)]
    readings += [read(0, 50, 1, 2), read(15, 300, 1, 2)]
    assert average_power(readings, NOON, QUARTER, 1) == [4000 + 2000 + 1000]


@pytest.mark.parametrize("after_wh", [900, 1000, 1000 + 10**9])
def test_a_register_that_was_set_back_or_exchanged_is_no_energy(after_wh: int) -> None:
    assert average_power([read(0, 1000), read(15, after_wh)], NOON, QUARTER, 1) == [0]


def test_two_readings_of_one_moment_are_no_infinite_power() -> None:
    assert average_power([read(0, 1000), read(0, 2000)], NOON, QUARTER, 1) == [0]


@given(st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 50)), min_size=2, max_size=20))
def test_all_energy_inside_the_window_is_there(steps: list[tuple[int, int]]) -> None:
    second, register_wh, readings = 0, 0, []
    for later, grown_wh in steps:
        second, register_wh = second + later + 60, register_wh + grown_wh
        readings.append(RegisterReading(1, 1, NOON + timedelta(seconds=second), register_wh))
    count = second // 900 + 1
    energy_wh = sum(average_power(readings, NOON, QUARTER, count)) / 4
    assert energy_wh == pytest.approx(register_wh - readings[0].register_wh, abs=count * 0.02)
