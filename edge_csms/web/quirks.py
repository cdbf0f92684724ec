"""Quirks over REST: which switches there are, where they are on and why; a technician may set them otherwise."""

from typing import Any, Literal

import msgspec

from edge_csms.central import quirks
from edge_csms.central.quirks import Quirk, Switches
from edge_csms.domain.model import SwitchValue
from edge_csms.domain.roles import Role
from edge_csms.services import charge_points
from edge_csms.web.charge_points import CHARGE_POINT, ChargePointItem, show_item
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class SwitchItem(msgspec.Struct):
    """One switch, what it does, and which values it can have; no `choices` means any number."""

    switch: str
    meaning: str
    choices: list[SwitchValue]


class RowItem(msgspec.Struct):
    """One row: charge points of this make, model and firmware (patterns) have this switch on."""

    switch: str
    value: SwitchValue
    vendor: str
    model: str
    firmware: str
    reason: str
    source: str
    by: Literal["make", "file"]


class QuirkBook(msgspec.Struct):
    """All switches, and all rows, those of the site's own file last."""

    switches: list[SwitchItem]
    rows: list[RowItem]


class NewSwitch(msgspec.Struct, forbid_unknown_fields=True):
    """What a switch shall be for one charge point, whatever its make."""

    value: SwitchValue


async def list_quirks(request: Request) -> QuirkBook:
    """Show the switches and the rows that set them."""
    known = request.parts.central.quirks
    rows = [_row(one, "make") for one in known.built_in] + [_row(one, "file") for one in known.of_file]
    return QuirkBook(list_switches(), rows)


async def put_quirk(request: Request, charge_point_id: str, switch: str, body: NewSwitch) -> ChargePointItem:
    """Let a charge point differ from the rule, or from what its make needs."""
    quirks.check_switch(switch, body.value)
    return await _set(request, charge_point_id, switch, body.value)


async def delete_quirk(request: Request, charge_point_id: str, switch: str) -> ChargePointItem:
    """Take a technician's word back: what its make needs holds again."""
    return await _set(request, charge_point_id, switch, None)


def list_switches() -> list[SwitchItem]:
    """List the switches as their own declaration describes them."""
    properties = msgspec.json.schema(Switches)["$defs"]["Switches"]["properties"]
    return [_switch(name, schema) for name, schema in properties.items()]


def _switch(name: str, schema: dict[str, Any]) -> SwitchItem:
    described = next(one for one in schema.get("anyOf", [schema]) if "description" in one)
    choices = [True, False] if described.get("type") == "boolean" else described.get("enum", [])
    return SwitchItem(name, described["description"], choices)


async def _set(request: Request, charge_point_id: str, switch: str, value: SwitchValue | None) -> ChargePointItem:
    request.audit.subject = charge_point_id
    request.audit.details = f"{switch}={'automatic' if value is None else value}"
    changed = await request.database.run(charge_points.set_switch, charge_point_id, switch, value)
    request.parts.central.refresh(changed)
    return await show_item(request, charge_point_id)


def _row(quirk: Quirk, by: Literal["make", "file"]) -> RowItem:
    return RowItem(quirk.switch, quirk.value, quirk.vendor, quirk.model, quirk.firmware, quirk.reason, quirk.source, by)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/quirks",
        function=list_quirks,
        role=Role.VIEWER,
        returns=QuirkBook,
        summary="Show what makes and models need beyond the rule",
    ),
    Route(
        method="PUT",
        path=CHARGE_POINT + "/quirks/{switch}",
        function=put_quirk,
        role=Role.TECHNICIAN,
        body=NewSwitch,
        returns=ChargePointItem,
        errors=(404,),
        audit="charge_point.quirk",
        summary="Set a switch for one charge point",
    ),
    Route(
        method="DELETE",
        path=CHARGE_POINT + "/quirks/{switch}",
        function=delete_quirk,
        role=Role.TECHNICIAN,
        returns=ChargePointItem,
        errors=(404,),
        audit="charge_point.quirk",
        summary="Leave a switch to the make of the charge point",
    ),
]
