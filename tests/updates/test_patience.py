"""When the updater gives a version up that shows no sign of life."""

import time

from edge_csms.central.updates import LONGEST_PROBATION_SECONDS
from edge_csms.updates.patience import Patience, Quiet


def test_a_sign_that_changes_is_waited_for_without_end() -> None:
    signs = iter(range(100))
    quiet = Quiet(lambda: next(signs), 0.0)
    assert not any(quiet.is_over() for _ in range(50))


def test_a_sign_that_stays_the_same_is_given_up() -> None:
    quiet = Quiet(lambda: None, 0.02)
    assert not quiet.is_over()
    deadline = time.monotonic() + 5
    while not quiet.is_over():
        assert time.monotonic() < deadline


def test_a_version_that_hangs_makes_room_for_the_old_one_and_its_chargers_within_a_minute() -> None:
    patience, question, start_on_a_slow_box, chargers = Patience(), 5.0, 5.0, 25.0
    given_up = max(patience.quiet, patience.unwell + question)
    assert given_up + patience.stop + start_on_a_slow_box + chargers < 60


def test_chargers_that_were_cut_off_for_long_have_longer_but_not_until_a_version_keeps_itself() -> None:
    patience = Patience()
    assert patience.for_charge_points(3.0) == 60.0
    assert patience.for_charge_points(200.0) == 200.0
    assert patience.for_charge_points(3600.0) + patience.steady < LONGEST_PROBATION_SECONDS
