"""The rules of file jobs: charge points tell their progress twice, late, after a reboot or never."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain import file_jobs
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState, Report

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_job(state: FileJobState = FileJobState.REQUESTED, **more: Any) -> FileJob:
    made = FileJob(
        job_id=1,
        charge_point_key=1,
        charge_point_id="CP1",
        kind=FileJobKind.FIRMWARE,
        state=state,
        asked_by="anna",
        asked_at=NOW,
        changed_at=NOW,
        deadline=NOW + HOUR,
    )
    return replace(made, **more)


def advanced(job: FileJob, state: FileJobState | None, now: datetime = NOW) -> FileJobState | None:
    return file_jobs.advance(job, Report("word", state), now)


def test_a_job_goes_forward() -> None:
    assert advanced(a_job(), FileJobState.DOWNLOADING) is FileJobState.DOWNLOADING
    assert advanced(a_job(FileJobState.DOWNLOADING), FileJobState.INSTALLED) is FileJobState.INSTALLED


@pytest.mark.parametrize("state", [FileJobState.REQUESTED, FileJobState.DOWNLOADING, FileJobState.DOWNLOADED])
def test_what_is_repeated_or_older_changes_nothing(state: FileJobState) -> None:
    assert advanced(a_job(FileJobState.DOWNLOADED), state) is None


def test_a_word_without_meaning_changes_nothing() -> None:
    assert advanced(a_job(FileJobState.DOWNLOADING), None) is None


@pytest.mark.parametrize("settled", [FileJobState.INSTALLED, FileJobState.UPLOADED, FileJobState.CANCELLED])
@pytest.mark.parametrize("state", [FileJobState.DOWNLOADING, FileJobState.FAILED, FileJobState.INSTALLED])
def test_what_is_settled_stays(settled: FileJobState, state: FileJobState) -> None:
    assert advanced(a_job(settled), state) is None


def test_a_failure_is_left_when_the_charge_point_tries_again() -> None:
    failed = a_job(FileJobState.FAILED)
    assert advanced(failed, FileJobState.DOWNLOADING) is FileJobState.DOWNLOADING
    assert advanced(failed, FileJobState.INSTALLED, NOW + 47 * HOUR) is FileJobState.INSTALLED
    assert advanced(failed, FileJobState.FAILED) is None


def test_a_failure_of_long_ago_is_final() -> None:
    assert advanced(a_job(FileJobState.FAILED), FileJobState.INSTALLED, NOW + 48 * HOUR) is None


@pytest.mark.parametrize("end", [FileJobState.INSTALLED, FileJobState.FAILED])
def test_an_end_before_its_time_is_the_echo_of_an_older_update(end: FileJobState) -> None:
    later = a_job(retrieve_at=NOW + HOUR)
    assert advanced(later, end) is None
    assert advanced(later, end, NOW + HOUR) is end
    assert advanced(replace(later, state=FileJobState.DOWNLOADING), end) is end


def test_silence_is_counted_from_the_time_at_which_something_shall_happen() -> None:
    assert file_jobs.deadline(FileJobState.REQUESTED, NOW, None) == NOW + HOUR
    assert file_jobs.deadline(FileJobState.REQUESTED, NOW, NOW + 5 * HOUR) == NOW + 6 * HOUR
    assert file_jobs.deadline(FileJobState.REQUESTED, NOW, NOW - 5 * HOUR) == NOW + HOUR
    assert file_jobs.deadline(FileJobState.DOWNLOADED, NOW, None) == NOW + 24 * HOUR


def test_another_firmware_version_proves_an_installation() -> None:
    job = a_job(FileJobState.DOWNLOADED, version_before="1.0")
    assert file_jobs.is_proved_by(job, "1.1", NOW)
    assert not file_jobs.is_proved_by(job, "1.0", NOW)
    assert not file_jobs.is_proved_by(job, None, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"version_before": None},
        {"kind": FileJobKind.LOG},
        {"state": FileJobState.CANCELLED},
        {"state": FileJobState.REQUESTED, "retrieve_at": NOW + HOUR},
    ],
)
def test_where_it_proves_nothing(change: dict[str, Any]) -> None:
    job = replace(a_job(FileJobState.DOWNLOADED, version_before="1.0"), **change)
    assert not file_jobs.is_proved_by(job, "1.1", NOW)


def test_silence_has_words() -> None:
    assert file_jobs.silence(FileJobState.DOWNLOADED) == "nothing was heard for 24 h while it was downloaded"


def test_every_open_state_has_its_patience() -> None:
    assert set(file_jobs.PATIENCE) == set(file_jobs.OPEN)
