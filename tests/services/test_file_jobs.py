"""What happens with file jobs that people order."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.errors import Conflict, Forbidden, Gone, NotFound
from edge_csms.domain.file_jobs import FileJob, FileJobKind, FileJobState
from edge_csms.services import charge_points, file_jobs, file_progress, firmware_images, transactions
from edge_csms.services.file_jobs import Order, hash_token
from edge_csms.services.file_store import StoredFile
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STORED = StoredFile("ab" * 16, 7, "cd" * 32)


def make(charge_point_id: str = "CP1", **more: Any) -> FileJob:
    """Order an update, of a charge point that is made if need be."""
    if charge_points.find(charge_point_id) is None:
        charge_points.add(charge_point_id, NOW, {"firmware_version": "1.0"})
    usual = {"kind": FileJobKind.FIRMWARE, "asked_by": "anna", "token_hash": hash_token(secrets.token_hex())}
    return file_jobs.order(charge_point_id, Order(**{**usual, **more}), NOW)[0]


def begin_transaction(charge_point_id: str) -> None:
    start = transactions.Start(
        charge_point_key=charge_points.get(charge_point_id).key,
        connector_id=1,
        id_tag="CARD",
        meter_start_wh=0,
        started_at=NOW,
        plausible=True,
        reservation_id=None,
        content_key=b"start",
        payload=b"{}",
        arrival=1,
    )
    transactions.start(start, NOW, True)


async def test_an_order_becomes_a_job_that_knows_all_about_it(database: Database) -> None:
    job = await database.run(make, retrieve_at=NOW + HOUR)
    assert (job.charge_point_id, job.state, job.asked_by) == ("CP1", FileJobState.REQUESTED, "anna")
    assert (job.version_before, job.request_id) == ("1.0", None)
    assert (job.deadline, job.expires_at) == (NOW + 2 * HOUR, NOW + 25 * HOUR)


@pytest.mark.parametrize("kind", [FileJobKind.SIGNED_FIRMWARE, FileJobKind.LOG])
async def test_operations_with_a_request_id_get_one(database: Database, kind: FileJobKind) -> None:
    job = await database.run(make, kind=kind)
    assert job.request_id == job.job_id


async def test_nothing_is_ordered_of_a_charge_point_that_is_not_there(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.run(file_jobs.order, "CP9", Order(kind=FileJobKind.LOG, asked_by="anna", token_hash=b""), NOW)


async def test_an_update_waits_for_the_end_of_a_transaction_unless_it_is_forced(database: Database) -> None:
    def order_while_charging(**more: Any) -> FileJob:
        charge_points.add("CP1", NOW, {})
        begin_transaction("CP1")
        return make(**more)

    with pytest.raises(Conflict, match="transaction 1 is open"):
        await database.run(order_while_charging)
    assert (await database.run(order_while_charging, force=True)).state is FileJobState.REQUESTED


async def test_diagnostics_may_be_asked_for_at_any_time(database: Database) -> None:
    def order_while_charging() -> FileJob:
        charge_points.add("CP1", NOW, {})
        begin_transaction("CP1")
        make(kind=FileJobKind.DIAGNOSTICS)
        return make(kind=FileJobKind.LOG)

    assert (await database.run(order_while_charging)).state is FileJobState.REQUESTED


async def test_one_update_at_a_time_unless_it_is_forced(database: Database) -> None:
    first = await database.run(make)
    with pytest.raises(Conflict, match="job 1"):
        await database.run(make, kind=FileJobKind.SIGNED_FIRMWARE)
    await database.run(make, force=True)
    replaced = await database.run(file_jobs.get, first.job_id)
    assert (replaced.state, replaced.reason) == (FileJobState.CANCELLED, "a newer update took its place")


async def test_a_job_is_cancelled_once(database: Database) -> None:
    job = await database.run(make)
    cancelled = await database.run(file_jobs.cancel, job.job_id, "ben", NOW + HOUR)
    assert (cancelled.state, cancelled.reason) == (FileJobState.CANCELLED, "cancelled by ben")
    assert cancelled.finished_at == NOW + HOUR
    with pytest.raises(Conflict):
        await database.run(file_jobs.cancel, job.job_id, "ben", NOW)


def slot(token: str, *, is_upload: bool, now: datetime = NOW) -> file_jobs.Slot:
    return file_jobs.open_slot(hash_token(token), is_upload=is_upload, now=now)


async def test_a_token_opens_what_it_was_made_for_and_nothing_else(database: Database) -> None:
    def make_image() -> None:
        image = firmware_images.add("fw.bin", STORED, {}, "anna", NOW)
        make(token_hash=hash_token("down"), image=image)
        make(token_hash=hash_token("up"), kind=FileJobKind.LOG)

    await database.run(make_image)
    down = await database.run(slot, "down", is_upload=False)
    assert down.image is not None
    assert (down.image.sha256, down.job.size_bytes) == (STORED.sha256, 7)
    assert (await database.run(slot, "up", is_upload=True)).image is None
    for token, is_upload in (("down", True), ("up", False), ("", True), ("other", False)):
        with pytest.raises(Forbidden):
            await database.run(slot, token, is_upload=is_upload)


async def test_a_path_is_closed_when_it_expires_and_when_its_job_is_settled(database: Database) -> None:
    job = await database.run(make, token_hash=hash_token("down"))
    with pytest.raises(Gone):
        await database.run(slot, "down", is_upload=False, now=NOW + 24 * HOUR)
    await database.run(file_progress.settle, job, FileJobState.FAILED, "no room", NOW)
    await database.run(slot, "down", is_upload=False)  # it may try again
    for state in (FileJobState.INSTALLED, FileJobState.CANCELLED):
        await database.run(file_progress.settle, job, state, None, NOW)
        with pytest.raises(Gone):
            await database.run(slot, "down", is_upload=False)


async def test_a_file_is_taken_once(database: Database) -> None:
    job = await database.run(make, kind=FileJobKind.LOG, token_hash=hash_token("up"))
    await database.run(file_progress.receive, job.job_id, STORED, "a.log", "192.0.2.7", NOW)
    with pytest.raises(Conflict):
        await database.run(slot, "up", is_upload=True)


async def test_a_file_is_let_go_of_and_the_job_stays(database: Database) -> None:
    job = await database.run(make, kind=FileJobKind.LOG)
    with pytest.raises(NotFound):
        await database.run(file_jobs.get_file, job.job_id)
    await database.run(file_progress.receive, job.job_id, STORED, "a.log", "192.0.2.7", NOW)
    assert await database.run(file_jobs.drop_file, job.job_id) == STORED.stored_as
    with pytest.raises(NotFound):
        await database.run(file_jobs.drop_file, job.job_id)
    assert (await database.run(file_jobs.get, job.job_id)).state is FileJobState.UPLOADED


async def test_jobs_are_listed_under_the_name_of_their_charge_point(database: Database) -> None:
    await database.run(make)
    await database.run(make, "CP2")
    assert [job.charge_point_id for job in await database.run(file_jobs.list_, 10)] == ["CP2", "CP1"]
    assert [job.job_id for job in await database.run(file_jobs.list_, 10, charge_point_id="cp1")] == [1]
    assert [job.job_id for job in await database.run(file_jobs.list_of, "CP2", 10, None, True)] == [2]
    with pytest.raises(NotFound):
        await database.run(file_jobs.list_of, "CP9", 10, None, None)
    with pytest.raises(NotFound):
        await database.run(file_jobs.get, 99)


async def test_tokens_are_kept_as_hashes_only(database: Database) -> None:
    job = await database.run(make, token_hash=hash_token("a-token"))
    assert "a-token" not in repr(replace(job))
    assert hash_token("a-token") != b"a-token"
