"""Charging profiles: limits on current or power over time, and what is wrong with one (OCPP 1.6 §3.13, §7.8)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from edge_csms.domain.errors import Invalid

NOMINAL_VOLTS = 230
ALL_PHASES = 3  # where a limit doesn't say how many (errata 3.68)
WHOLE_CHARGE_POINT = 0
MAX_SECONDS = 2**31 - 1
MAX_LIMIT = 1e9


class Purpose(StrEnum):
    """What a profile limits."""

    CHARGE_POINT_MAX = "ChargePointMaxProfile"  # all connectors together
    TX_DEFAULT = "TxDefaultProfile"  # every transaction, on one connector or on all
    TX = "TxProfile"  # one transaction


class Kind(StrEnum):
    """What the time of a profile's schedule counts from."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


class Recurrency(StrEnum):
    """How often a schedule begins anew."""

    DAILY = "Daily"
    WEEKLY = "Weekly"

    @property
    def period(self) -> timedelta:
        """Give the time from one beginning to the next."""
        return timedelta(days=1) if self is Recurrency.DAILY else timedelta(weeks=1)


class RateUnit(StrEnum):
    """What limits count: A on each phase, or W on all phases together."""

    AMPS = "A"
    WATTS = "W"


@dataclass(frozen=True, slots=True)
class Period:
    """A limit that holds from a second of the schedule on."""

    start_seconds: int
    limit: float
    phases: int | None = None

    @property
    def known_phases(self) -> int:
        """Give the number of phases, said or not."""
        return self.phases or ALL_PHASES


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingProfile:
    """A schedule of limits, and what it is good for.

    Once it is meant for a charge point it has an id, a TxProfile also the transaction as the charge point knows it.
    """

    purpose: Purpose
    kind: Kind = Kind.ABSOLUTE
    stack_level: int = 0
    unit: RateUnit = RateUnit.AMPS
    periods: tuple[Period, ...]
    recurrency: Recurrency | None = None
    starts_at: datetime | None = None
    duration_seconds: int | None = None
    min_rate: float | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    charging_profile_id: int = 0
    wire_id: str | None = None


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A profile that the site keeps under a name."""

    name: str
    profile: ChargingProfile
    note: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Which:
    """Profiles of a charge point: the one of this id, else all that have what is given."""

    charging_profile_id: int | None = None
    connector_id: int | None = None
    purpose: Purpose | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a charge point takes, as far as it said; None or empty where it didn't."""

    max_stack_level: int | None = None
    max_periods: int | None = None
    units: frozenset[RateUnit] = frozenset()


ANYTHING = Capabilities()


def check(faults: dict[str, str]) -> None:
    """Refuse what has faults, given by field; raises Invalid."""
    if faults:
        detail = " ".join(f"{field}: {text}" for field, text in faults.items())
        raise Invalid(detail, {field: [text] for field, text in faults.items()})


def find_faults(profile: ChargingProfile, capabilities: Capabilities = ANYTHING) -> dict[str, str]:
    """Say what is wrong with a profile, by the name of the field; nothing is wrong with an empty result."""
    return _oddities(profile) | find_errors(profile, capabilities)


def find_errors(profile: ChargingProfile, capabilities: Capabilities = ANYTHING) -> dict[str, str]:
    """Say why no charge point could take a profile; one that merely means less than it says has no errors."""
    errors = _errors_of_level(profile, capabilities)
    if text := _error_of_starts(profile.periods) or _error_of_limits(profile.periods):
        errors["periods"] = text
    elif capabilities.max_periods is not None and len(profile.periods) > capabilities.max_periods:
        errors["periods"] = f"The charge point takes at most {capabilities.max_periods} periods."
    if profile.min_rate is not None and not _is_limit(profile.min_rate):
        errors["min_rate"] = "It can't be negative and has at most one decimal."
    if profile.kind is Kind.RECURRING and profile.recurrency is None:
        errors["recurrency"] = "A Recurring profile must say whether it is Daily or Weekly."
    if profile.duration_seconds is not None and not 0 < profile.duration_seconds <= MAX_SECONDS:
        errors["duration_seconds"] = "A duration is at least a second."
    return errors


def find_faults_of_place(profile: ChargingProfile, connector_id: int) -> dict[str, str]:
    """Say why a profile can't be meant for this connector."""
    at_whole = connector_id == WHOLE_CHARGE_POINT
    if profile.purpose is Purpose.CHARGE_POINT_MAX and not at_whole:
        return {"connector_id": "A ChargePointMaxProfile is for connector 0, the whole charge point."}
    if profile.purpose is Purpose.TX and at_whole:
        return {"connector_id": "A TxProfile is for the connector of its transaction."}
    return {}


def convert(profile: ChargingProfile, unit: RateUnit) -> ChargingProfile:
    """Give the same limits in another unit, rounded down: W = A x 230 x phases."""
    if profile.unit is unit:
        return profile
    periods = tuple(
        replace(one, limit=round_down(one.limit * _factor(unit, one.known_phases))) for one in profile.periods
    )
    min_rate = None if profile.min_rate is None else round_down(profile.min_rate * _factor(unit, ALL_PHASES))
    return replace(profile, unit=unit, periods=periods, min_rate=min_rate)


def round_down(limit: float) -> float:
    """Round to one decimal, the most that charge points take (§7.14), and never up."""
    return math.floor(limit * 10 + 1e-6) / 10


def _factor(unit: RateUnit, phases: int) -> float:
    watts_per_amp = NOMINAL_VOLTS * phases
    return watts_per_amp if unit is RateUnit.WATTS else 1 / watts_per_amp


def _oddities(profile: ChargingProfile) -> dict[str, str]:
    """Find what contradicts itself, though a charge point may make something of it."""
    faults = {}
    recurs = profile.kind is Kind.RECURRING
    cycle = timedelta.max if profile.recurrency is None else profile.recurrency.period
    duration = min(cycle, timedelta(seconds=min(profile.duration_seconds or MAX_SECONDS, MAX_SECONDS)))
    if not recurs and profile.recurrency is not None:
        faults["recurrency"] = "Only a Recurring profile has a recurrency."
    if recurs and profile.starts_at is None:
        faults["starts_at"] = "A Recurring profile must say when it starts for the first time."
    if profile.kind is Kind.RELATIVE and profile.starts_at is not None:
        faults["starts_at"] = "A Relative profile starts with its transaction, not at a time."
    if recurs and (profile.duration_seconds or 0) > cycle.total_seconds():
        faults["duration_seconds"] = "A Recurring profile can't be longer than the time after which it begins anew."
    if any(one.start_seconds >= duration.total_seconds() for one in profile.periods):
        faults["periods"] = "Every period must start within the duration."
    if profile.valid_from is not None and profile.valid_to is not None and profile.valid_from >= profile.valid_to:
        faults["valid_to"] = "It must lie behind valid_from."
    return faults


def _error_of_starts(periods: Sequence[Period]) -> str:
    starts = [one.start_seconds for one in periods]
    if not starts:
        return "There must be at least one period."
    if starts[0] != 0:
        return "The first period must start at second 0."
    if any(later <= earlier for earlier, later in pairwise(starts)):
        return "Each period must start behind the one before."
    return "" if starts[-1] <= MAX_SECONDS else f"A period can't start behind second {MAX_SECONDS}."


def _error_of_limits(periods: Sequence[Period]) -> str:
    if any(one.limit < 0 for one in periods):
        return "A limit can't be negative."
    if not all(_is_limit(one.limit) for one in periods):
        return "A limit is a number with at most one decimal."
    if any(one.phases is not None and not 1 <= one.phases <= ALL_PHASES for one in periods):
        return "The number of phases is 1, 2 or 3."
    return ""


def _is_limit(limit: float) -> bool:
    return 0 <= limit < MAX_LIMIT and abs(limit - round(limit, 1)) < 1e-6


def _errors_of_level(profile: ChargingProfile, capabilities: Capabilities) -> dict[str, str]:
    faults = {}
    highest = capabilities.max_stack_level
    if profile.stack_level < 0 or profile.stack_level > MAX_SECONDS:
        faults["stack_level"] = "A stack level is 0 or more."
    elif highest is not None and profile.stack_level > highest:
        faults["stack_level"] = f"The charge point takes stack levels up to {highest}."
    if capabilities.units and profile.unit not in capabilities.units:
        faults["unit"] = f"The charge point takes limits in {' or '.join(sorted(capabilities.units))} only."
    if profile.wire_id is not None and profile.purpose is not Purpose.TX:
        faults["transaction_id"] = "Only a TxProfile names a transaction."
    return faults
