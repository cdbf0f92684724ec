"""The site's time: its doubt, the numbers of what arrives, and which time of a charger is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.central.clock import BUILT_AT, EPOCH, OLDEST_PLAUSIBLE, SiteClock

SECOND, HOUR, DAY, YEAR = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


class ClockAt(SiteClock):
    """A clock that stands where it is set."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


def arrival_at(at: datetime) -> int:
    """Number what arrives at a time, as the clock does."""
    return int((at - EPOCH) / timedelta(microseconds=1))


# --- numbers of arrival ---


def test_what_arrives_is_numbered_upwards_by_the_microsecond() -> None:
    clock = SiteClock()
    before = arrival_at(datetime.now(UTC))
    numbers = [clock.next_arrival() for _ in range(10_000)]
    assert numbers == sorted(set(numbers))
    assert before <= numbers[0] <= arrival_at(datetime.now(UTC)) + 1


def test_numbers_go_on_above_all_that_is_stored_though_the_clock_was_set_back() -> None:
    clock = SiteClock()
    stored = arrival_at(datetime.now(UTC) + YEAR)
    clock.go_on_from(stored)
    assert [clock.next_arrival(), clock.next_arrival()] == [stored + 1, stored + 2]


def test_numbers_never_go_back() -> None:
    clock = SiteClock()
    first = clock.next_arrival()
    clock.go_on_from(0)
    assert clock.next_arrival() > first


# --- doubt ---


def test_a_clock_before_the_program_was_built_is_in_doubt() -> None:
    assert ClockAt(EPOCH).in_doubt
    assert ClockAt(BUILT_AT - SECOND).in_doubt
    assert not ClockAt(BUILT_AT).in_doubt


def test_a_clock_before_the_highest_time_ever_stored_is_in_doubt_until_it_has_caught_up() -> None:
    clock = ClockAt(NOON)
    clock.go_on_from(arrival_at(NOON + HOUR))
    assert clock.in_doubt
    clock.at = NOON + HOUR
    assert not clock.in_doubt


def test_a_step_of_a_few_seconds_is_no_doubt() -> None:
    clock = ClockAt(NOON)
    clock.go_on_from(arrival_at(NOON + 4 * SECOND))
    assert not clock.in_doubt


def test_the_clock_of_a_machine_that_runs_these_tests_is_in_no_doubt() -> None:
    clock = SiteClock()
    clock.next_arrival()
    assert not clock.in_doubt


# --- which time is believed ---


@pytest.mark.parametrize(
    "sent",
    [NOON, NOON - 12 * HOUR, NOON - 10 * YEAR, OLDEST_PLAUSIBLE, NOON + HOUR, NOON + DAY],
    ids=["now", "hours old", "years old", "as old as the standard", "a little ahead", "a day ahead"],
)
def test_a_plausible_time_of_a_charger_is_used(sent: datetime) -> None:
    assert ClockAt(NOON).believe(sent) == (sent, True)


@pytest.mark.parametrize(
    "sent",
    [None, EPOCH, OLDEST_PLAUSIBLE - SECOND, NOON + DAY + SECOND, NOON + 1000 * YEAR],
    ids=["unreadable", "1970", "before the standard", "more than a day ahead", "in another age"],
)
def test_for_an_implausible_time_ours_is_used(sent: datetime | None) -> None:
    assert ClockAt(NOON).believe(sent) == (NOON, False)


def test_while_our_own_clock_is_in_doubt_the_chargers_plausible_time_is_used() -> None:
    clock = ClockAt(EPOCH)
    assert clock.believe(NOON) == (NOON, True)
    assert clock.believe(EPOCH + HOUR) == (EPOCH, False)
    assert clock.believe(None) == (EPOCH, False)


def test_a_clock_that_was_set_back_by_years_still_believes_its_chargers() -> None:
    clock = ClockAt(NOON)
    clock.go_on_from(arrival_at(NOON))
    clock.at = NOON - YEAR
    assert clock.believe(NOON + HOUR) == (NOON + HOUR, True)
