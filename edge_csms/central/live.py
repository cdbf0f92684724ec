"""What is known of a charge point only while we run: its last meter values, findings not yet stored, its session."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edge_csms.central.inspector import Recorder
from edge_csms.domain.model import ChargePoint, Finding

if TYPE_CHECKING:
    from edge_csms.central.session import Session

MAX_EXAMPLE = 2000  # characters of an example frame


@dataclass(slots=True, eq=False)
class LiveChargePoint:
    """One charge point of the site, connected or not."""

    charge_point: ChargePoint
    recorder: Recorder
    session: "Session | None" = None
    last_heard: float = 0.0  # wall clock of its last frame
    last_values: dict[int, Any] = field(
        default_factory=dict
    )  # connector -> what the dialect keeps of its last MeterValues
    power_reader: Callable[[Any], float | None] | None = None
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)  # not yet stored
    asked_to_boot: bool = False

    @property
    def charge_point_id(self) -> str:
        """Give its identity as first seen."""
        return self.charge_point.charge_point_id

    @property
    def online(self) -> bool:
        """Say whether it is connected."""
        return self.session is not None

    def note_finding(self, code: str, field: str, explanation: str, example: str | bytes) -> None:
        """Count a deviation from the standard; it is stored a little later, with its first example."""
        known = self.findings.get((code, field))
        if known is None:
            text = example if isinstance(example, str) else example.decode(errors="replace")
            self.findings[code, field] = Finding(code, field, explanation, text[:MAX_EXAMPLE])
        else:
            self.findings[code, field] = replace(known, count=known.count + 1)

    def power_w(self, connector_id: int) -> float | None:
        """Give the power that a connector last metered, in W, while connected."""
        values = self.last_values.get(connector_id)
        if values is None or self.power_reader is None or self.session is None:
            return None
        return self.power_reader(values)
