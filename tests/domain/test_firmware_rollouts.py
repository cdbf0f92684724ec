"""What a roll-out does next."""

import pytest

from edge_csms.domain.file_jobs import FileJobState
from edge_csms.domain.firmware_rollouts import Finish, RolloutState, RolloutStep, Start, Wait, decide


def steps(*states: FileJobState | None) -> tuple[RolloutStep, ...]:
    return tuple(
        RolloutStep(position, f"CP{position}", None if state is None else position, state, "reason")
        for position, state in enumerate(states)
    )


def test_the_first_begins_at_once() -> None:
    waiting = steps(None, None)
    assert decide(waiting) == Start(waiting[0])


def test_the_next_begins_when_the_one_before_is_installed() -> None:
    half = steps(FileJobState.INSTALLED, None)
    assert decide(half) == Start(half[1])


@pytest.mark.parametrize("state", [FileJobState.REQUESTED, FileJobState.DOWNLOADED, FileJobState.INSTALLING])
def test_an_update_under_way_is_waited_for(state: FileJobState) -> None:
    assert decide(steps(FileJobState.INSTALLED, state, None)) == Wait()


@pytest.mark.parametrize("state", [FileJobState.FAILED, FileJobState.CANCELLED])
def test_the_first_failure_stops_it(state: FileJobState) -> None:
    assert decide(steps(state, None)) == Finish(RolloutState.STOPPED, "CP0: reason")


def test_a_job_that_is_gone_stops_it() -> None:
    assert decide((RolloutStep(0, "CP0", 7),)) == Finish(RolloutState.STOPPED, "CP0: no job")


def test_when_all_have_it_it_is_done() -> None:
    assert decide(steps(FileJobState.INSTALLED, FileJobState.INSTALLED)) == Finish(RolloutState.DONE)
