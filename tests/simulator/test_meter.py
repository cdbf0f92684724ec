"""The meter: plausible, because everything follows from the current."""

import random

import pytest

from edge_csms.simulator.meter import Meter

EVERYTHING = [
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Power.Offered",
    "Power.Factor",
    "Current.Import",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
]


def read(meter: Meter, measurand: str) -> list[float]:
    return [float(each.value) for each in meter.sample([measurand], "Sample.Periodic")]


@pytest.fixture
def meter() -> Meter:
    return Meter(5000.0, random.Random(1))


def test_energy_grows_with_power(meter: Meter) -> None:
    meter.amps = 16.0
    meter.run(3600)
    assert read(meter, "Energy.Active.Import.Register") == [pytest.approx(5000 + 10930, abs=1)]


def test_power_current_and_voltage_agree(meter: Meter) -> None:
    meter.amps = 16.0
    amps, volts = read(meter, "Current.Import"), read(meter, "Voltage")
    apparent = sum(each * other for each, other in zip(amps, volts, strict=True))
    assert read(meter, "Power.Active.Import") == [pytest.approx(apparent, rel=0.03)]


def test_a_car_on_one_phase_draws_on_one(meter: Meter) -> None:
    meter.amps, meter.phases = 16.0, 1
    assert read(meter, "Current.Import") == [pytest.approx(16.0, rel=0.01), 0.0, 0.0]


def test_it_warms_up_and_cools_down(meter: Meter) -> None:
    meter.amps = 32.0
    meter.run(3600)
    hot = read(meter, "Temperature")[0]
    meter.amps = 0.0
    meter.run(300)
    assert 20 < read(meter, "Temperature")[0] < hot < 60


def test_readings_shake_a_little(meter: Meter) -> None:
    assert read(meter, "Voltage") != read(meter, "Voltage")
    assert all(225 < volts < 235 for volts in read(meter, "Voltage"))


def test_every_reading_says_when_and_where(meter: Meter) -> None:
    samples = meter.sample([*EVERYTHING, "SoC"], "Trigger")
    assert {each.measurand for each in samples} == set(EVERYTHING)
    assert {(each.context, each.location) for each in samples} == {("Trigger", "Outlet")}
