"""Configuration of charge points over REST: what it is, and what we want it to be."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central import configuration as desired_state
from edge_csms.domain.configuration import Drift, DriftState
from edge_csms.domain.model import ConfigurationEntry, fold
from edge_csms.domain.roles import Role
from edge_csms.services import configuration, configuration_templates
from edge_csms.web.paging import Page, PageQuery
from edge_csms.web.request import Request
from edge_csms.web.route import Route

CONFIGURATION = "/api/v1/charge-points/{charge_point_id}/configuration"


class EntryItem(msgspec.Struct):
    """One setting; `value` null where it was never read or is a secret."""

    key: str
    value: str | None
    readonly: bool | None
    unknown: bool
    reboot_required: bool
    secret: bool
    wanted: str | None
    read_at: datetime | None
    template_value: str | None
    drift: bool


class Refresh(PageQuery):
    """With `refresh` the charge point is asked first."""

    refresh: bool = False


class NewValue(msgspec.Struct, forbid_unknown_fields=True):
    """What the setting shall be."""

    value: Annotated[str, Meta(max_length=500)]


class Changed(msgspec.Struct):
    """The charge point's word, Accepted, RebootRequired, Rejected or NotSupported, and the setting as it now is."""

    status: str
    detail: str
    entry: EntryItem


def _item(entry: ConfigurationEntry, drift: Drift | None) -> EntryItem:
    return EntryItem(
        key=entry.name,
        value=entry.value,
        readonly=entry.readonly,
        unknown=entry.unknown,
        reboot_required=entry.reboot_required,
        secret=configuration.is_secret(entry.name),
        wanted=entry.wanted,
        read_at=entry.read_at,
        template_value=None if drift is None else drift.wanted.value,
        drift=drift is not None and drift.state is not DriftState.SAME,
    )


async def _drifts(request: Request, charge_point_id: str) -> dict[str, Drift]:
    found = await request.database.read(configuration_templates.drift, charge_point_id)
    return {fold(one.wanted.name): one for one in found}


async def list_configuration(request: Request, charge_point_id: str, query: Refresh) -> Page[EntryItem]:
    """List the settings of a charge point as last read."""
    if query.refresh:
        await desired_state.read(request.parts.central, request.database, charge_point_id)
    entries = await request.database.run(configuration.list_, charge_point_id)
    drifts = await _drifts(request, charge_point_id)
    return Page([_item(entry, drifts.get(fold(entry.name))) for entry in entries], None)


async def get_configuration(request: Request, charge_point_id: str, key: str, query: Refresh) -> EntryItem:
    """Show one setting."""
    if query.refresh:
        await desired_state.read(request.parts.central, request.database, charge_point_id, [key])
    entry = await request.database.run(configuration.get, charge_point_id, key)
    return _item(entry, (await _drifts(request, charge_point_id)).get(fold(key)))


async def put_configuration(request: Request, charge_point_id: str, key: str, body: NewValue) -> Changed:
    """Change one setting on the charge point."""
    request.audit.subject = f"{charge_point_id} {key}"
    request.audit.details = "" if configuration.is_secret(key) else body.value
    status = await desired_state.write(request.parts.central, request.database, charge_point_id, key, body.value)
    request.audit.result = status
    entry = await request.database.run(configuration.find, charge_point_id, key)
    drift = (await _drifts(request, charge_point_id)).get(fold(key))
    return Changed(status, RESULTS.get(status, status), _item(entry or ConfigurationEntry(key), drift))


RESULTS = {
    "Accepted": "The charge point has changed the setting.",
    "RebootRequired": "The charge point has taken the setting; it holds after its next restart.",
    "Rejected": "The charge point knows the setting but refuses this value; it may be read-only.",
    "NotSupported": "The charge point doesn't know this setting.",
}

ROUTES = [
    Route(
        method="GET",
        path=CONFIGURATION,
        function=list_configuration,
        role=Role.VIEWER,
        query=Refresh,
        returns=Page[EntryItem],
        errors=(404, 409, 502, 504),
        summary="List the settings of a charge point",
    ),
    Route(
        method="GET",
        path=CONFIGURATION + "/{key}",
        function=get_configuration,
        role=Role.VIEWER,
        query=Refresh,
        returns=EntryItem,
        errors=(404, 409, 502, 504),
        summary="Show a setting of a charge point",
    ),
    Route(
        method="PUT",
        path=CONFIGURATION + "/{key}",
        function=put_configuration,
        role=Role.TECHNICIAN,
        body=NewValue,
        returns=Changed,
        errors=(404, 409, 502, 504),
        audit="configuration.edit",
        summary="Change a setting of a charge point",
    ),
]
