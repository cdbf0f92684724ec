"""Where a charge point reports other limits than we meant."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.charging_profile import RateUnit
from edge_csms.domain.composite_comparison import Difference, compare, overlap
from edge_csms.domain.composite_schedule import Composite, CompositePeriod

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def schedule(
    *limits: tuple[int, float | None], unit: RateUnit = RateUnit.AMPS, late: int = 0, duration: int = 3600
) -> Composite:
    periods = tuple(CompositePeriod(start, limit, 3) for start, limit in limits)
    return Composite(unit, NOON + timedelta(seconds=late), duration, periods)


MEANT = schedule((0, 16.1), (1800, 8.0))


def test_what_is_the_same_but_for_rounding_does_not_differ() -> None:
    assert compare(MEANT, schedule((0, 16.100000000000005), (1800, 8.0))) == []
    assert compare(MEANT, schedule((0, 11109.0), (1800, 5520.0), unit=RateUnit.WATTS)) == []


def test_a_clock_that_is_a_little_off_makes_no_difference() -> None:
    assert compare(MEANT, schedule((0, 16.1), (1795, 8.0), late=3)) == []
    assert compare(MEANT, schedule((0, 16.1), (1809, 8.0))) == []


def test_a_span_in_which_it_allows_more_or_less_is_told() -> None:
    [more] = compare(MEANT, schedule((0, 16.1)))
    assert more == Difference(1800, 3600, 8.0, 16.1)
    assert more.allows_more
    [less] = compare(MEANT, schedule((0, 6.0), (1800, 8.0)))
    assert (less.start_seconds, less.end_seconds, less.allows_more) == (0, 1800, False)


def test_one_limit_in_several_pieces_is_one_difference() -> None:
    reported = schedule((0, 16.1), (1800, 10.0), (2400, 10.0), (3000, 10.0))
    assert compare(MEANT, reported) == [Difference(1800, 3600, 8.0, 10.0)]


def test_no_limit_where_we_meant_one_is_a_difference() -> None:
    [difference] = compare(MEANT, schedule((0, None), (1800, 8.0)))
    assert (difference.reported, difference.allows_more) == (None, True)


def test_a_report_that_begins_without_a_limit_has_none_until_it_says_one() -> None:
    [difference] = compare(MEANT, schedule((300, 16.1), (1800, 8.0)))
    assert (difference.start_seconds, difference.end_seconds, difference.reported) == (0, 300, None)


def test_where_we_meant_nothing_nothing_differs() -> None:
    assert compare(schedule((0, None)), schedule((0, 32.0))) == []


def test_what_the_charge_point_does_not_speak_of_is_left_out() -> None:
    assert compare(MEANT, schedule((0, 16.1), duration=600)) == []


def test_a_report_for_another_time_says_nothing_about_this_one() -> None:
    for late, meet in ((0, True), (3599, True), (3600, False), (-3599, True), (-3600, False)):
        assert overlap(MEANT, schedule((0, 6.0), late=late)) is meet
    assert compare(MEANT, schedule((0, 6.0), late=-3600)) == []
