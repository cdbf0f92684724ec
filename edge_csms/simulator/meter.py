"""A three-phase meter: what it reads is plausible, because all of it follows from the current that flows."""

import random
from collections.abc import Callable

from edge_csms.ocpp.v16.types import Measurand, Phase, ReadingContext, SampledValue, UnitOfMeasure

NOMINAL_VOLTS = 230.0
POWER_FACTOR = 0.99
_PHASES = 3
_LINES: tuple[Phase, ...] = ("L1", "L2", "L3")
_LINES_TO_NEUTRAL: tuple[Phase, ...] = ("L1-N", "L2-N", "L3-N")
_AMBIENT_CELSIUS = 18.0
_CELSIUS_PER_AMP = 0.9
_WARMING_SECONDS = 600.0


class Meter:
    """Counts energy. Its current is what the car draws on each phase that it uses."""

    def __init__(self, register_wh: float, random_source: random.Random) -> None:
        self.register_wh = register_wh
        self.amps = 0.0
        self.offered_amps = 0.0
        self.phases = _PHASES
        self._celsius = _AMBIENT_CELSIUS
        self._random = random_source
        self._readers: dict[str, Callable[[], list[SampledValue]]] = {
            "Energy.Active.Import.Register": self._energy,
            "Power.Active.Import": self._power,
            "Power.Offered": self._power_offered,
            "Power.Factor": self._power_factor,
            "Current.Import": self._current,
            "Current.Offered": self._current_offered,
            "Voltage": self._voltage,
            "Frequency": self._frequency,
            "Temperature": self._temperature,
        }

    @property
    def power_w(self) -> float:
        """The power that flows now."""
        return self.amps * self.phases * NOMINAL_VOLTS * POWER_FACTOR

    @property
    def register_reading_wh(self) -> int:
        """The register as it is shown."""
        return int(self.register_wh)

    def run(self, seconds: float) -> None:
        """Let the present current flow for some time."""
        self.register_wh += self.power_w * seconds / 3600
        target = _AMBIENT_CELSIUS + self.amps * _CELSIUS_PER_AMP
        self._celsius += (target - self._celsius) * min(1.0, seconds / _WARMING_SECONDS)

    def sample(self, measurands: list[str], context: ReadingContext) -> list[SampledValue]:
        """Read the measurands that this meter has."""
        samples = [sample for name in measurands if name in self._readers for sample in self._readers[name]()]
        for sample in samples:
            sample.context = context
            sample.location = "Outlet"
        return samples

    def _energy(self) -> list[SampledValue]:
        return [_value("Energy.Active.Import.Register", self.register_reading_wh, "Wh", decimals=0)]

    def _power(self) -> list[SampledValue]:
        return [_value("Power.Active.Import", self._shake(self.power_w, 0.005), "W")]

    def _power_offered(self) -> list[SampledValue]:
        return [_value("Power.Offered", self.offered_amps * self.phases * NOMINAL_VOLTS, "W")]

    def _power_factor(self) -> list[SampledValue]:
        return [_value("Power.Factor", POWER_FACTOR if self.amps else 1.0, None, decimals=2)]

    def _current(self) -> list[SampledValue]:
        amps = [self.amps if index < self.phases else 0.0 for index in range(_PHASES)]
        return [
            _value("Current.Import", self._shake(each, 0.005), "A", phase=line)
            for each, line in zip(amps, _LINES, strict=True)
        ]

    def _current_offered(self) -> list[SampledValue]:
        return [_value("Current.Offered", self.offered_amps, "A")]

    def _voltage(self) -> list[SampledValue]:
        volts = NOMINAL_VOLTS - self.amps * 0.08  # the line sags under load
        return [_value("Voltage", self._shake(volts, 0.004), "V", phase=line) for line in _LINES_TO_NEUTRAL]

    def _frequency(self) -> list[SampledValue]:
        return [_value("Frequency", self._shake(50.0, 0.0004), "Hertz", decimals=2)]

    def _temperature(self) -> list[SampledValue]:
        return [_value("Temperature", self._celsius, "Celsius")]

    def _shake(self, number: float, share: float) -> float:
        return number * (1 + self._random.uniform(-share, share))


def _value(
    measurand: Measurand, number: float, unit: UnitOfMeasure | None, *, phase: Phase | None = None, decimals: int = 1
) -> SampledValue:
    return SampledValue(value=f"{number:.{decimals}f}", measurand=measurand, unit=unit, phase=phase)
