"""File jobs: firmware on its way to a charge point, diagnostics and logs on their way from it, and how each goes on.

Charge points tell their progress twice, late, after a reboot or never. So a job goes forward only, takes whatever
proves that something happened, and ends by itself when nothing is heard.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class FileJobKind(StrEnum):
    """What is moved, and for what."""

    FIRMWARE = "firmware"
    SIGNED_FIRMWARE = "signed_firmware"
    DIAGNOSTICS = "diagnostics"
    LOG = "log"

    @property
    def is_update(self) -> bool:
        """Say whether the charge point gets a file; else it sends one."""
        return self in (FileJobKind.FIRMWARE, FileJobKind.SIGNED_FIRMWARE)


class FileJobState(StrEnum):
    """How far a job is. An update ends as installed, an upload as uploaded; both may fail or be cancelled."""

    REQUESTED = "requested"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    INSTALLING = "installing"
    INSTALLED = "installed"
    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (
    FileJobState.REQUESTED,
    FileJobState.DOWNLOADING,
    FileJobState.DOWNLOADED,
    FileJobState.INSTALLING,
    FileJobState.UPLOADING,
)
# Nothing leaves these. A failure is left when the charge point tries again, or was only quiet.
SETTLED = (FileJobState.INSTALLED, FileJobState.UPLOADED, FileJobState.CANCELLED)

RANK = {
    FileJobState.REQUESTED: 0,
    FileJobState.DOWNLOADING: 1,
    FileJobState.UPLOADING: 1,
    FileJobState.DOWNLOADED: 2,
    FileJobState.INSTALLING: 3,
    FileJobState.INSTALLED: 4,
    FileJobState.UPLOADED: 4,
}

# How long nothing may be heard. One that has its file may wait for the end of a long charge before it installs.
PATIENCE = {
    FileJobState.REQUESTED: timedelta(hours=1),
    FileJobState.DOWNLOADING: timedelta(hours=1),
    FileJobState.UPLOADING: timedelta(hours=1),
    FileJobState.DOWNLOADED: timedelta(hours=24),
    FileJobState.INSTALLING: timedelta(hours=2),
}
MAY_STILL_COME = timedelta(days=2)  # after a job failed, within which the charge point may show that it did not
PATH_LIFETIME = timedelta(hours=24)  # of the one-time path, from the time on at which the charge point shall come


@dataclass(frozen=True, slots=True)
class Report:
    """What a charge point said of a job, in the site's words; no `state` where it says nothing that moves the job."""

    word: str  # its own, as it came
    state: FileJobState | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileJob:
    """One file that was asked for, and what became of it."""

    job_id: int
    charge_point_key: int
    charge_point_id: str
    kind: FileJobKind
    state: FileJobState
    asked_by: str
    asked_at: datetime
    changed_at: datetime
    deadline: datetime  # it has failed if nothing is heard until then
    finished_at: datetime | None = None
    reason: str | None = None  # why it failed or was cancelled
    last_status: str | None = None  # the charge point's last word, as sent
    request_id: int | None = None
    log_type: str | None = None
    retrieve_at: datetime | None = None
    install_at: datetime | None = None
    image_id: int | None = None
    rollout_id: int | None = None
    version_before: str | None = None
    location: str | None = None  # typed by a person; None where the box itself serves or takes the file
    expires_at: datetime | None = None  # of the one-time path
    file_name: str | None = None
    stored_as: str | None = None  # the name of what was uploaded, in the store
    size_bytes: int | None = None
    sha256: str | None = None
    moved_bytes: int = 0

    @property
    def is_open(self) -> bool:
        """Say whether something more is expected."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareImage:
    """A firmware file that chargers may be given; a signed one has both its certificate and its signature."""

    image_id: int
    name: str
    version: str | None
    size_bytes: int
    sha256: str
    stored_as: str
    signing_certificate: str | None
    signature: str | None
    note: str
    uploaded_by: str
    uploaded_at: datetime

    @property
    def is_signed(self) -> bool:
        """Say whether a signed update can be made of it."""
        return self.signing_certificate is not None and self.signature is not None


def advance(job: FileJob, report: Report, now: datetime) -> FileJobState | None:
    """Say which state a report brings a job to; None where it brings no other."""
    new = report.state
    if new is None or job.state in SETTLED or _is_echo(job, new, now):
        return None
    if job.state is FileJobState.FAILED:
        return new if new is not job.state and now < job.changed_at + MAY_STILL_COME else None
    return new if new is FileJobState.FAILED or RANK[new] > RANK[job.state] else None


def deadline(state: FileJobState, now: datetime, not_before: datetime | None) -> datetime:
    """Say until when something must be heard of a job in this state, which nobody works on before `not_before`."""
    begins = now if not_before is None else max(now, not_before)
    return begins + PATIENCE.get(state, timedelta())


def is_proved_by(job: FileJob, firmware_version: str | None, now: datetime) -> bool:
    """Say whether the version that a charge point now runs proves that it installed what it was given."""
    known = firmware_version is not None and job.version_before is not None
    is_waiting = job.kind.is_update and job.state not in SETTLED
    is_new = known and firmware_version != job.version_before
    return is_waiting and is_new and not _is_echo(job, FileJobState.INSTALLED, now)


def silence(state: FileJobState) -> str:
    """Say why a job failed of which nothing was heard."""
    hours = int(PATIENCE[state].total_seconds() // 3600)
    return f"nothing was heard for {hours} h while it was {state}"


def _is_echo(job: FileJob, new: FileJobState, now: datetime) -> bool:
    """Say whether an end is told of a job that can't have begun: chargers repeat the end of their last update."""
    is_end = new is FileJobState.FAILED or RANK[new] == RANK[FileJobState.INSTALLED]
    return is_end and job.state is FileJobState.REQUESTED and job.retrieve_at is not None and now < job.retrieve_at
