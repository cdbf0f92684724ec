"""What makes and models need beyond the rule: switches, which charge points they are on for, and why."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge_csms.domain.errors import Invalid
from edge_csms.domain.model import ChargePoint, SwitchValue
from edge_csms.domain.patterns import matches

MAX_MAKES = 1024  # whose rows are kept at hand
ADVICE = "advice"  # a row that switches nothing: words for whoever stands before the charger
ANONYMOUS_SLOT = "anonymous_slot"
Origin = Literal["make", "file", "technician"]


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be different for one charge point; the defaults are the rule."""

    close_abruptly: Annotated[
        bool, Meta(description="End its TCP connection without a Close frame when the server stops.")
    ] = False
    hold_after_boot_seconds: (
        Annotated[float, Meta(ge=0, le=60, description="Send it nothing for so long after a BootNotification.")] | None
    ) = None
    no_set_up: Annotated[
        bool, Meta(description="Ask and set nothing by ourselves: only what a person or program commands is sent.")
    ] = False
    local_time: Annotated[bool, Meta(description="A time that names no zone is the site's local time, not UTC.")] = (
        False
    )
    no_status_inference: Annotated[
        bool, Meta(description="Its status Available doesn't mean that an open transaction has ended.")
    ] = False
    hex_remote_tags: Annotated[
        bool, Meta(description="A remote start is taken only for an idTag of 8 or 14 hexadecimal digits.")
    ] = False
    relative_profiles: Annotated[bool, Meta(description="Limits are sent as Relative charging profiles.")] = False
    anonymous_slot: Annotated[
        bool, Meta(description="A charger that names no identity is taken for this one, while no other one has this.")
    ] = False
    max_stack_level: (
        Annotated[int, Meta(ge=0, le=1000, description="Limits are sent on no higher stack level.")] | None
    ) = None
    limit_unit: (
        Annotated[Literal["A", "W"], Meta(description="Limits are sent in this unit, whatever its settings say.")]
        | None
    ) = None


class Quirk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row: charge points of this make, model and firmware need this switch.

    The three patterns are globs without regard to case, alternatives with | between them. `reason` is a clause that
    goes on from "active because"; `source` says where the need was seen.
    """

    switch: str
    reason: Annotated[str, Meta(min_length=1)]
    value: SwitchValue = True
    vendor: str = "*"
    model: str = "*"
    firmware: str = "*"
    source: str = ""

    def fits(self, vendor: str | None, model: str | None, firmware: str | None) -> bool:
        """Say whether a charge point that told this at its boot is one of these."""
        return matches(vendor, self.vendor) and matches(model, self.model) and matches(firmware, self.firmware)


@dataclass(frozen=True, slots=True)
class ActiveQuirk:
    """One switch as it stands for a charge point, by whom, and why."""

    switch: str
    value: SwitchValue
    reason: str
    by: Origin


@dataclass(frozen=True, slots=True)
class ActiveQuirks:
    """All that is different for one charge point."""

    switches: Switches
    shown: tuple[ActiveQuirk, ...]

    def zone(self, of_site: tzinfo) -> tzinfo:
        """Give the time zone that is meant where a time names none."""
        return of_site if self.switches.local_time else UTC


class Quirks:
    """The rows of the program, and below them those of the site's own file, which win."""

    def __init__(self, built_in: Sequence[Quirk] = (), of_file: Sequence[Quirk] = ()) -> None:
        self.built_in = tuple(built_in)
        self.of_file = tuple(of_file)
        self._of_make = functools.lru_cache(MAX_MAKES)(self._find)  # a list of charge points asks for each of them

    def of(self, charge_point: ChargePoint) -> ActiveQuirks:
        """Collect what holds for a charge point; what a technician has set wins."""
        advice: list[ActiveQuirk] = []
        active: dict[str, ActiveQuirk] = {}
        make = self._of_make(charge_point.vendor, charge_point.model, charge_point.firmware_version)
        for one in (*make, *_by_technician(charge_point)):
            if one.switch == ADVICE:
                advice.append(one)
            else:
                active[one.switch] = one
        values = {name: one.value for name, one in active.items()}
        return ActiveQuirks(msgspec.convert(values, Switches), (*active.values(), *advice))

    def _find(self, *told: str | None) -> tuple[ActiveQuirk, ...]:
        origins: tuple[tuple[Origin, tuple[Quirk, ...]], ...] = (("make", self.built_in), ("file", self.of_file))
        return tuple(
            ActiveQuirk(row.switch, row.value, f"active because {row.reason}", by)
            for by, rows in origins
            for row in rows
            if row.fits(*told)
        )


def _by_technician(charge_point: ChargePoint) -> Iterable[ActiveQuirk]:
    reason = "active because a technician has set it for this charge point"
    for name, value in charge_point.switches.items():
        if is_valid(name, value):  # else it was set under another version of the server
            yield ActiveQuirk(name, value, reason, "technician")


def check_row(row: Quirk) -> None:
    """Refuse a row that means nothing; raises Invalid."""
    if row.switch != ADVICE:
        check_switch(row.switch, row.value)
    elif not isinstance(row.value, str):
        raise Invalid("the value of an advice is the text to be shown")


def check_switch(name: str, value: SwitchValue) -> None:
    """Refuse a switch that doesn't exist, or a value that it can't have; raises Invalid."""
    if name not in Switches.__struct_fields__:
        known = ", ".join(Switches.__struct_fields__)
        raise Invalid(f"there is no switch {name}; there are {known}", {"switch": ["There is no such switch."]})
    try:
        msgspec.convert({name: value}, Switches)
    except msgspec.ValidationError as error:
        raise Invalid(f"{name}: {error}", {"value": [f"{error}."]}) from error


def is_valid(name: str, value: SwitchValue) -> bool:
    """Say whether a switch exists and can have this value."""
    try:
        check_switch(name, value)
    except Invalid:
        return False
    return True
