"""Commissioning runs over REST: begun, followed, cancelled, and their reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from edge_csms.domain.commissioning import Run, RunState, StepName, StepState
from edge_csms.domain.roles import Role
from edge_csms.services import commissioning
from edge_csms.services.commissioning import Order
from edge_csms.web.charge_points import CHARGE_POINT
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

RUNS = "/api/v1/commissioning-runs"
RUN = RUNS + "/{run_id:int}"

ConnectorId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
IdTagText = Annotated[str, Meta(min_length=1, max_length=20)]
Name = Annotated[str, Meta(max_length=100)]
StepWord = Literal["boot", "configuration", "meter", "start", "power", "limit", "stop", "unlock", "lost_link"]


class NewRun(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Where to check, with which tag to charge, and who answers for it; without `steps` all are taken.

    A car, or a test adapter that behaves like one, must be at hand: the run says when to plug it in and when to end
    the charge at the charger.
    """

    connector_id: ConnectorId = 1
    id_tag: IdTagText
    technician: Name = ""
    steps: Annotated[list[StepWord], Meta(min_length=1)] | None = None


class StepItem(msgspec.Struct):
    """One step; `code` says what it waits for or what came of it, `facts` are the figures that this is read from."""

    name: StepName
    state: StepState
    code: str
    facts: Mapping[str, str | float | int | None]
    ended_at: datetime | None


class PlateItem(msgspec.Struct):
    """What the charge point said of itself at the time of the run."""

    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware_version: str | None


class RemarkItem(msgspec.Struct):
    """One way in which the charge point had deviated from the standard by the end of the run."""

    field: str
    explanation: str
    count: int


class RunItem(msgspec.Struct, kw_only=True):
    """A run, and once it has ended its report."""

    run_id: int
    charge_point_id: str
    connector_id: int
    id_tag: str
    technician: str
    asked_by: str
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    plate: PlateItem
    steps: list[StepItem]
    remarks: list[RemarkItem]


class RunQuery(PageQuery):
    """Which runs: all, or those of one charge point."""

    charge_point_id: str | None = None


def item(run: Run) -> RunItem:
    """Show a run."""
    return msgspec.convert(run, RunItem, from_attributes=True)


async def begin_run(request: Request, charge_point_id: str, body: NewRun) -> RunItem:
    """Begin to check a charge point; the run goes on by itself."""
    order = Order(
        charge_point_id=charge_point_id,
        connector_id=body.connector_id,
        id_tag=body.id_tag,
        technician=body.technician.strip() or request.actor.username,
        asked_by=request.actor.username,
        names=[StepName(name) for name in body.steps or StepName],
    )
    run = await request.parts.commissioning.begin(order)
    request.audit.details = f"run {run.run_id} on connector {run.connector_id}"
    return item(run)


async def list_runs(request: Request, query: RunQuery) -> Page[RunItem]:
    """List runs, the newest first."""
    before = cursor_number(query.cursor)
    found = await request.database.read(commissioning.list_, query.charge_point_id, before, query.limit + 1)
    return page([item(run) for run in found], query.limit, lambda one: one.run_id)


async def get_run(request: Request, run_id: int) -> RunItem:
    """Show a run."""
    return item(await request.database.read(commissioning.get, run_id))


async def cancel_run(request: Request, run_id: int) -> RunItem:
    """End a run before its time; a charge that it started is stopped."""
    run = await request.parts.commissioning.cancel(run_id)
    request.audit.subject, request.audit.details = run.charge_point_id, f"run {run_id}"
    return item(run)


ROUTES = [
    Route(
        method="POST",
        path=CHARGE_POINT + "/commissioning-runs",
        function=begin_run,
        role=Role.TECHNICIAN,
        body=NewRun,
        returns=RunItem,
        status=201,
        errors=(404, 409),
        audit="commissioning.begin",
        summary="Begin a commissioning run",
    ),
    Route(
        method="GET",
        path=RUNS,
        function=list_runs,
        role=Role.VIEWER,
        query=RunQuery,
        returns=Page[RunItem],
        summary="List commissioning runs",
    ),
    Route(
        method="GET",
        path=RUN,
        function=get_run,
        role=Role.VIEWER,
        returns=RunItem,
        errors=(404,),
        summary="Show a commissioning run",
    ),
    Route(
        method="POST",
        path=RUN + "/cancel",
        function=cancel_run,
        role=Role.TECHNICIAN,
        returns=RunItem,
        errors=(404, 409),
        audit="commissioning.cancel",
        summary="Cancel a commissioning run",
    ),
]
