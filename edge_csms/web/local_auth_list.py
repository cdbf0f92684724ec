"""Local authorization lists over REST: whom a charge point lets charge while it is offline."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from edge_csms.central import local_auth_list as commands
from edge_csms.domain.events import LocalAuthListWanted
from edge_csms.domain.local_auth_list import Entry
from edge_csms.domain.model import AuthorizationStatus
from edge_csms.domain.roles import Role
from edge_csms.services import local_auth_list
from edge_csms.services.local_auth_list import Shown
from edge_csms.web.request import Request
from edge_csms.web.route import Route

LOCAL_LIST = "/api/v1/charge-points/{charge_point_id}/local-list"


class EntryItem(msgspec.Struct):
    """A card on the list, with the verdict on it as of now."""

    id_tag: str
    status: AuthorizationStatus
    expires_at: datetime | None
    parent_id_tag: str | None
    may_charge: bool


class ChangeItem(msgspec.Struct):
    """A card about which the list says something else than the site's idTags."""

    id_tag: str
    change: Literal["put", "remove"]
    status: AuthorizationStatus | None


class LocalListItem(msgspec.Struct):
    """The list of a charge point as it took it from us.

    `version` is the one that we sent last, `version_read` the one that it says it has: 0 where its list is empty, -1
    where it can have none. `entries` null means that nobody knows what it holds. `changes` bring it in step; for
    `left_out` idTags there is no room. `offline` says in words what it does without us.
    """

    charge_point_id: str
    enabled: bool
    supported: bool | None
    in_step: bool
    version: int
    version_read: int | None
    sent_at: datetime | None
    read_at: datetime | None
    outcome: str
    entries: list[EntryItem] | None
    changes: list[ChangeItem]
    left_out: int
    offline: list[str]


class LocalListQuery(msgspec.Struct, forbid_unknown_fields=True):
    """With `refresh` the charge point is asked for its version first."""

    refresh: bool = False


class LocalListSettings(msgspec.Struct, forbid_unknown_fields=True):
    """Whether the list is kept in step by itself, whenever idTags change."""

    enabled: bool


class SendNow(msgspec.Struct, forbid_unknown_fields=True):
    """With `full` the whole list is sent, whatever the charge point has."""

    full: bool = False


def _item(shown: Shown, now: datetime) -> LocalListItem:
    known, changes = shown.known, shown.changes
    return LocalListItem(
        charge_point_id=shown.charge_point_id,
        enabled=known.enabled,
        supported=shown.supported,
        in_step=shown.in_step,
        version=known.version,
        version_read=known.version_read,
        sent_at=known.sent_at,
        read_at=known.read_at,
        outcome=known.outcome,
        entries=None if known.entries is None else [_entry(entry.as_of(now)) for entry in known.entries],
        changes=[
            *(ChangeItem(entry.id_tag, "put", entry.status) for entry in changes.put),
            *(ChangeItem(id_tag, "remove", None) for id_tag in changes.removed),
        ],
        left_out=shown.left_out,
        offline=shown.offline,
    )


def _entry(entry: Entry) -> EntryItem:
    may_charge = entry.status is AuthorizationStatus.ACCEPTED
    return EntryItem(entry.id_tag, entry.status, entry.expires_at, entry.parent_id_tag, may_charge)


async def _show(request: Request, charge_point_id: str) -> LocalListItem:
    now = request.now
    return _item(await request.database.run(local_auth_list.show, charge_point_id, now), now)


async def get_local_list(request: Request, charge_point_id: str, query: LocalListQuery) -> LocalListItem:
    """Show what a charge point does with cards while it is offline."""
    if query.refresh:
        await commands.read_version(request.parts.central, charge_point_id)
    return await _show(request, charge_point_id)


async def put_local_list(request: Request, charge_point_id: str, body: LocalListSettings) -> LocalListItem:
    """Have the list kept in step from now on, or no longer."""
    request.audit.details = f"enabled={body.enabled}"
    await request.database.run(local_auth_list.enable, charge_point_id, body.enabled)
    if body.enabled:
        request.parts.central.bus.publish(LocalAuthListWanted(charge_point_id))
    return await _show(request, charge_point_id)


async def send_local_list(request: Request, charge_point_id: str, body: SendNow) -> LocalListItem:
    """Bring the list in step now, charging or not: 409 with the charge point's word where it won't take it."""
    request.audit.details = f"full={body.full}"
    await commands.send(request.parts.central, request.database, charge_point_id, full=body.full)
    shown = await _show(request, charge_point_id)
    request.audit.result = f"version {shown.version}, read back {shown.version_read}"
    return shown


_SHARED: dict[str, Any] = {"path": LOCAL_LIST, "returns": LocalListItem}

ROUTES = [
    Route(
        method="GET",
        function=get_local_list,
        role=Role.VIEWER,
        query=LocalListQuery,
        errors=(404, 409, 502, 504),
        summary="Show the local authorization list of a charge point",
        **_SHARED,
    ),
    Route(
        method="PUT",
        function=put_local_list,
        role=Role.TECHNICIAN,
        body=LocalListSettings,
        errors=(404,),
        audit="local_list.edit",
        summary="Keep a local authorization list in step, or not",
        **_SHARED,
    ),
    Route(
        method="POST",
        function=send_local_list,
        role=Role.TECHNICIAN,
        body=SendNow,
        errors=(404, 409, 502, 504),
        audit="local_list.send",
        summary="Send a local authorization list now",
        **_SHARED,
    ),
]
