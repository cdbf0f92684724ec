"""What happens with file jobs that people order: they are made, looked at, and cancelled."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from edge_csms.domain import file_jobs as rules
from edge_csms.domain.errors import Conflict, Forbidden, Gone, NotFound
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState, FirmwareImage
from edge_csms.services import charge_points as charge_point_service
from edge_csms.services import file_progress, firmware_images
from edge_csms.storage import charge_points, file_jobs, firmware_rollouts, transactions

UPDATES = (FileJobKind.FIRMWARE, FileJobKind.SIGNED_FIRMWARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants of a charge point; `token_hash` is that of the one-time path, None for a typed location."""

    kind: FileJobKind
    asked_by: str
    token_hash: bytes | None
    location: str | None = None
    request_id: int | None = None  # None = as the job's own
    image: FirmwareImage | None = None
    log_type: str | None = None
    retrieve_at: datetime | None = None
    install_at: datetime | None = None
    force: bool = False
    rollout_id: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """What is behind a one-time path: the job, and the image that it gives, where it gives one."""

    job: FileJob
    image: FirmwareImage | None


def hash_token(token: str) -> bytes:
    """Give what is stored of a token: random as it is, it can't be found from that."""
    return hashlib.sha256(token.encode()).digest()


def order(charge_point_id: str, wanted: Order, now: datetime) -> tuple[FileJob, list[FileJob]]:
    """Make a job, and give with it those that it took the place of.

    Raises NotFound, and Conflict for an update that must not be now, unless it is forced.
    """
    charge_point = charge_point_service.get(charge_point_id)
    replaced = _make_way(charge_point.key, wanted, now) if wanted.kind.is_update else []
    columns = {
        "kind": wanted.kind.value,
        "log_type": wanted.log_type,
        "state": FileJobState.REQUESTED.value,
        "asked_by": wanted.asked_by,
        "asked_at": now,
        "changed_at": now,
        "deadline": rules.deadline(FileJobState.REQUESTED, now, wanted.retrieve_at),
        "retrieve_at": wanted.retrieve_at,
        "install_at": wanted.install_at,
        "rollout_id": wanted.rollout_id,
        "version_before": charge_point.firmware_version,
        "location": wanted.location,
        "token_hash": wanted.token_hash,
        "expires_at": max(now, wanted.retrieve_at or now) + rules.PATH_LIFETIME,
    }
    if (image := wanted.image) is not None:
        columns |= {"image_id": image.image_id, "file_name": image.name}
        columns |= {"size_bytes": image.size_bytes, "sha256": image.sha256}
    job_id = file_jobs.add(charge_point.key, columns)
    if wanted.kind in (FileJobKind.SIGNED_FIRMWARE, FileJobKind.LOG):
        file_jobs.update(job_id, {"request_id": job_id if wanted.request_id is None else wanted.request_id})
    if wanted.rollout_id is not None:
        firmware_rollouts.note_job(wanted.rollout_id, charge_point.key, job_id)
    return get(job_id), replaced


def check_idle(charge_point_id: str) -> None:
    """Raise Conflict while a transaction of this charge point is open, NotFound when there is no such charge point."""
    _check_no_transaction(charge_point_service.get(charge_point_id).key)


def get(job_id: int) -> FileJob:
    """Find a job; raises NotFound."""
    found = file_jobs.get(job_id)
    if found is None:
        raise NotFound(f"there is no job {job_id}")
    return found


def list_(
    limit: int,
    before: int | None = None,
    charge_point_id: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    is_open: bool | None = None,
    rollout_id: int | None = None,
) -> list[FileJob]:
    """List jobs, the newest first, from behind `before`."""
    keys = None if charge_point_id is None else charge_points.list_keys(charge_point_id)
    return file_jobs.list_(
        limit=limit,
        before=before,
        charge_point_keys=keys,
        kind=kind,
        state=state,
        is_open=is_open,
        rollout_id=rollout_id,
    )


def list_of(charge_point_id: str, limit: int, before: int | None, is_open: bool | None) -> list[FileJob]:
    """List the jobs of a charge point in use; raises NotFound."""
    charge_point_service.get(charge_point_id)
    return list_(limit, before, charge_point_id, is_open=is_open)


def cancel(job_id: int, username: str, now: datetime) -> FileJob:
    """End a job: its path is closed. What the charge point holds already it may still install. Raises Conflict."""
    job = get(job_id)
    if not job.is_open:
        raise Conflict(f"job {job_id} has ended: {job.state}")
    return file_progress.settle(job, FileJobState.CANCELLED, f"cancelled by {username}", now)


def drop_file(job_id: int) -> str:
    """Let go of the file of a job and give its name in the store; raises NotFound without one."""
    stored_as = get_file(job_id).stored_as
    file_jobs.update(job_id, {"stored_as": None})
    return stored_as or ""


def get_file(job_id: int) -> FileJob:
    """Find a job that holds a file; raises NotFound."""
    job = get(job_id)
    if job.stored_as is None:
        raise NotFound(f"job {job_id} has no file")
    return job


def open_slot(token_hash: bytes, *, is_upload: bool, now: datetime) -> Slot:
    """Find what a charge point may fetch or deliver under this token.

    Raises Forbidden for an unknown one, Gone for one that holds no more, Conflict where its file came already.
    """
    job = file_jobs.get_by_token(token_hash)
    if job is None or job.kind.is_update is is_upload:
        raise Forbidden("nothing is expected here")
    if job.state is FileJobState.CANCELLED or job.expires_at is None or job.expires_at <= now:
        raise Gone("this path has expired")
    if job.kind.is_update:
        if job.state is FileJobState.INSTALLED:
            raise Gone("this firmware is installed")
        return Slot(job, firmware_images.find(job.image_id or 0))
    if job.stored_as is not None or job.state is FileJobState.UPLOADED:
        raise Conflict("the file of this job has been received")
    return Slot(job, None)


def _make_way(charge_point_key: int, wanted: Order, now: datetime) -> list[FileJob]:
    """Check that an update may begin; a forced one takes the place of one that is under way."""
    charge_points.lock(charge_point_key)
    if not wanted.force:
        _check_no_transaction(charge_point_key)
    under_way = file_jobs.find_open(charge_point_key, UPDATES)
    if under_way and not wanted.force:
        raise Conflict(f"an update is under way (job {under_way[0].job_id}): cancel it first, or force this one")
    words = "a newer update took its place"
    return [file_progress.settle(job, FileJobState.CANCELLED, words, now) for job in under_way]


def _check_no_transaction(charge_point_key: int) -> None:
    opened = transactions.find_open(charge_point_key)
    if opened:
        raise Conflict(
            f"transaction {opened[0].transaction_id} is open: wait for its end, or force the update, which may end it"
        )
