"""Guessing gets slower."""

import pytest

from edge_csms.domain.errors import TooManyAttempts
from edge_csms.web import throttle
from edge_csms.web.throttle import Pace, Throttle


def waits_after(failures: int, free: int = 3) -> float:
    guesses = Throttle(free)
    for _ in range(failures):
        guesses.failed("key", 100.0)
    return guesses.remaining_seconds("key", 100.0)


def test_the_first_failures_are_free_then_each_waits_longer_up_to_a_minute() -> None:
    assert [waits_after(failures) for failures in range(11)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    assert waits_after(5000) == 60


def test_an_attempt_in_its_waiting_time_is_refused_and_not_counted() -> None:
    guesses = Throttle(1)
    guesses.attempt("key", 100.0)
    for _ in range(5):
        with pytest.raises(TooManyAttempts) as caught:
            guesses.attempt("key", 100.4)
        assert caught.value.retry_after_seconds == pytest.approx(0.6)
    guesses.attempt("key", 101.0)


def test_keys_do_not_touch_each_other() -> None:
    guesses = Throttle(1)
    guesses.failed(("10.0.0.1", "kim"), 0.0)
    guesses.check(("10.0.0.2", "kim"), 0.0)
    with pytest.raises(TooManyAttempts):
        guesses.check(("10.0.0.1", "kim"), 0.0)


def test_success_and_time_forgive() -> None:
    guesses = Throttle(1)
    guesses.failed("key", 0.0)
    guesses.succeeded("key")
    guesses.check("key", 0.0)
    for _ in range(9):
        guesses.failed("key", 0.0)
    guesses.failed("key", throttle.FORGOTTEN_SECONDS)
    assert guesses.remaining_seconds("key", throttle.FORGOTTEN_SECONDS) == 1


def test_a_flood_of_names_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MAX_KEYS", 3)
    guesses = Throttle(1)
    for number in range(10):
        guesses.failed(number, 0.0)
    assert [guesses.remaining_seconds(number, 0.0) > 0 for number in range(10)] == [False] * 7 + [True] * 3


def test_an_attempt_that_was_no_guess_is_taken_back() -> None:
    throttle = Throttle(2)
    for _ in range(5):
        throttle.attempt("cp1", 0.0)
        throttle.take_back("cp1")
    throttle.attempt("cp1", 0.0)
    throttle.attempt("cp1", 0.0)
    with pytest.raises(TooManyAttempts):
        throttle.attempt("cp1", 0.0)
    throttle.take_back("nobody")


def test_what_is_taken_back_leaves_the_guesses_before_it() -> None:
    throttle = Throttle(2)
    throttle.attempt("cp1", 0.0)
    throttle.attempt("cp1", 0.0)
    throttle.take_back("cp1")
    throttle.attempt("cp1", 0.0)
    with pytest.raises(TooManyAttempts):
        throttle.check("cp1", 0.0)


def test_a_throttle_may_be_told_how_long_it_makes_wait_at_most():
    throttle = Throttle(2, longest_seconds=5.0)
    for second in range(100):
        throttle.failed("CP1", float(second))
    assert throttle.remaining_seconds("CP1", 99.0) == 5.0


def test_what_comes_in_vain_is_spread_over_time_for_each_address() -> None:
    pace = Pace(at_once=10, per_second=5)
    assert [pace.delay_seconds("a", 100.0) for _ in range(10)] == pytest.approx([0.0] * 10)
    assert [pace.delay_seconds("a", 100.0) for _ in range(3)] == pytest.approx([0.2, 0.4, 0.6])
    assert pace.delay_seconds("b", 100.0) == 0.0
    assert pace.delay_seconds("a", 102.0) == 0.0
    assert [pace.delay_seconds("a", 200.0) for _ in range(11)] == pytest.approx([0.0] * 10 + [0.2])
