"""What is plausible for a meter, what exceeds a limit, and how a run ends."""

import pytest

from edge_csms.domain.commissioning import (
    Reading,
    RunState,
    Step,
    StepName,
    StepState,
    exceeds,
    figure,
    find_doubts,
    highest_amps,
    settle,
    verdict,
)

ENERGY, POWER, CURRENT = "Energy.Active.Import.Register", "Power.Active.Import", "Current.Import"


def phases(measurand: str, *values: float, names: tuple[str, ...] = ("L1", "L2", "L3", "N")) -> list[Reading]:
    return [Reading(measurand, value, name) for value, name in zip(values, names, strict=False)]


def test_a_sound_meter_raises_no_doubts() -> None:
    volts = phases("Voltage", 229.8, 231, 228, names=("L1-N", "L2-N", "L3-N"))
    between = phases("Voltage", 398, 401, 400, names=("L1-L2", "L2-L3", "L3-L1"))
    others = [Reading("Frequency", 49.98), Reading(ENERGY, 0), Reading("Temperature", -20), Reading("SoC", 101)]
    assert find_doubts([*volts, *between, *others]) == []


@pytest.mark.parametrize(
    ("reading", "doubt"),
    [
        (Reading("Voltage", 0, "L1-N"), "Voltage L1-N = 0"),
        (Reading("Voltage", 400, "L1"), "Voltage L1 = 400"),
        (Reading("Voltage", 230, "L1-L2"), "Voltage L1-L2 = 230"),
        (Reading("Frequency", 0), "Frequency = 0"),
        (Reading(ENERGY, -1), "Energy.Active.Import.Register = -1"),
    ],
)
def test_what_can_not_be_is_doubted(reading: Reading, doubt: str) -> None:
    assert find_doubts([reading]) == [doubt]


def test_a_figure_is_the_total_or_the_sum_of_the_phases() -> None:
    assert figure([*phases(POWER, 1000, 2000), Reading(POWER, 2900)], POWER) == 2900
    assert figure(phases(POWER, 1000, 2000), POWER) == 3000
    assert figure([], POWER) is None
    assert highest_amps(phases(CURRENT, 5, 7, 6, 20)) == 7


@pytest.mark.parametrize(
    ("readings", "says"),
    [
        (phases(CURRENT, 6.1, 6.0, 5.9), False),
        (phases(CURRENT, 6.1, 16.0, 0), True),
        ([Reading(POWER, 4200)], False),
        ([Reading(POWER, 11000)], True),
        ([Reading(ENERGY, 5)], None),
    ],
)
def test_a_limit_is_seen_in_the_current_or_else_in_the_power(readings: list[Reading], says: bool | None) -> None:
    assert exceeds(readings, 6.0, 3) is says


def test_what_came_to_no_end_was_left_out() -> None:
    steps = [
        Step(StepName.BOOT, StepState.PASSED, "booted"),
        Step(StepName.METER, StepState.RUNNING, "asks_for_values"),
    ]
    passed, left_out = settle(steps)
    assert (passed.code, left_out.state, left_out.code) == ("booted", StepState.SKIPPED, "not_reached")


def test_one_failure_fails_a_run() -> None:
    steps = [Step(name, StepState.PASSED) for name in StepName]
    assert verdict(steps) is RunState.PASSED
    assert verdict([*steps, Step(StepName.UNLOCK, StepState.NOTED)]) is RunState.PASSED
    assert verdict([*steps, Step(StepName.UNLOCK, StepState.FAILED)]) is RunState.FAILED
