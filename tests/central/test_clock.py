"""The site's time: followed, counted on, doubted; the numbers of what arrives; which time of a charger is believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_csms.central.clock import (
    BUILT_AT,
    EPOCH,
    LONGEST_OFF,
    OLDEST_PLAUSIBLE,
    Doubt,
    SiteClock,
    built_at,
)
from edge_csms.domain.errors import Conflict

SECOND, HOUR, DAY, YEAR = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Box:
    """A box whose clock can be set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.shows = at
        self.counted = 1000.0
        self.is_synchronized = False

    def start(self, last: datetime | None = None, lead: int | None = None) -> SiteClock:
        """Start the site on it, where the last message was recorded at that time."""
        clock = SiteClock(lambda: self.shows.timestamp(), lambda: self.counted, lambda: self.is_synchronized)
        clock.go_on_from(0 if last is None else arrival_at(last) + (lead or 0), lead)
        return clock

    def pass_(self, time: timedelta) -> None:
        """Let time pass."""
        self.shows += time
        self.counted += time.total_seconds()


@pytest.fixture
def box() -> Box:
    return Box()


def arrival_at(at: datetime) -> int:
    """Number what arrives at a time, as the clock does."""
    return int((at - EPOCH) / timedelta(microseconds=1))


def hear_of(clock: SiteClock, box: Box, ahead: timedelta) -> None:
    """Let two chargers speak for a while whose clocks are that much ahead of the site's."""
    for _ in range(3):
        for name in ("A", "B"):
            clock.hear(name, clock.now() + ahead)
        box.pass_(11 * SECOND)


# --- numbers of arrival ---


def test_what_arrives_is_numbered_upwards_by_the_microsecond() -> None:
    clock = SiteClock()
    before = arrival_at(datetime.now(UTC))
    numbers = [clock.next_arrival() for _ in range(10_000)]
    assert numbers == sorted(set(numbers))
    assert before <= numbers[0] <= arrival_at(datetime.now(UTC)) + 1


def test_numbers_go_on_above_all_that_is_stored_though_the_clock_was_set_back(box: Box) -> None:
    clock = box.start(last=NOON + YEAR)
    assert clock.next_arrival() > arrival_at(NOON + YEAR)


def test_numbers_never_go_back(box: Box) -> None:
    clock = box.start()
    first = clock.next_arrival()
    box.shows = EPOCH
    assert clock.next_arrival() > first
    clock.go_on_from(0)
    assert clock.next_arrival() > first


# --- the start ---


def test_a_plausible_clock_is_followed(box: Box) -> None:
    clock = box.start(last=NOON - 300 * DAY)
    assert (clock.now(), clock.doubt, clock.in_doubt) == (NOON, None, False)
    box.pass_(HOUR)
    assert clock.now() == NOON + HOUR


def test_the_time_of_the_build_is_that_of_its_commit_a_day_before_for_a_committers_clock(tmp_path: Path) -> None:
    note = tmp_path / "build-time"
    assert built_at(note) == BUILT_AT < datetime.now(UTC)  # these tests run from the source
    note.write_text(str(int(NOON.timestamp())))
    assert built_at(note) == NOON - DAY


@pytest.mark.parametrize("shows", [EPOCH, BUILT_AT - HOUR])
def test_a_clock_before_the_program_was_built_is_in_doubt_and_time_goes_on_from_there(shows: datetime) -> None:
    box = Box(shows)
    clock = box.start()
    assert clock.doubt is Doubt.BACK
    box.pass_(5 * SECOND)
    assert clock.now() == BUILT_AT + 5 * SECOND


def test_a_fresh_site_may_be_much_younger_than_its_program() -> None:
    assert not Box(BUILT_AT + 5 * YEAR).start().in_doubt


def test_a_clock_before_the_last_record_is_in_doubt_until_it_is_set(box: Box) -> None:
    clock = box.start(last=NOON + HOUR)
    assert clock.doubt is Doubt.BACK
    box.pass_(10 * SECOND)
    assert clock.now() == NOON + HOUR + 10 * SECOND
    box.shows = NOON + 2 * HOUR
    assert (clock.now(), clock.doubt) == (NOON + 2 * HOUR, None)


def test_a_step_of_some_seconds_is_no_doubt(box: Box) -> None:
    clock = box.start(last=NOON + 40 * SECOND)
    assert not clock.in_doubt
    box.shows -= 30 * SECOND
    assert not clock.in_doubt
    assert clock.now() == NOON - 30 * SECOND


def test_a_clock_that_ran_ten_years_ahead_while_the_site_was_off_is_in_doubt_until_it_is_set() -> None:
    box = Box(NOON + 10 * YEAR)
    clock = box.start(last=NOON)
    assert (clock.doubt, clock.now(), clock.knows_the_time) == (Doubt.AHEAD, NOON, False)
    box.shows = EPOCH
    assert clock.doubt is Doubt.BACK
    box.shows = NOON + HOUR
    assert (clock.doubt, clock.now()) == (None, NOON + HOUR)


# --- while the site runs ---


@pytest.mark.parametrize("step", [HOUR, -HOUR, 10 * YEAR, -10 * YEAR, EPOCH - NOON])
def test_a_clock_that_is_set_while_the_site_runs_is_not_followed_until_it_is_set_right(
    box: Box, step: timedelta
) -> None:
    clock = box.start(last=NOON - DAY)
    assert not clock.in_doubt
    box.shows += step
    assert clock.now() == NOON
    assert clock.doubt is Doubt.SET
    assert clock.knows_the_time
    box.pass_(HOUR)
    assert clock.now() == NOON + HOUR
    box.shows -= step
    assert (clock.doubt, clock.now()) == (None, NOON + HOUR)


# --- who vouches for it ---


def test_somebody_may_say_that_the_clock_is_right_after_it_ran_ahead(box: Box) -> None:
    clock = box.start(last=NOON + 9 * YEAR)
    assert clock.doubt is Doubt.BACK
    highest = clock.next_arrival()
    clock.trust(clock.lead_when_trusted())
    assert (clock.doubt, clock.now()) == (None, NOON)
    assert clock.next_arrival() > highest


def test_after_a_clock_was_vouched_for_a_later_one_is_judged_by_what_was_recorded_since(box: Box) -> None:
    clock = box.start(last=NOON + 9 * YEAR)
    lead = clock.lead_when_trusted()
    clock.trust(lead)
    box.pass_(DAY)
    arrival = clock.next_arrival()

    restarted = SiteClock(lambda: box.shows.timestamp(), lambda: box.counted, lambda: False)
    restarted.go_on_from(arrival, lead)
    assert not restarted.in_doubt
    assert restarted.next_arrival() > arrival
    box.shows -= HOUR
    restarted = SiteClock(lambda: box.shows.timestamp(), lambda: box.counted, lambda: False)
    restarted.go_on_from(arrival, lead)
    assert restarted.doubt is Doubt.BACK


def test_nobody_can_vouch_for_a_clock_before_the_program_was_made() -> None:
    box = Box(EPOCH)
    clock = box.start()
    box.is_synchronized = True
    assert clock.weigh() is None
    with pytest.raises(Conflict, match="set it first"):
        clock.lead_when_trusted()


def test_time_synchronization_vouches_for_a_clock_that_is_in_doubt_and_is_not_asked_else(box: Box) -> None:
    clock = box.start()
    box.is_synchronized = True
    assert clock.weigh() is None
    box.shows += HOUR
    assert clock.weigh() == "time synchronization"


def test_chargers_with_clocks_of_their_own_vouch_for_a_clock_that_is_in_doubt() -> None:
    box = Box(NOON + 2 * YEAR)
    clock = box.start(last=NOON)
    assert clock.doubt is Doubt.AHEAD
    assert clock.weigh() is None
    hear_of(clock, box, 2 * YEAR)
    assert clock.weigh() == "chargers"


def test_chargers_that_took_their_time_from_us_vouch_for_nothing() -> None:
    box = Box(NOON + 2 * YEAR)
    clock = box.start(last=NOON)
    hear_of(clock, box, timedelta())
    assert clock.weigh() is None


def test_chargers_may_bring_a_clock_in_doubt_but_not_one_that_somebody_vouched_for(box: Box) -> None:
    clock = box.start(last=NOON)
    hear_of(clock, box, -3 * YEAR)
    assert clock.weigh() is None
    assert clock.doubt is Doubt.CHARGERS
    clock.trust(clock.lead_when_trusted())
    assert clock.doubt is None
    restarted = box.start(last=box.shows, lead=0)
    hear_of(restarted, box, -3 * YEAR)
    restarted.weigh()
    assert restarted.doubt is None
    box.shows += HOUR  # and now nobody vouches for it any more
    assert restarted.doubt is Doubt.SET


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
def test_a_plausible_time_of_a_charger_is_used(box: Box, sent: datetime) -> None:
    assert box.start().believe(sent) == (sent, True)


@pytest.mark.parametrize(
    "sent",
    [None, EPOCH, OLDEST_PLAUSIBLE - SECOND, NOON + DAY + SECOND, NOON + 1000 * YEAR],
    ids=["unreadable", "1970", "before the standard", "more than a day ahead", "in another age"],
)
def test_for_an_implausible_time_ours_is_used(box: Box, sent: datetime | None) -> None:
    assert box.start().believe(sent) == (NOON, False)


def test_while_nobody_knows_how_long_the_box_was_off_a_charger_may_be_ahead_but_not_by_years() -> None:
    clock = Box(EPOCH).start(last=NOON)
    assert clock.believe(NOON + 300 * DAY) == (NOON + 300 * DAY, True)
    assert clock.believe(NOON + LONGEST_OFF + DAY) == (NOON, False)
    assert clock.believe(EPOCH + HOUR) == (NOON, False)
    assert clock.believe(None) == (NOON, False)


def test_a_clock_that_is_set_while_the_site_runs_changes_nothing_in_what_is_believed(box: Box) -> None:
    clock = box.start()
    box.shows = EPOCH
    assert clock.believe(NOON + HOUR) == (NOON + HOUR, True)
    assert clock.believe(NOON + 2 * DAY) == (NOON, False)
