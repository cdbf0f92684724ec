"""File jobs: files on their way to a charge point and from it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from edge_csms.domain.file_jobs import OPEN, FileJob, FileJobKind, FileJobState
from edge_csms.storage.tables import ChargePoint
from edge_csms.storage.tables import FileJob as Row

_open = Row.state.in_([state.value for state in OPEN])
# The names that a row and a job share; the others are read one by one.
_SHARED = (
    "job_id",
    "asked_by",
    "asked_at",
    "changed_at",
    "deadline",
    "finished_at",
    "reason",
    "last_status",
    "request_id",
    "log_type",
    "retrieve_at",
    "install_at",
    "image_id",
    "rollout_id",
    "version_before",
    "location",
    "expires_at",
    "file_name",
    "stored_as",
    "size_bytes",
    "sha256",
    "moved_bytes",
)


def add(charge_point_key: int, columns: dict[str, Any]) -> int:
    """Store a new job and return its id."""
    return int(Row.insert({"charge_point": charge_point_key, **columns}).execute())


def update(job_id: int, changes: dict[str, Any]) -> None:
    """Change columns of a job."""
    Row.update(changes).where(Row.job_id == job_id).execute()


def take_file(job_id: int, columns: dict[str, Any]) -> bool:
    """Keep the file that a job was waiting for; False where one came before."""
    return bool(Row.update(columns).where((Row.job_id == job_id) & Row.stored_as.is_null()).execute())


def get(job_id: int) -> FileJob | None:
    """Find a job."""
    return _first(_jobs().where(Row.job_id == job_id))


def get_by_token(token_hash: bytes) -> FileJob | None:
    """Find the job whose one-time path has this token."""
    return _first(_jobs().where(Row.token_hash == token_hash))


def get_by_request(charge_point_key: int, request_id: int) -> FileJob | None:
    """Find the job that a charge point knows by this request id."""
    mine = (Row.charge_point == charge_point_key) & (Row.request_id == request_id)
    return _first(_jobs().where(mine).order_by(Row.job_id.desc()))


def get_latest(charge_point_key: int, kinds: Iterable[FileJobKind]) -> FileJob | None:
    """Find the newest job of these kinds."""
    mine = (Row.charge_point == charge_point_key) & Row.kind.in_([kind.value for kind in kinds])
    return _first(_jobs().where(mine).order_by(Row.job_id.desc()))


def list_(
    *,
    limit: int,
    before: int | None = None,
    charge_point_keys: list[int] | None = None,
    kind: str | None = None,
    state: str | None = None,
    is_open: bool | None = None,
    rollout_id: int | None = None,
) -> list[FileJob]:
    """List jobs, the newest first, from behind `before`."""
    query = _jobs()
    for wanted, condition in (
        (before, Row.job_id < before),
        (charge_point_keys, Row.charge_point.in_(charge_point_keys or [])),
        (kind, Row.kind == kind),
        (state, Row.state == state),
        (is_open, _open if is_open else ~_open),
        (rollout_id, Row.rollout_id == rollout_id),
    ):
        if wanted is not None:
            query = query.where(condition)
    return _all(query.order_by(Row.job_id.desc()).limit(limit))


def find_open(charge_point_key: int, kinds: Iterable[FileJobKind]) -> list[FileJob]:
    """Find the open jobs of these kinds of a charge point, the newest first."""
    mine = (Row.charge_point == charge_point_key) & Row.kind.in_([kind.value for kind in kinds])
    return _all(_jobs().where(mine & _open).order_by(Row.job_id.desc()))


def find_overdue(now: datetime) -> list[FileJob]:
    """Find the open jobs of which something should have been heard by now."""
    return _all(_jobs().where(_open & (Row.deadline <= now)))


def find_updated(changed_since: datetime) -> list[tuple[FileJob, str]]:
    """Find updates, open or lately failed, whose charge point now runs another version; give that version with each."""
    may_come = _open | ((Row.state == FileJobState.FAILED.value) & (Row.changed_at > changed_since))
    is_new = ChargePoint.firmware_version.is_null(False) & (ChargePoint.firmware_version != Row.version_before)
    return [(_from_row(row), row.firmware_version) for row in _jobs().where(may_come & is_new).objects()]


def count_open_of_image(image_id: int) -> int:
    """Count the open jobs that need an image."""
    return int(Row.select().where(_open & (Row.image_id == image_id)).count())


def find_with_file(finished_before: datetime | None = None) -> list[FileJob]:
    """Find the jobs that hold a file, the oldest first."""
    query = _jobs().where(Row.stored_as.is_null(False))
    if finished_before is not None:
        query = query.where(Row.finished_at < finished_before)
    return _all(query.order_by(Row.job_id))


def delete_finished_before(time: datetime) -> int:
    """Delete jobs without a file that ended before `time`, and say how many they were."""
    return int(Row.delete().where((Row.finished_at < time) & Row.stored_as.is_null()).execute())


def _jobs() -> Any:
    selected = Row.select(Row, ChargePoint.charge_point_id.alias("identity"), ChargePoint.firmware_version)
    return selected.join(ChargePoint, on=(Row.charge_point == ChargePoint.key))


def _first(query: Any) -> FileJob | None:
    return next(iter(_all(query.limit(1))), None)


def _all(query: Any) -> list[FileJob]:
    return [_from_row(row) for row in query.objects()]


def _from_row(row: Any) -> FileJob:
    return FileJob(
        charge_point_key=row.charge_point_id,
        charge_point_id=row.identity,
        kind=FileJobKind(row.kind),
        state=FileJobState(row.state),
        **{name: getattr(row, name) for name in _SHARED},
    )
