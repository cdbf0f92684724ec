"""Roll-outs over REST: one firmware image for several charge points, one after the other."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.domain import events
from edge_csms.domain.file_jobs import FileJobState
from edge_csms.domain.firmware_rollouts import FirmwareRollout, RolloutState
from edge_csms.domain.roles import Role
from edge_csms.services import firmware_rollouts
from edge_csms.web.file_jobs import Protocol
from edge_csms.web.paging import Page, PageQuery, cursor_number, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

MOST_CHARGE_POINTS = 1000


class NewRollout(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An image for these charge points, in this order.

    One that has an open transaction is waited for, unless `force` is true. At the first that fails the roll-out stops.
    """

    image_id: int
    charge_point_ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_CHARGE_POINTS)]
    signed: bool | None = None
    protocol: Protocol | None = None
    force: bool = False


class RolloutStepItem(msgspec.Struct):
    """One charge point of a roll-out; without a job its turn has not come."""

    charge_point_id: str
    job_id: int | None
    state: FileJobState | None
    reason: str | None


class RolloutItem(msgspec.Struct, kw_only=True):
    """A roll-out; `reason` says why it stopped."""

    rollout_id: int
    image_id: int
    state: RolloutState
    reason: str | None
    signed: bool | None
    protocol: str | None
    force: bool
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    steps: list[RolloutStepItem]


def item(rollout: FirmwareRollout) -> RolloutItem:
    """Show a roll-out."""
    return msgspec.convert(rollout, RolloutItem, from_attributes=True)


async def list_firmware_rollouts(request: Request, query: PageQuery) -> Page[RolloutItem]:
    """List the roll-outs, the newest first."""
    found = await request.database.read(firmware_rollouts.list_, query.limit + 1, cursor_number(query.cursor))
    return page([item(rollout) for rollout in found], query.limit, lambda one: one.rollout_id)


async def begin_firmware_rollout(request: Request, body: NewRollout) -> RolloutItem:
    """Begin a roll-out."""
    order = firmware_rollouts.Order(
        image_id=body.image_id,
        charge_point_ids=body.charge_point_ids,
        asked_by=request.actor.username,
        signed=body.signed,
        protocol=body.protocol,
        force=body.force,
    )
    request.audit.details = f"image {body.image_id}: {', '.join(body.charge_point_ids)}"
    return _told(request, await request.database.run(firmware_rollouts.order, order, request.now))


async def get_firmware_rollout(request: Request, rollout_id: int) -> RolloutItem:
    """Show a roll-out."""
    return item(await request.database.read(firmware_rollouts.get, rollout_id))


async def cancel_firmware_rollout(request: Request, rollout_id: int) -> RolloutItem:
    """Leave alone the charge points whose turn has not come; an update that is under way goes on."""
    actor = request.actor.username
    return _told(request, await request.database.run(firmware_rollouts.cancel, rollout_id, actor, request.now))


def _told(request: Request, rollout: FirmwareRollout) -> RolloutItem:
    request.audit.subject = f"roll-out {rollout.rollout_id}"
    request.parts.central.bus.publish(events.FirmwareRolloutChanged(rollout.rollout_id, rollout.state.value))
    return item(rollout)


ROLLOUTS = "/api/v1/firmware-rollouts"
ROLLOUT = ROLLOUTS + "/{rollout_id:int}"

ROUTES = [
    Route(
        method="GET",
        path=ROLLOUTS,
        function=list_firmware_rollouts,
        role=Role.VIEWER,
        query=PageQuery,
        returns=Page[RolloutItem],
        summary="List firmware roll-outs",
    ),
    Route(
        method="POST",
        path=ROLLOUTS,
        function=begin_firmware_rollout,
        role=Role.TECHNICIAN,
        body=NewRollout,
        returns=RolloutItem,
        status=201,
        errors=(404,),
        audit="firmware_rollout.begin",
        summary="Begin a firmware roll-out",
    ),
    Route(
        method="GET",
        path=ROLLOUT,
        function=get_firmware_rollout,
        role=Role.VIEWER,
        returns=RolloutItem,
        summary="Show a firmware roll-out",
    ),
    Route(
        method="POST",
        path=ROLLOUT + "/cancel",
        function=cancel_firmware_rollout,
        role=Role.TECHNICIAN,
        returns=RolloutItem,
        errors=(409,),
        audit="firmware_rollout.cancel",
        summary="Cancel a firmware roll-out",
    ),
]
