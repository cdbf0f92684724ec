"""File jobs over REST: firmware updates, diagnostics and logs are ordered, followed, cancelled and read."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from edge_csms.central.file_commands import UpdateOrder, UploadOrder
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState
from edge_csms.domain.roles import Role
from edge_csms.services import file_jobs
from edge_csms.web.charge_points import CHARGE_POINT
from edge_csms.web.firmware_images import Certificate, Signature
from edge_csms.web.paging import Page, PageQuery, Time, cursor_number, page
from edge_csms.web.request import Content, Request, pieces
from edge_csms.web.route import Route

Location = Annotated[
    str,
    Meta(
        max_length=512,
        pattern=r"^(https?|ftps?|sftp)://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$",
        description="A place outside of this box, instead of its own one-time path.",
    ),
]
Protocol = Annotated[
    Literal["http", "https", "ftp"], Meta(description="How the charger reaches the one-time path, if not as it came.")
]
Times = Annotated[int, Meta(ge=0, le=100)]
Seconds = Annotated[int, Meta(ge=0, le=86400)]


class Transfer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How a file is moved."""

    location: Location | None = None
    protocol: Protocol | None = None
    retries: Times | None = None
    retry_interval_seconds: Seconds | None = None


class FirmwareUpdate(Transfer, kw_only=True, forbid_unknown_fields=True):
    """An update with an image of this box, or from a typed location; without times it begins at once.

    It is a signed one (SignedUpdateFirmware) if certificate and signature are there, unless `signed` says otherwise.
    The box verifies the signature of an image of its own. What lies at a typed location it never sees: whether that
    is signed as said, only the charger finds out.
    `force` updates although a transaction is open, or in the place of an update that is under way.
    """

    image_id: int | None = None
    signed: bool | None = None
    signing_certificate: Certificate | None = None
    signature: Signature | None = None
    retrieve_at: Time | None = None
    install_at: Annotated[Time, Meta(description="Of a signed update.")] | None = None
    force: bool = False


class DiagnosticsRequest(Transfer, kw_only=True, forbid_unknown_fields=True):
    """Diagnostics of this time."""

    from_: Time | None = msgspec.field(default=None, name="from")
    to: Time | None = None


class LogRequest(DiagnosticsRequest, kw_only=True, forbid_unknown_fields=True):
    """A log of this time."""

    log_type: Literal["security", "diagnostics"] = "security"


class FileJobItem(msgspec.Struct, kw_only=True):
    """A file job; `status` is the charger's own last word, `has_file` says whether what it uploaded can be read."""

    job_id: int
    charge_point_id: str
    kind: FileJobKind
    log_type: str | None
    state: FileJobState
    reason: str | None
    status: str | None
    request_id: int | None
    asked_by: str
    asked_at: datetime
    changed_at: datetime
    finished_at: datetime | None
    retrieve_at: datetime | None
    install_at: datetime | None
    image_id: int | None
    rollout_id: int | None
    location: str | None
    file_name: str | None
    size_bytes: int | None
    moved_bytes: int
    sha256: str | None
    signature_verified: Annotated[
        bool | None,
        Meta(description="Of a signed update: false where the file lies elsewhere, so that only the charger can."),
    ]
    has_file: bool


class OpenQuery(PageQuery):
    """Which jobs of a charger."""

    open: bool | None = None


class FileJobQuery(OpenQuery):
    """Which jobs: all that meet every filter given."""

    charge_point_id: str | None = None
    kind: FileJobKind | None = None
    state: FileJobState | None = None


class FileQuery(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How a file is given."""

    as_text: Annotated[bool, Meta(description="Shown as text by a browser, instead of saved.")] = False


def item(job: FileJob) -> FileJobItem:
    """Show a job."""
    names = [name for name in FileJobItem.__struct_fields__ if name not in ("status", "signature_verified", "has_file")]
    return FileJobItem(
        status=job.last_status,
        signature_verified=job.image_id is not None if job.kind is FileJobKind.SIGNED_FIRMWARE else None,
        has_file=job.stored_as is not None,
        **{name: getattr(job, name) for name in names},
    )


async def update_firmware(request: Request, charge_point_id: str, body: FirmwareUpdate) -> FileJobItem:
    """Have the charge point fetch and install firmware."""
    order = UpdateOrder(asked_by=request.actor.username, **_given(body))
    request.audit.details = f"image {body.image_id}" if body.image_id is not None else "a typed location"
    return _ordered(request, await request.parts.file_commands.update_firmware(charge_point_id, order))


async def request_diagnostics(request: Request, charge_point_id: str, body: DiagnosticsRequest) -> FileJobItem:
    """Have the charge point deliver its diagnostics."""
    order = UploadOrder(asked_by=request.actor.username, **_given(body))
    return _ordered(request, await request.parts.file_commands.request_upload(charge_point_id, order))


async def request_log(request: Request, charge_point_id: str, body: LogRequest) -> FileJobItem:
    """Have the charge point deliver a log."""
    order = UploadOrder(asked_by=request.actor.username, **_given(body))
    request.audit.details = f"{body.log_type} log"
    return _ordered(request, await request.parts.file_commands.request_upload(charge_point_id, order))


async def list_file_jobs(request: Request, query: FileJobQuery) -> Page[FileJobItem]:
    """List the jobs of all charge points, the newest first."""
    found = await request.database.read(
        file_jobs.list_,
        query.limit + 1,
        cursor_number(query.cursor),
        query.charge_point_id,
        query.kind,
        query.state,
        query.open,
    )
    return page([item(job) for job in found], query.limit, lambda one: one.job_id)


async def list_charge_point_jobs(request: Request, charge_point_id: str, query: OpenQuery) -> Page[FileJobItem]:
    """List the jobs of a charge point, the newest first."""
    found = await request.database.read(
        file_jobs.list_of, charge_point_id, query.limit + 1, cursor_number(query.cursor), query.open
    )
    return page([item(job) for job in found], query.limit, lambda one: one.job_id)


async def get_file_job(request: Request, job_id: int) -> FileJobItem:
    """Show a job."""
    return item(await request.database.read(file_jobs.get, job_id))


async def cancel_file_job(request: Request, job_id: int) -> FileJobItem:
    """End a job. Its one-time path is closed; what the charge point has fetched already it may still install."""
    return item(await request.parts.file_commands.cancel(job_id, request.actor.username))


async def get_job_file(request: Request, job_id: int, query: FileQuery) -> Content:
    """Give what the charge point delivered."""
    job = await request.database.read(file_jobs.get_file, job_id)
    transfers = request.parts.transfers
    file = await transfers.run(transfers.store.open, job.stored_as or "")
    size = job.size_bytes or 0
    request.headers["Content-Length"] = str(size)
    if query.as_text:  # and never as what its content would make a browser believe: see X-Content-Type-Options
        return Content("text/plain; charset=utf-8", pieces(file, size, transfers.run))
    return Content("application/octet-stream", pieces(file, size, transfers.run), job.file_name)


async def delete_job_file(request: Request, job_id: int) -> None:
    """Delete what the charge point delivered; the job stays."""
    await request.parts.transfers.delete([await request.database.run(file_jobs.drop_file, job_id)])


def _given(body: Transfer) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.__struct_fields__}


def _ordered(request: Request, job: FileJob) -> FileJobItem:
    """Say in the audit trail what came of an order."""
    request.audit.details = f"job {job.job_id} {request.audit.details}".strip()
    request.audit.result = job.reason or job.state.value
    return item(job)


COMMAND_ERRORS = (409, 502, 504)
JOB = "/api/v1/jobs/{job_id:int}"

ROUTES = [
    Route(
        method="POST",
        path=CHARGE_POINT + "/firmware-update",
        function=update_firmware,
        role=Role.TECHNICIAN,
        body=FirmwareUpdate,
        returns=FileJobItem,
        status=201,
        errors=COMMAND_ERRORS,
        audit="charge_point.update_firmware",
        summary="Update the firmware",
    ),
    Route(
        method="POST",
        path=CHARGE_POINT + "/diagnostics",
        function=request_diagnostics,
        role=Role.TECHNICIAN,
        body=DiagnosticsRequest,
        returns=FileJobItem,
        status=201,
        errors=COMMAND_ERRORS,
        audit="charge_point.request_diagnostics",
        summary="Ask for diagnostics",
    ),
    Route(
        method="POST",
        path=CHARGE_POINT + "/logs",
        function=request_log,
        role=Role.TECHNICIAN,
        body=LogRequest,
        returns=FileJobItem,
        status=201,
        errors=COMMAND_ERRORS,
        audit="charge_point.request_log",
        summary="Ask for a log",
    ),
    Route(
        method="GET",
        path=CHARGE_POINT + "/jobs",
        function=list_charge_point_jobs,
        role=Role.VIEWER,
        query=OpenQuery,
        returns=Page[FileJobItem],
        summary="List the file jobs of a charge point",
    ),
    Route(
        method="GET",
        path="/api/v1/jobs",
        function=list_file_jobs,
        role=Role.VIEWER,
        query=FileJobQuery,
        returns=Page[FileJobItem],
        summary="List file jobs",
    ),
    Route(
        method="GET",
        path=JOB,
        function=get_file_job,
        role=Role.VIEWER,
        returns=FileJobItem,
        summary="Show a file job",
    ),
    Route(
        method="POST",
        path=JOB + "/cancel",
        function=cancel_file_job,
        role=Role.TECHNICIAN,
        returns=FileJobItem,
        errors=(409,),
        audit="file_job.cancel",
        summary="Cancel a file job",
    ),
    Route(
        method="GET",
        path=JOB + "/file",
        function=get_job_file,
        role=Role.TECHNICIAN,
        query=FileQuery,
        returns=str,
        content_type="application/octet-stream",
        errors=(410,),
        summary="Read what a charge point delivered",
    ),
    Route(
        method="DELETE",
        path=JOB + "/file",
        function=delete_job_file,
        role=Role.TECHNICIAN,
        status=204,
        audit="file_job.delete_file",
        summary="Delete what a charge point delivered",
    ),
]
