"""Backups over REST: made, downloaded, brought from elsewhere, taken along on a stick, deleted."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from edge_csms.central.file_transfers import Incoming
from edge_csms.domain.errors import NotFound, StorageUnavailable
from edge_csms.domain.roles import Role
from edge_csms.services import backup_files, backup_media, backups
from edge_csms.web.paging import Page
from edge_csms.web.receiving import ReceivingHandler, Reception
from edge_csms.web.request import Content, Request, pieces
from edge_csms.web.route import Route

BACKUPS = "/api/v1/backups"
BACKUP = BACKUPS + "/{name}"


class BackupItem(msgspec.Struct):
    """One file from which the site could be restored."""

    name: str
    bytes: int
    made_at: datetime


class InspectedItem(msgspec.Struct):
    """A sound backup, and whether the site's keys and certificates come along only with the recovery code."""

    name: str
    bytes: int
    made_at: datetime
    needs_recovery_code: bool


class UploadQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the file is called where it comes from."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


class MediumItem(msgspec.Struct):
    """A stick or another medium that is plugged in and can be written."""

    path: str
    free_bytes: int


class Medium(msgspec.Struct, forbid_unknown_fields=True):
    """Where a backup shall be written: one of the media."""

    path: str


class CopyItem(msgspec.Struct):
    """A backup on a medium."""

    path: str


def item(backup: backups.Backup) -> BackupItem:
    """Show a backup."""
    return BackupItem(backup.name, backup.bytes, backup.made_at)


async def list_backups(request: Request) -> Page[BackupItem]:
    """List the backups, the newest first."""
    found = await request.parts.transfers.run(backups.list_, request.parts.backup.directory)
    return Page([item(one) for one in found], None)


async def create_backup(request: Request) -> BackupItem:
    """Make a backup now, and verify it."""
    made = await _make(request)
    return item(made)


async def get_backup(request: Request, name: str) -> InspectedItem:
    """Read all of a backup, to say whether it is sound and what a restore of it needs."""
    parts = request.parts
    path = await parts.transfers.run(backup_files.find, parts.backup.directory, name)
    found = await parts.transfers.run(backup_files.inspect, path, parts.backup.directory.parent)
    backup = found.backup
    return InspectedItem(backup.name, backup.bytes, backup.made_at, found.needs_recovery_code)


async def get_backup_file(request: Request, name: str) -> Content:
    """Give a backup to keep elsewhere. What is secret in it is sealed with the recovery code."""
    run = request.parts.transfers.run
    path = await run(backup_files.find, request.parts.backup.directory, name)
    file = await run(path.open, "rb")
    size = path.stat().st_size
    request.headers["Content-Length"] = str(size)
    return Content("application/vnd.sqlite3", pieces(file, size, run), name)


class BackupHandler(ReceivingHandler):
    """Takes a file into the directory of backups."""

    def limit_bytes(self) -> int:
        """Say how large it may be."""
        return backup_files.MOST_BYTES

    async def begin(self, announced_bytes: int) -> Incoming:
        """Begin it."""
        transfers = self.parts.transfers
        return Incoming(transfers, await transfers.run(backup_files.begin, self.parts.backup.directory))


async def add_backup(request: Request, query: UploadQuery, body: Reception) -> BackupItem:
    """Bring a backup from elsewhere; what is none is refused."""
    incoming, _ = body.check()
    stored = await incoming.finish()
    request.audit.subject, request.audit.details = query.name, f"{stored.size_bytes} bytes, SHA-256 {stored.sha256}"
    run = request.parts.transfers.run
    return item(await run(backup_files.adopt, request.parts.backup.directory, stored, query.name))


async def delete_backup(request: Request, name: str) -> None:
    """Delete a backup; the last one stays."""
    await request.parts.transfers.run(backup_files.delete, request.parts.backup.directory, name)


async def list_backup_media(request: Request) -> Page[MediumItem]:
    """List the sticks and other media that a backup can be written to."""
    found = await request.parts.transfers.run(backup_media.find_writable)
    return Page([MediumItem(one.path, one.free_bytes) for one in found], None)


async def copy_backup(request: Request, body: Medium) -> CopyItem:
    """Make a backup now and write it to a stick as well, verified there."""
    run = request.parts.transfers.run
    if body.path not in {one.path for one in await run(backup_media.find_writable)}:
        raise NotFound(f"{body.path} is no medium that is plugged in and can be written")
    made = await _make(request)
    path = request.parts.backup.directory / made.name
    copied = await run(backup_files.copy, path, Path(body.path), request.now)
    request.audit.details = str(copied)
    return CopyItem(str(copied))


async def _make(request: Request) -> backups.Backup:
    made = await request.parts.backup.make(complete=True)
    if made is None:
        raise StorageUnavailable(request.parts.backup.trouble)
    request.audit.subject = made.name
    return made


ROUTES = [
    Route(
        method="GET",
        path=BACKUPS,
        function=list_backups,
        role=Role.ADMIN,
        returns=Page[BackupItem],
        summary="List backups",
    ),
    Route(
        method="POST",
        path=BACKUPS,
        function=create_backup,
        role=Role.ADMIN,
        returns=BackupItem,
        status=201,
        audit="backup.make",
        summary="Make a backup now",
    ),
    Route(
        method="POST",
        path="/api/v1/backup-uploads",
        function=add_backup,
        role=Role.ADMIN,
        query=UploadQuery,
        body=UploadQuery,
        receiver=BackupHandler,
        returns=BackupItem,
        status=201,
        errors=(409, 507),
        audit="backup.upload",
        summary="Bring a backup from elsewhere",
    ),
    Route(
        method="GET",
        path=BACKUP,
        function=get_backup,
        role=Role.ADMIN,
        returns=InspectedItem,
        errors=(404,),
        summary="Verify a backup",
    ),
    Route(
        method="DELETE",
        path=BACKUP,
        function=delete_backup,
        role=Role.ADMIN,
        status=204,
        errors=(404, 409),
        audit="backup.delete",
        summary="Delete a backup",
    ),
    Route(
        method="GET",
        path=BACKUP + "/file",
        function=get_backup_file,
        role=Role.ADMIN,
        returns=str,
        content_type="application/vnd.sqlite3",
        errors=(404,),
        summary="Download a backup",
    ),
    Route(
        method="GET",
        path="/api/v1/backup-media",
        function=list_backup_media,
        role=Role.ADMIN,
        returns=Page[MediumItem],
        summary="List media that a backup can be written to",
    ),
    Route(
        method="POST",
        path="/api/v1/backup-media",
        function=copy_backup,
        role=Role.ADMIN,
        body=Medium,
        returns=CopyItem,
        status=201,
        errors=(404, 409),
        audit="backup.copy",
        summary="Write a backup to a medium",
    ),
]
