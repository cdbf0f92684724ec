"""What happens with file jobs while charge points work on them: statuses, files that come and go, and silence."""

from datetime import datetime, timedelta
from typing import Any

from edge_csms.domain import file_jobs as rules
from edge_csms.domain.accounts import Actor
from edge_csms.domain.errors import Conflict
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState, Report
from edge_csms.services import audit
from edge_csms.services.file_store import StoredFile
from edge_csms.storage import file_jobs, firmware_images

JOBS_KEPT = timedelta(days=2 * 365)  # like the audit trail
MAX_WORD = 50


def report(
    charge_point_key: int, kinds: tuple[FileJobKind, ...], request_id: int | None, said: Report, now: datetime
) -> FileJob | None:
    """Take what a charge point says of a job of these kinds, the likeliest first; return the job if it changed."""
    job = _meant(charge_point_key, kinds, request_id)
    if job is None:
        return None
    said = _checked(job, said)
    word = {"last_status": said.word[:MAX_WORD]}
    state = rules.advance(job, said, now)
    if state is not None:
        return settle(job, state, said.reason, now, **word)
    # Any word of an open job is a sign of life.
    return _note(job, word | {"deadline": _deadline(job, job.state, now)}) if job.is_open else None


def settle(job: FileJob, state: FileJobState, reason: str | None, now: datetime, **changes: Any) -> FileJob:
    """Bring a job to a state and return it."""
    changes |= {"state": state.value, "reason": reason, "changed_at": now, "deadline": _deadline(job, state, now)}
    changes["finished_at"] = None if state in rules.OPEN else now
    return _note(job, changes)


def fail(job_id: int, reason: str, now: datetime) -> FileJob | None:
    """Note that a job failed at our end of it; whatever the charge point does all the same is taken."""
    job = file_jobs.get(job_id)
    return None if job is None or not job.is_open else settle(job, FileJobState.FAILED, reason, now)


def note_answer(job_id: int, file_name: str | None, gave_up_others: bool, now: datetime) -> list[FileJob]:
    """Keep what a charge point answered to an order, and return the jobs that this changed."""
    job = file_jobs.get(job_id)
    if job is None:
        return []
    changed = [_note(job, {"file_name": file_name or job.file_name, "changed_at": now})]
    if gave_up_others:
        others = [other for other in file_jobs.find_open(job.charge_point_key, [job.kind]) if other.job_id < job_id]
        words = f"given up for job {job_id}"
        changed += [settle(other, FileJobState.CANCELLED, words, now) for other in others]
    return changed


def note_fetch(job_id: int, until_byte: int, now: datetime) -> FileJob | None:
    """Note how much of its file a charge point has been sent; the last byte makes it downloaded."""
    job = file_jobs.get(job_id)
    if job is None:
        return None
    moved = max(until_byte, job.moved_bytes)
    is_whole = job.size_bytes is not None and moved >= job.size_bytes
    state = FileJobState.DOWNLOADED if is_whole else FileJobState.DOWNLOADING
    new = rules.advance(job, Report("", state), now)
    changes = {"moved_bytes": moved, "deadline": _deadline(job, new or job.state, now)}
    return _note(job, changes) if new is None else settle(job, new, None, now, **changes)


def note_upload(job_id: int, now: datetime) -> FileJob | None:
    """Note that a charge point has begun to deliver its file."""
    job = file_jobs.get(job_id)
    new = None if job is None else rules.advance(job, Report("", FileJobState.UPLOADING), now)
    return job if job is None or new is None else settle(job, new, None, now)


def receive(job_id: int, stored: StoredFile, name: str, address: str, now: datetime) -> FileJob:
    """Keep the file that a charge point delivered; raises Conflict where another came first."""
    job = file_jobs.get(job_id)
    columns = {"stored_as": stored.stored_as, "size_bytes": stored.size_bytes, "sha256": stored.sha256}
    columns |= {"file_name": name, "moved_bytes": stored.size_bytes}
    if job is None or not file_jobs.take_file(job_id, columns):
        raise Conflict("the file of this job has been received")
    details = f"job {job_id}: {name}, {stored.size_bytes} bytes"
    audit.record(now, Actor("", address), "file.receive", job.charge_point_id, details)
    return settle(job, FileJobState.UPLOADED, None, now)


def settle_due(now: datetime) -> list[FileJob]:
    """End what has gone unheard for too long, and what a new firmware version proves; returns the jobs that changed."""
    changed = [
        settle(job, FileJobState.INSTALLED, None, now)
        for job, version in file_jobs.find_updated(now - rules.MAY_STILL_COME)
        if rules.is_proved_by(job, version, now)
    ]
    for job in file_jobs.find_overdue(now):
        changed.append(settle(job, FileJobState.FAILED, rules.silence(job.state), now))
    return changed


def drop_files(finished_before: datetime, excess_bytes: int = 0) -> list[str]:
    """Let go of the files of jobs that ended before, and of the oldest until so many bytes are free; name the files."""
    dropped = file_jobs.find_with_file(finished_before)
    freed, seen = sum(job.size_bytes or 0 for job in dropped), {job.job_id for job in dropped}
    if freed < excess_bytes:
        for job in file_jobs.find_with_file():
            if freed < excess_bytes and job.job_id not in seen:
                dropped.append(job)
                freed += job.size_bytes or 0
    for job in dropped:
        file_jobs.update(job.job_id, {"stored_as": None})
    return [job.stored_as for job in dropped if job.stored_as is not None]


def purge(now: datetime) -> int:
    """Forget jobs that ended two years ago, and say how many they were."""
    return file_jobs.delete_finished_before(now - JOBS_KEPT)


def list_stored_names() -> set[str]:
    """Name every file that something refers to."""
    uploads = {job.stored_as for job in file_jobs.find_with_file() if job.stored_as is not None}
    return uploads | set(firmware_images.list_stored_names())


def _meant(charge_point_key: int, kinds: tuple[FileJobKind, ...], request_id: int | None) -> FileJob | None:
    """Find the job with this request id, else the open one, else the last: some send no id or a wrong one."""
    job = None if request_id is None else file_jobs.get_by_request(charge_point_key, request_id)
    if job is not None and job.kind in kinds:
        return job
    opened = [one for kind in kinds for one in file_jobs.find_open(charge_point_key, [kind])]
    return opened[0] if opened else file_jobs.get_latest(charge_point_key, kinds)


def _checked(job: FileJob, said: Report) -> Report:
    """Hold what is said against what we know: a file that shall be here and isn't was not uploaded."""
    if said.state is FileJobState.UPLOADED and job.location is None and job.stored_as is None:
        return Report(said.word, FileJobState.FAILED, "it says that it uploaded its file, but nothing came")
    return said


def _deadline(job: FileJob, state: FileJobState, now: datetime) -> datetime:
    not_before = {FileJobState.REQUESTED: job.retrieve_at, FileJobState.DOWNLOADED: job.install_at}
    return rules.deadline(state, now, not_before.get(state))


def _note(job: FileJob, changes: dict[str, Any]) -> FileJob:
    file_jobs.update(job.job_id, changes)
    found = file_jobs.get(job.job_id)
    assert found is not None
    return found
