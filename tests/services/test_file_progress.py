"""What happens with file jobs while charge points work on them."""

from datetime import datetime, timedelta

import pytest

from edge_csms.domain.errors import Conflict
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState, Report
from edge_csms.services import audit, charge_points, file_jobs, file_progress, firmware_images
from edge_csms.services.file_store import StoredFile
from edge_csms.storage.database import Database
from tests.services.test_file_jobs import HOUR, NOW, STORED, make

UPDATES = (FileJobKind.FIRMWARE, FileJobKind.SIGNED_FIRMWARE)
UPLOADS = (FileJobKind.DIAGNOSTICS, FileJobKind.LOG)


def said(
    word: str,
    state: FileJobState | None,
    kinds: tuple[FileJobKind, ...] = UPDATES,
    request_id: int | None = None,
    now: datetime = NOW,
    reason: str | None = None,
) -> FileJob | None:
    return file_progress.report(1, kinds, request_id, Report(word, state, reason), now)


async def test_a_status_brings_the_job_on_and_is_kept(database: Database) -> None:
    await database.run(make)
    job = await database.run(said, "Downloading", FileJobState.DOWNLOADING, now=NOW + HOUR / 2)
    assert job is not None
    assert (job.state, job.last_status, job.changed_at) == (
        FileJobState.DOWNLOADING,
        "Downloading",
        NOW + HOUR / 2,
    )
    assert job.deadline == NOW + 1.5 * HOUR


async def test_any_word_of_an_open_job_is_a_sign_of_life(database: Database) -> None:
    await database.run(make)
    job = await database.run(said, "DownloadPaused", None, now=NOW + HOUR / 2)
    assert job is not None
    assert (job.state, job.last_status) == (FileJobState.REQUESTED, "DownloadPaused")
    assert job.deadline == NOW + 1.5 * HOUR


async def test_without_a_job_a_status_is_about_nothing(database: Database) -> None:
    await database.run(charge_points.add, "CP1", NOW, {})
    assert await database.run(said, "Idle", None) is None
    assert await database.run(said, "Installed", FileJobState.INSTALLED) is None


async def test_what_comes_after_the_end_changes_nothing(database: Database) -> None:
    await database.run(make)
    await database.run(said, "Installed", FileJobState.INSTALLED)
    assert await database.run(said, "Installed", FileJobState.INSTALLED) is None
    assert await database.run(said, "Idle", None) is None


async def test_a_failure_has_its_reason_and_a_new_try_takes_it_away(database: Database) -> None:
    await database.run(make)
    failed = await database.run(said, "DownloadFailed", FileJobState.FAILED, reason="no line")
    assert failed is not None
    assert (failed.state, failed.reason, failed.finished_at) == (FileJobState.FAILED, "no line", NOW)
    again = await database.run(said, "Downloading", FileJobState.DOWNLOADING)
    assert again is not None
    assert (again.state, again.reason, again.finished_at) == (FileJobState.DOWNLOADING, None, None)


async def test_the_request_id_says_which_job_is_meant(database: Database) -> None:
    for _ in range(2):
        await database.run(make, kind=FileJobKind.LOG)
    job = await database.run(said, "Uploading", FileJobState.UPLOADING, UPLOADS, 1)
    assert job is not None
    assert job.job_id == 1


@pytest.mark.parametrize("request_id", [None, 0, -1, 99])
async def test_without_a_known_request_id_the_open_job_is_meant(database: Database, request_id: int | None) -> None:
    await database.run(make, kind=FileJobKind.LOG)
    await database.run(make, kind=FileJobKind.DIAGNOSTICS)
    job = await database.run(said, "Uploading", FileJobState.UPLOADING, UPLOADS[::-1], request_id)
    assert job is not None
    assert job.kind is FileJobKind.LOG


async def test_a_plain_status_may_be_about_a_signed_update(database: Database) -> None:
    first = await database.run(make)
    await database.run(file_progress.settle, first, FileJobState.INSTALLED, None, NOW)
    await database.run(make, kind=FileJobKind.SIGNED_FIRMWARE)
    job = await database.run(said, "Installing", FileJobState.INSTALLING)
    assert job is not None
    assert job.kind is FileJobKind.SIGNED_FIRMWARE


async def test_a_file_that_shall_be_here_and_is_not_was_not_uploaded(database: Database) -> None:
    await database.run(make, kind=FileJobKind.LOG)
    job = await database.run(said, "Uploaded", FileJobState.UPLOADED, UPLOADS)
    assert job is not None
    assert (job.state, job.reason) == (FileJobState.FAILED, "it says that it uploaded its file, but nothing came")
    received = await database.run(file_progress.receive, job.job_id, STORED, "a.log", "192.0.2.7", NOW)
    assert (received.state, received.reason) == (FileJobState.UPLOADED, None)


async def test_a_file_that_went_elsewhere_is_believed(database: Database) -> None:
    await database.run(make, kind=FileJobKind.LOG, token_hash=None, location="ftp://files.example/")
    job = await database.run(said, "Uploaded", FileJobState.UPLOADED, UPLOADS)
    assert job is not None
    assert job.state is FileJobState.UPLOADED


async def test_what_is_fetched_is_known_without_any_status(database: Database) -> None:
    def make_with_image() -> FileJob:
        return make(image=firmware_images.add("fw.bin", STORED, {}, "anna", NOW))

    job = await database.run(make_with_image)
    begun = await database.run(file_progress.note_fetch, job.job_id, 0, NOW)
    assert begun is not None
    assert (begun.state, begun.moved_bytes) == (FileJobState.DOWNLOADING, 0)
    whole = await database.run(file_progress.note_fetch, job.job_id, 7, NOW)
    assert whole is not None
    assert (whole.state, whole.moved_bytes) == (FileJobState.DOWNLOADED, 7)
    again = await database.run(file_progress.note_fetch, job.job_id, 3, NOW)
    assert again is not None
    assert (again.state, again.moved_bytes) == (FileJobState.DOWNLOADED, 7)
    assert await database.run(file_progress.note_fetch, 99, 1, NOW) is None


async def test_a_received_file_is_kept_once_and_told_in_the_audit_trail(database: Database) -> None:
    job = await database.run(make, kind=FileJobKind.DIAGNOSTICS)
    begun = await database.run(file_progress.note_upload, job.job_id, NOW)
    assert begun is not None
    assert begun.state is FileJobState.UPLOADING
    kept = await database.run(file_progress.receive, job.job_id, STORED, "a.log", "192.0.2.7", NOW)
    assert (kept.state, kept.stored_as, kept.file_name) == (FileJobState.UPLOADED, STORED.stored_as, "a.log")
    with pytest.raises(Conflict):
        await database.run(file_progress.receive, job.job_id, STORED, "b.log", "192.0.2.7", NOW)
    (entry,) = await database.run(audit.list_, 10, action="file.receive")
    assert (entry.subject, entry.address, entry.details) == ("CP1", "192.0.2.7", "job 1: a.log, 7 bytes")


async def test_an_answer_names_the_file_and_may_end_other_jobs(database: Database) -> None:
    for _ in range(2):
        await database.run(make, kind=FileJobKind.LOG)
    changed = await database.run(file_progress.note_answer, 2, "a.log", True, NOW)
    assert [(job.job_id, job.state, job.file_name) for job in changed] == [
        (2, FileJobState.REQUESTED, "a.log"),
        (1, FileJobState.CANCELLED, None),
    ]


async def test_our_own_failure_ends_an_open_job_only(database: Database) -> None:
    await database.run(make)
    failed = await database.run(file_progress.fail, 1, "no answer", NOW)
    assert failed is not None
    assert (failed.state, failed.reason) == (FileJobState.FAILED, "no answer")
    assert await database.run(file_progress.fail, 1, "again", NOW) is None


async def test_silence_ends_a_job_and_news_bring_it_back(database: Database) -> None:
    await database.run(make)
    assert await database.run(file_progress.settle_due, NOW + HOUR / 2) == []
    (silent,) = await database.run(file_progress.settle_due, NOW + HOUR)
    assert (silent.state, silent.reason) == (FileJobState.FAILED, "nothing was heard for 1 h while it was requested")
    assert await database.run(file_progress.settle_due, NOW + HOUR) == []
    job = await database.run(said, "Installed", FileJobState.INSTALLED, now=NOW + 5 * HOUR)
    assert job is not None
    assert job.state is FileJobState.INSTALLED


async def test_a_new_version_proves_an_update_even_one_that_was_given_up(database: Database) -> None:
    await database.run(make)
    await database.run(file_progress.settle_due, NOW + HOUR)
    await database.run(charge_points.update, "CP1", {"firmware_version": "1.1"}, NOW)
    (proved,) = await database.run(file_progress.settle_due, NOW + 2 * HOUR)
    assert proved.state is FileJobState.INSTALLED


async def test_old_files_go_and_the_oldest_where_room_is_needed(database: Database) -> None:
    for number in range(4):
        job = await database.run(make, kind=FileJobKind.LOG, log_type=f"{number}")
        stored = StoredFile(f"{number}", 10, "")
        await database.run(file_progress.receive, job.job_id, stored, "a", "", NOW + number * HOUR)
    assert await database.run(file_progress.list_stored_names) == {"0", "1", "2", "3"}
    assert await database.run(file_progress.drop_files, NOW + HOUR / 2) == ["0"]
    assert await database.run(file_progress.drop_files, NOW, 15) == ["1", "2"]
    assert await database.run(file_progress.list_stored_names) == {"3"}


async def test_jobs_are_kept_for_two_years(database: Database) -> None:
    job = await database.run(make)
    await database.run(file_progress.settle, job, FileJobState.INSTALLED, None, NOW)
    assert await database.run(file_progress.purge, NOW + timedelta(days=729)) == 0
    assert await database.run(file_progress.purge, NOW + timedelta(days=731)) == 1
    assert await database.run(file_jobs.list_, 10) == []
