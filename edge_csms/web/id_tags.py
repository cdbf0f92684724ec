"""idTags over REST: who may charge."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from edge_csms.domain.events import IdTagChanged
from edge_csms.domain.model import IdTag, fold
from edge_csms.domain.roles import Role
from edge_csms.services import id_tags
from edge_csms.web.paging import Page, PageQuery, Time, page
from edge_csms.web.request import Request
from edge_csms.web.route import Route

Count = Annotated[int, Meta(ge=0, le=1000)]
Note = Annotated[str, Meta(max_length=500)]
ID_TAG = "/api/v1/id-tags/{id_tag}"


class IdTagItem(msgspec.Struct):
    """One idTag; `max_active_transactions` null means unlimited."""

    id_tag: str
    blocked: bool
    expires_at: datetime | None
    parent_id_tag: str | None
    max_active_transactions: int | None
    note: str


class NewIdTag(msgspec.Struct, forbid_unknown_fields=True):
    """A new idTag; only its text is needed."""

    id_tag: str
    blocked: bool = False
    expires_at: Time | None = None
    parent_id_tag: str | None = None
    max_active_transactions: Count | None = None
    note: Note = ""


class IdTagChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What may be changed; what is left out stays."""

    blocked: bool | UnsetType = UNSET
    expires_at: Time | UnsetType | None = UNSET
    parent_id_tag: str | UnsetType | None = UNSET
    max_active_transactions: Count | UnsetType | None = UNSET
    note: Note | UnsetType = UNSET


class IdTagQuery(PageQuery):
    """Which idTags: those whose text, parent or note holds `search`."""

    search: str = ""


def _item(tag: IdTag) -> IdTagItem:
    return msgspec.convert(tag, IdTagItem, from_attributes=True)


async def list_id_tags(request: Request, query: IdTagQuery) -> Page[IdTagItem]:
    """List idTags in the order of their text."""
    found = await request.database.read(id_tags.list_, fold(query.cursor or ""), query.limit + 1, query.search)
    return page([_item(tag) for tag in found], query.limit, lambda one: one.id_tag)


async def get_id_tag(request: Request, id_tag: str) -> IdTagItem:
    """Show an idTag."""
    return _item(await request.database.run(id_tags.get, id_tag))


async def create_id_tag(request: Request, body: NewIdTag) -> IdTagItem:
    """Add an idTag."""
    request.audit.subject = body.id_tag
    tag = IdTag(body.id_tag, body.blocked, body.expires_at, body.parent_id_tag, body.max_active_transactions, body.note)
    added = await request.database.run(id_tags.add, tag, request.now)
    _tell(request, added.id_tag)
    return _item(added)


async def update_id_tag(request: Request, id_tag: str, body: IdTagChanges) -> IdTagItem:
    """Block, unblock or change an idTag."""
    changes = {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET}
    request.audit.details = ", ".join(f"{name}={value}" for name, value in changes.items())
    changed = await request.database.run(id_tags.update, id_tag, changes)
    _tell(request, changed.id_tag)
    return _item(changed)


async def delete_id_tag(request: Request, id_tag: str) -> None:
    """Retire an idTag; its transactions stay."""
    await request.database.run(id_tags.delete, id_tag, request.now)
    _tell(request, id_tag)


def _tell(request: Request, id_tag: str) -> None:
    request.parts.central.bus.publish(IdTagChanged(id_tag))


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/id-tags",
        function=list_id_tags,
        role=Role.VIEWER,
        query=IdTagQuery,
        returns=Page[IdTagItem],
        summary="List idTags",
    ),
    Route(
        method="POST",
        path="/api/v1/id-tags",
        function=create_id_tag,
        role=Role.TECHNICIAN,
        body=NewIdTag,
        returns=IdTagItem,
        status=201,
        errors=(409,),
        audit="id_tag.add",
        summary="Add an idTag",
    ),
    Route(
        method="GET",
        path=ID_TAG,
        function=get_id_tag,
        role=Role.VIEWER,
        returns=IdTagItem,
        errors=(404,),
        summary="Show an idTag",
    ),
    Route(
        method="PATCH",
        path=ID_TAG,
        function=update_id_tag,
        role=Role.TECHNICIAN,
        body=IdTagChanges,
        returns=IdTagItem,
        errors=(404,),
        audit="id_tag.edit",
        summary="Change an idTag",
    ),
    Route(
        method="DELETE",
        path=ID_TAG,
        function=delete_id_tag,
        role=Role.TECHNICIAN,
        status=204,
        errors=(404,),
        audit="id_tag.delete",
        summary="Retire an idTag",
    ),
]
