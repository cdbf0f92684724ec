"""What is known of a charge point only while we run: its last meter values, findings not yet stored, its session."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from edge_csms.central.inspector import Recorder
from edge_csms.central.quirks import ActiveQuirks, Quirks
from edge_csms.domain.model import ChargePoint, Finding
from edge_csms.ocpp import codec

if TYPE_CHECKING:
    from edge_csms.central.session import Session

MAX_EXAMPLE = 2000  # characters of an example frame
MAX_WORDS = 300  # of what a finding says, and of where: both may hold a charger's own words
MAX_KINDS = 200  # of findings that wait to be stored
MAX_BOOTS = 3  # within the time below; one that boots more often may do so because of what we ask of it
BOOTS_WITHIN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class ReachedAt:
    """How a charge point found us, which is how it will find us again: `host` as in a URL."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class PendingStart:
    """A remote start that the charge point accepted: no transaction yet, until its Start comes or the time runs out."""

    id_tag: str
    expires_at: datetime


@dataclass(slots=True, eq=False)
class LiveChargePoint:
    """One charge point of the site, connected or not."""

    charge_point: ChargePoint
    recorder: Recorder
    rules: Quirks
    session: "Session | None" = None
    last_heard: float = 0.0  # wall clock of its last frame
    last_values: dict[int, Any] = field(
        default_factory=dict
    )  # connector -> what the dialect keeps of its last MeterValues
    power_reader: Callable[[Any], float | None] | None = None
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)  # not yet stored
    unsaved: int = 0  # Starts and Stops that could not be stored since the last one that could
    list_lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # one local authorization list is sent at a time
    pending_starts: dict[int, PendingStart] = field(default_factory=dict)  # by connector
    open_since: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # wire id -> transaction known to be open
    certificate_until: datetime | None = None  # when the one ends with which it is connected
    reached_at: ReachedAt | None = None  # the address at which its last connection found us
    heartbeat_seconds: float | None = None  # the interval that it has, where it is known to differ from the site's
    kept_off_until: float = 0.0  # by the monotonic clock
    boots: list[float] = field(default_factory=list)  # when it last booted
    _quirks: tuple[ChargePoint, ActiveQuirks] | None = None  # as they were collected for this state of it

    @property
    def charge_point_id(self) -> str:
        """Give its identity as first seen."""
        return self.charge_point.charge_point_id

    @property
    def online(self) -> bool:
        """Say whether it is connected."""
        return self.session is not None

    @property
    def quirks(self) -> ActiveQuirks:
        """Say what is different for it."""
        if self._quirks is None or self._quirks[0] is not self.charge_point:
            self._quirks = (self.charge_point, self.rules.of(self.charge_point))
        return self._quirks[1]

    @property
    def leave_alone(self) -> bool:
        """Say whether nothing must be sent to it but what a person or program commands."""
        return self.quirks.switches.no_set_up or self.boots_in_a_loop

    def note_boot(self) -> None:
        """Note that it booted, and when it does so again and again."""
        self.boots = [*self.boots[-MAX_BOOTS:], time.monotonic()]
        if self.boots_in_a_loop:
            words = f"It booted more than {MAX_BOOTS} times in ten minutes; nothing is set up by itself meanwhile."
            self.note_finding("boot_loop", "BootNotification", words, "")

    @property
    def boots_in_a_loop(self) -> bool:
        """Say whether it boots again and again, maybe because of what we ask of it."""
        return len(self.boots) > MAX_BOOTS and time.monotonic() - self.boots[0] < BOOTS_WITHIN_SECONDS

    def note_finding(self, code: str, field: str, explanation: str, example: str | bytes) -> None:
        """Count a deviation from the standard; it is stored a little later, with its first example."""
        field = field[:MAX_WORDS]
        known = self.findings.get((code, field))
        if known is not None:
            self.findings[code, field] = replace(known, count=known.count + 1)
        elif len(self.findings) < MAX_KINDS:
            text = example if isinstance(example, str) else example.decode(errors="replace")
            self.findings[code, field] = Finding(code, field, explanation[:MAX_WORDS], text[:MAX_EXAMPLE])

    def take_findings(self) -> list[Finding]:
        """Give what was counted, and count anew."""
        taken, self.findings = list(self.findings.values()), {}
        return taken

    def put_back(self, taken: Iterable[Finding]) -> None:
        """Count in again what could not be stored."""
        for one in taken:
            later = self.findings.get((one.code, one.field))
            self.findings[one.code, one.field] = one if later is None else replace(one, count=one.count + later.count)

    def note_deviations(self, action: str, found: Iterable[codec.Finding], payload: bytes) -> None:
        """Count how a payload deviates from the standard; it is kept as the example."""
        for one in found:
            words = f"{one.explanation}, found {one.example}" if one.example else one.explanation
            self.note_finding(one.code, f"{action}.{one.field}", words, payload)

    def pending_start(self, connector_id: int, now: datetime) -> PendingStart | None:
        """Give the remote start that a connector has accepted and not begun."""
        pending = self.pending_starts.get(connector_id)
        return pending if pending is not None and pending.expires_at > now else None

    def power_w(self, connector_id: int) -> float | None:
        """Give the power that a connector last metered, in W, while connected."""
        values = self.last_values.get(connector_id)
        if values is None or self.power_reader is None or self.session is None:
            return None
        return self.power_reader(values)
