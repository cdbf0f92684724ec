"""What the chargers' clocks say: only steady ones count, none alone accuses, and local time is no reason."""

from datetime import UTC, datetime, timedelta

from edge_csms.central.witnesses import AT_LEAST, FORGOTTEN_SECONDS, WATCHED_SECONDS, Witnesses

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


def heard(**clocks: timedelta) -> Witnesses:
    """Give witnesses that have heard chargers for a while, each by so much ahead of noon."""
    witnesses = Witnesses()
    for name, ahead in clocks.items():
        for counted in (0.0, 11.0, WATCHED_SECONDS):
            witnesses.note(name, NOON + ahead + timedelta(seconds=counted), counted)
    return witnesses


def confirms(witnesses: Witnesses, ahead: timedelta = timedelta()) -> bool:
    return witnesses.confirm((NOON + ahead).timestamp(), WATCHED_SECONDS)


def contradicts(witnesses: Witnesses, ahead: timedelta = timedelta()) -> bool:
    return witnesses.contradict((NOON + ahead).timestamp(), WATCHED_SECONDS)


def test_nobody_says_nothing() -> None:
    assert not confirms(Witnesses())
    assert not contradicts(Witnesses())


def test_a_steady_clock_confirms_its_time_and_no_other() -> None:
    witnesses = heard(A=timedelta(seconds=40))
    assert confirms(witnesses)
    assert not confirms(witnesses, HOUR)


def test_most_of_them_decide() -> None:
    assert confirms(heard(A=timedelta(), B=timedelta(), C=HOUR))
    assert not confirms(heard(A=timedelta(), B=HOUR))
    assert contradicts(heard(A=YEAR, B=YEAR, C=timedelta()))
    assert not contradicts(heard(A=YEAR, B=YEAR, C=timedelta(), D=timedelta()))


def test_one_alone_accuses_nobody() -> None:
    assert AT_LEAST > 1
    assert not contradicts(heard(A=YEAR))


def test_chargers_that_tell_local_time_accuse_nobody() -> None:
    assert not contradicts(heard(A=2 * HOUR, B=2 * HOUR))


def test_messages_that_waited_in_a_queue_tell_no_time() -> None:
    witnesses = Witnesses()
    for number in range(10):
        for name in ("A", "B"):
            witnesses.note(name, NOON - 2 * DAY + number * HOUR, number * WATCHED_SECONDS)
    counted = 9 * WATCHED_SECONDS
    assert not witnesses.contradict(NOON.timestamp(), counted)
    assert not witnesses.confirm((NOON - 2 * DAY + 9 * HOUR).timestamp() - counted, counted)


def test_many_messages_at_once_tell_no_time() -> None:
    witnesses = Witnesses()
    for name in ("A", "B"):
        for _ in range(10):
            witnesses.note(name, NOON - 2 * DAY, 0.0)
    assert not witnesses.contradict(NOON.timestamp(), 0.0)


def test_whoever_was_silent_for_long_is_no_witness_any_more() -> None:
    later = WATCHED_SECONDS + FORGOTTEN_SECONDS + 1
    assert not heard(A=timedelta()).confirm(NOON.timestamp(), later)
