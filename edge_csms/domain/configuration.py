"""Settings as they shall be: templates for makes and models, what differs from them, and changes of several at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from edge_csms.domain.model import ChargePoint, ConfigurationEntry, fold
from edge_csms.domain.patterns import matches


@dataclass(frozen=True, slots=True)
class Template:
    """Settings that charge points of some makes and models shall have; vendor and model are patterns."""

    template_id: int
    name: str
    vendor: str
    model: str
    automatic: bool  # applied by itself, else when somebody asks for it
    settings: Mapping[str, str]
    updated_at: datetime

    def fits(self, charge_point: ChargePoint) -> bool:
        """Say whether it is made for a charge point; one that never told what it is fits none."""
        known = charge_point.vendor is not None or charge_point.model is not None
        return known and matches(charge_point.vendor, self.vendor) and matches(charge_point.model, self.model)

    @property
    def precision(self) -> int:
        """Say how narrow its patterns are: the narrower of two templates wins."""
        return sum(character not in "*?|" for character in self.vendor + self.model)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a setting shall be, by which template."""

    name: str
    value: str
    template: Template


class DriftState(StrEnum):
    """How a setting stands to what it shall be."""

    SAME = "same"
    DIFFERENT = "different"
    UNREAD = "unread"  # the charge point was never asked for it
    UNKNOWN = "unknown"  # the charge point has no such setting


@dataclass(frozen=True, slots=True)
class Drift:
    """A setting that a template names, as it was last read."""

    wanted: Wanted
    value: str | None
    readonly: bool | None
    state: DriftState


class ChangeKind(StrEnum):
    """Where the values of a change come from."""

    APPLY = "apply"  # the templates
    REVERT = "revert"  # what was before the last change


class ChangeState(StrEnum):
    """How far a change is."""

    WAITING = "waiting"  # for the charge point to be connected and idle
    DONE = "done"  # every setting was tried; `results` say what came of each
    REPLACED = "replaced"  # by a newer one, before it was done


@dataclass(frozen=True, slots=True)
class Change:
    """Settings that a charge point is given together once it is idle, and what it had before."""

    change_id: int
    charge_point_id: str
    kind: ChangeKind
    state: ChangeState
    wanted: Mapping[str, str]
    before: Mapping[str, str | None] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    asked_by: str = ""
    asked_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def rest(self) -> list[str]:
        """Give the settings that are still to be tried."""
        return [name for name in self.wanted if name not in self.results]


def wanted_of(templates: Iterable[Template], charge_point: ChargePoint) -> dict[str, Wanted]:
    """Give what the settings of a charge point shall be, by their folded names; the narrowest template wins."""
    fitting = sorted((one for one in templates if one.fits(charge_point)), key=lambda one: one.precision)
    return {fold(name): Wanted(name, value, one) for one in fitting for name, value in one.settings.items()}


def drift_of(wanted: Wanted, entry: ConfigurationEntry | None) -> Drift:
    """Compare what a setting shall be with what was last read of it."""
    if entry is None or entry.read_at is None:
        return Drift(wanted, None, None, DriftState.UNREAD)
    if entry.unknown:
        return Drift(wanted, None, None, DriftState.UNKNOWN)
    state = DriftState.SAME if same(entry.value, wanted.value) else DriftState.DIFFERENT
    return Drift(wanted, entry.value, entry.readonly, state)


def same(value: str | None, wanted: str) -> bool:
    """Say whether two values mean the same: chargers write True for true and a space after a comma."""
    if value is None:
        return not wanted.strip()
    return _plain(value) == _plain(wanted)


def _plain(value: str) -> list[str]:
    parts = [part.strip() for part in value.split(",")]
    return [part.lower() if part.lower() in ("true", "false") else part for part in parts]
