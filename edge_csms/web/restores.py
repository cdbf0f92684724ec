"""Restoring the site from a backup over REST, with the secrets that come along or are lost."""

from datetime import datetime
from typing import Literal

import msgspec

from edge_csms.domain.roles import Role
from edge_csms.services import backup_files, recovery_code, settings, site_secrets
from edge_csms.web.backups import BACKUP
from edge_csms.web.request import Request
from edge_csms.web.route import Route
from edge_csms.web.users import OwnPassword, check_own_password

LOSS = "/api/v1/lost-secrets"


class RestoreOrder(msgspec.Struct, forbid_unknown_fields=True):
    """The caller's own password again, and the recovery code where the backup needs one."""

    password: str
    recovery_code: str | None = None


class RestoreItem(msgspec.Struct):
    """What happens next: the server is gone for some seconds, and then it is the site of the backup."""

    name: str
    secrets: Literal["kept", "taken_over", "lost"]


class CodeItem(msgspec.Struct):
    """The recovery code, to be kept on paper."""

    code: str


class AffectedItem(msgspec.Struct):
    """A charge point that can't come back by itself: it was bound to what was lost."""

    charge_point_id: str
    reason: site_secrets.Bond


class LossItem(msgspec.Struct):
    """When secrets were lost in a restore without the recovery code, and which charge points still need new ones."""

    lost_at: datetime | None
    affected: list[AffectedItem]


async def restore_backup(request: Request, name: str, body: RestoreOrder) -> RestoreItem:
    """Replace all data of the site by those of a backup; the present ones are kept beside."""
    await check_own_password(request, body.password)
    parts = request.parts
    data_dir = parts.backup.directory.parent
    path = await parts.transfers.run(backup_files.find, parts.backup.directory, name)
    await parts.transfers.run(backup_files.inspect, path, data_dir)
    texts = await parts.transfers.run(site_secrets.open_in, path, data_dir, body.recovery_code)
    parts.restores.order(path, body.recovery_code)
    return RestoreItem(name, "lost" if texts is None else "taken_over" if texts else "kept")


async def show_recovery_code(request: Request, body: OwnPassword) -> CodeItem:
    """Show the code that opens the secrets in this site's backups on another box."""
    await check_own_password(request, body.password)
    data_dir = request.parts.backup.directory.parent
    return CodeItem(await request.parts.transfers.run(recovery_code.of_site, data_dir))


async def get_lost_secrets(request: Request) -> LossItem:
    """Say whether secrets were lost in a restore, and which charge points wait for new ones."""
    loss = await request.database.read(site_secrets.find_loss)
    if loss is None:
        return LossItem(None, [])
    return LossItem(loss.lost_at, [AffectedItem(one.charge_point_id, one.reason) for one in loss.affected])


async def forget_lost_secrets(request: Request) -> None:
    """Note that all charge points have what they need, or never will."""
    await request.database.run(settings.put, site_secrets.LOST, "")


ROUTES = [
    Route(
        method="POST",
        path=BACKUP + "/restore",
        function=restore_backup,
        role=Role.ADMIN,
        body=RestoreOrder,
        returns=RestoreItem,
        status=202,
        errors=(404, 409, 429),
        audit="backup.restore",
        summary="Restore the site from a backup",
    ),
    Route(
        method="POST",
        path="/api/v1/recovery-code",
        function=show_recovery_code,
        role=Role.ADMIN,
        body=OwnPassword,
        returns=CodeItem,
        errors=(429,),
        audit="recovery_code.show",
        summary="Show the recovery code",
    ),
    Route(
        method="GET",
        path=LOSS,
        function=get_lost_secrets,
        role=Role.VIEWER,
        returns=LossItem,
        summary="Show who waits for new secrets",
    ),
    Route(
        method="DELETE",
        path=LOSS,
        function=forget_lost_secrets,
        role=Role.ADMIN,
        status=204,
        audit="lost_secrets.forget",
        summary="Note that nobody waits for new secrets",
    ),
]
