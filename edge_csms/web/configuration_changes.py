"""Changes of several settings over REST: drift from the templates, applying them, and taking the last change back."""

from datetime import datetime

import msgspec

from edge_csms.domain.configuration import Change, Drift
from edge_csms.domain.events import ConfigurationChangeAsked
from edge_csms.domain.roles import Role
from edge_csms.services import configuration_changes, configuration_templates
from edge_csms.web.configuration import CONFIGURATION
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class DriftItem(msgspec.Struct):
    """A setting that a template names: what it shall be, and what it was when it was last read."""

    key: str
    template_value: str
    template_id: int
    template: str
    value: str | None
    readonly: bool | None
    state: str


class ChangeItem(msgspec.Struct):
    """Settings that are given to a charge point once it is idle; `results` has its word for each that was tried."""

    change_id: int
    kind: str
    state: str
    wanted: dict[str, str]
    before: dict[str, str | None]
    results: dict[str, str]
    asked_by: str
    asked_at: datetime | None
    finished_at: datetime | None


async def list_configuration_drift(request: Request, charge_point_id: str, query: PageQuery) -> Page[DriftItem]:
    """Compare the settings of a charge point, as last read, with the templates for its make and model."""
    found = await request.database.read(configuration_templates.drift, charge_point_id)
    start = cursor_number(query.cursor) or 0
    following = start + query.limit
    items = [_drift_item(one) for one in found[start:following]]
    return Page(items, str(following) if len(found) > following else None)


async def list_configuration_changes(request: Request, charge_point_id: str, query: PageQuery) -> Page[ChangeItem]:
    """List the changes of a charge point, the newest first."""
    before = cursor_number(query.cursor)
    found = await request.database.read(configuration_changes.list_, charge_point_id, before, query.limit + 1)
    return page([_item(one) for one in found], query.limit, lambda one: one.change_id)


async def apply_configuration(request: Request, charge_point_id: str) -> ChangeItem:
    """Give a charge point what its templates want, as soon as it is connected and idle."""
    asked = (charge_point_id, request.actor.username, request.now)
    return _tell(request, await request.database.run(configuration_changes.ask_to_apply, *asked))


async def revert_configuration(request: Request, charge_point_id: str) -> ChangeItem:
    """Give a charge point back what it had before its last change, as soon as it is connected and idle."""
    asked = (charge_point_id, request.actor.username, request.now)
    return _tell(request, await request.database.run(configuration_changes.ask_to_revert, *asked))


def _tell(request: Request, change: Change) -> ChangeItem:
    request.audit.subject, request.audit.details = change.charge_point_id, ", ".join(change.wanted)
    request.parts.central.bus.publish(ConfigurationChangeAsked(change.charge_point_id))
    return _item(change)


def _item(change: Change) -> ChangeItem:
    return msgspec.convert(change, ChangeItem, from_attributes=True)


def _drift_item(drift: Drift) -> DriftItem:
    wanted = drift.wanted
    return DriftItem(
        wanted.name,
        wanted.value,
        wanted.template.template_id,
        wanted.template.name,
        drift.value,
        drift.readonly,
        drift.state.value,
    )


ROUTES = [
    Route(
        method="GET",
        path=CONFIGURATION + "/drift",
        function=list_configuration_drift,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[DriftItem],
        errors=(404,),
        summary="Compare the settings of a charge point with its templates",
    ),
    Route(
        method="GET",
        path=CONFIGURATION + "/changes",
        function=list_configuration_changes,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[ChangeItem],
        errors=(404,),
        summary="List the changes of a charge point's settings",
    ),
    Route(
        method="POST",
        path=CONFIGURATION + "/apply",
        function=apply_configuration,
        role=Role.TECHNICIAN,
        returns=ChangeItem,
        status=202,
        errors=(404, 409),
        audit="configuration.apply",
        summary="Apply the templates to a charge point",
    ),
    Route(
        method="POST",
        path=CONFIGURATION + "/revert",
        function=revert_configuration,
        role=Role.TECHNICIAN,
        returns=ChangeItem,
        status=202,
        errors=(404, 409),
        audit="configuration.revert",
        summary="Take the last change of a charge point's settings back",
    ),
]
