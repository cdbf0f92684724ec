"""Updates of this program over REST: a release file is brought, checked, and applied by root's updater when asked."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from tornado.web import stream_request_body

from edge_csms.central.file_transfers import Incoming
from edge_csms.central.updates import Updates
from edge_csms.domain.roles import Role
from edge_csms.services import removable_media, update_intake
from edge_csms.services.update_intake import ReadyRelease
from edge_csms.services.update_spool import Progress, Result, Wish
from edge_csms.web.paging import Page
from edge_csms.web.receiving import ReceivingHandler, Reception
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class UpdateItem(msgspec.Struct, kw_only=True):
    """How far an update is: of `waiting`, `requested` and `progress` the last that is set says it."""

    version: Annotated[str, Meta(description="That runs.")]
    can_update: Annotated[bool, Meta(description="False where the program was not installed as trees side by side.")]
    on_probation: Annotated[bool, Meta(description="This version acknowledges nothing until it is kept.")]
    release: Annotated[ReadyRelease | None, Meta(description="The file that was brought.")]
    charging: Annotated[list[str], Meta(description="Connected charge points that are in a transaction.")]
    waiting: Annotated[Wish | None, Meta(description="For the last of these to be done.")]
    requested: Annotated[Wish | None, Meta(description="The updater was told.")]
    progress: Annotated[Progress | None, Meta(description="What the updater does.")]
    result: Annotated[Result | None, Meta(description="What came of the last update.")]


class ReleaseOnMedium(msgspec.Struct):
    """A release file on a USB stick or another medium that the system has mounted."""

    path: str
    size_bytes: int


class MediumChoice(msgspec.Struct, forbid_unknown_fields=True):
    """Which of the files on media."""

    path: Annotated[str, Meta(max_length=4096)]


class ReleaseBody(msgspec.Struct):
    """A release file, as the body itself or as the file of a form."""


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """When the update is applied: now, or with `wait` as soon as nobody charges."""

    wait: bool = False


@stream_request_body
class ReleaseHandler(ReceivingHandler):
    """Takes a release file into the spool."""

    def limit_bytes(self) -> int:
        """Say how large a release may be."""
        return update_intake.MOST_BYTES

    async def begin(self, announced_bytes: int) -> Incoming:
        """Begin a file in the spool."""
        transfers, updates = self.parts.transfers, self.parts.updates
        return Incoming(transfers, await transfers.run(update_intake.new_file, updates.spool))


async def get_update(request: Request) -> UpdateItem:
    """Show how far an update is."""
    updates = request.parts.updates
    state = await updates.state()
    return UpdateItem(
        version=request.parts.settings.version,
        can_update=updates.installation is not None,
        on_probation=request.parts.probation.is_on,
        charging=await updates.charging(),
        **{name: getattr(state, name) for name in state.__struct_fields__},
    )


async def add_release(request: Request, body: Reception) -> UpdateItem:
    """Bring a release file."""
    incoming, _ = body.check()
    stored = await incoming.finish()
    request.audit.details = f"{stored.size_bytes} bytes, SHA-256 {stored.sha256}"
    return await _taken(request, await request.parts.updates.take(stored.stored_as))


async def list_media(request: Request) -> Page[ReleaseOnMedium]:
    """List the release files on media that are plugged in."""
    found = await request.parts.transfers.run(removable_media.find_releases)
    return Page([ReleaseOnMedium(one.path, one.size_bytes) for one in found], None)


async def add_release_from_medium(request: Request, body: MediumChoice) -> UpdateItem:
    """Take a release file from a medium that is plugged in."""
    request.audit.details = body.path
    return await _taken(request, await request.parts.updates.take_from_medium(body.path))


async def apply_update(request: Request, body: Order) -> UpdateItem:
    """Ask for the update: root's updater carries it out, and the server is gone for some seconds."""
    updates: Updates = request.parts.updates
    release = (await updates.state()).release
    request.audit.subject = "" if release is None else release.version
    await updates.ask(request.actor, request.now, wait=body.wait)
    return await get_update(request)


async def withdraw_update(request: Request) -> None:
    """Ask for no update any more, and drop the file."""
    await request.parts.updates.withdraw()


async def _taken(request: Request, release: ReadyRelease) -> UpdateItem:
    request.audit.subject = release.version
    return await get_update(request)


UPDATE = "/api/v1/update"
_ADMIN: dict[str, Any] = {"role": Role.ADMIN}

ROUTES = [
    Route(
        method="GET",
        path=UPDATE,
        function=get_update,
        returns=UpdateItem,
        summary="Show how far an update is",
        **_ADMIN,
    ),
    Route(
        method="POST",
        path=UPDATE,
        function=add_release,
        body=ReleaseBody,
        receiver=ReleaseHandler,
        returns=UpdateItem,
        status=201,
        errors=(409, 507),
        audit="update.bring",
        summary="Bring a release file",
        **_ADMIN,
    ),
    Route(
        method="DELETE",
        path=UPDATE,
        function=withdraw_update,
        status=204,
        errors=(409,),
        audit="update.withdraw",
        summary="Withdraw an update and drop its file",
        **_ADMIN,
    ),
    Route(
        method="POST",
        path=UPDATE + "/apply",
        function=apply_update,
        body=Order,
        returns=UpdateItem,
        status=202,
        errors=(409,),
        audit="update.apply",
        summary="Apply the update",
        **_ADMIN,
    ),
    Route(
        method="GET",
        path=UPDATE + "/media",
        function=list_media,
        returns=Page[ReleaseOnMedium],
        summary="List release files on USB sticks",
        **_ADMIN,
    ),
    Route(
        method="POST",
        path=UPDATE + "/media",
        function=add_release_from_medium,
        body=MediumChoice,
        returns=UpdateItem,
        status=201,
        errors=(404, 409, 413, 507),
        audit="update.bring",
        summary="Take a release file from a USB stick",
        **_ADMIN,
    ),
]
