"""Backups over REST: which there are, and one more now."""

from datetime import datetime

import msgspec

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.domain.roles import Role
from edge_csms.services import backups
from edge_csms.web.paging import Page
from edge_csms.web.request import Request
from edge_csms.web.route import Route


class BackupItem(msgspec.Struct):
    """One file from which the site could be restored."""

    name: str
    bytes: int
    made_at: datetime


async def list_backups(request: Request) -> Page[BackupItem]:
    """List the backups, the newest first."""
    found = backups.list_(request.parts.backup.directory)
    return Page([BackupItem(one.name, one.bytes, one.made_at) for one in found], None)


async def create_backup(request: Request) -> BackupItem:
    """Make a backup now, and verify it."""
    made = await request.parts.backup.make()
    if made is None:
        raise StorageUnavailable(request.parts.backup.trouble)
    request.audit.subject = made.name
    return BackupItem(made.name, made.bytes, made.made_at)


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/backups",
        function=list_backups,
        role=Role.ADMIN,
        returns=Page[BackupItem],
        summary="List backups",
    ),
    Route(
        method="POST",
        path="/api/v1/backups",
        function=create_backup,
        role=Role.ADMIN,
        returns=BackupItem,
        status=201,
        audit="backup.make",
        summary="Make a backup now",
    ),
]
