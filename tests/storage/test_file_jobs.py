"""Rows of file jobs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.domain.file_jobs import FileJobKind, FileJobState
from edge_csms.domain.model import Registration
from edge_csms.storage import charge_points, file_jobs
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def add(charge_point_id: str = "CP1", **columns: Any) -> int:
    """Store a job of a charge point, which is made if need be."""
    charge_points.add(charge_point_id, Registration.ACCEPTED, NOW)
    found = charge_points.get(charge_point_id)
    assert found is not None
    usual = {"kind": "firmware", "state": "requested", "asked_by": "anna"}
    return file_jobs.add(found.key, {**usual, "asked_at": NOW, "changed_at": NOW, "deadline": NOW + HOUR, **columns})


def ids(**filters: Any) -> list[int]:
    return [job.job_id for job in file_jobs.list_(**{"limit": 10, **filters})]


async def test_a_job_is_kept_with_all_that_is_known_of_it(database: Database) -> None:
    given = {"request_id": 7, "log_type": "security", "file_name": "a.log", "moved_bytes": 5, "retrieve_at": NOW + HOUR}
    job_id = await database.run(add, kind="log", **given)
    job = await database.run(file_jobs.get, job_id)
    assert job is not None
    assert (job.charge_point_id, job.kind, job.state) == ("CP1", FileJobKind.LOG, FileJobState.REQUESTED)
    assert {name: getattr(job, name) for name in given} == given


async def test_jobs_are_found_by_any_combination_of_filters(database: Database) -> None:
    await database.run(add)
    await database.run(add, "CP2", state="installed")
    await database.run(add, kind="log", state="uploading", rollout_id=4)
    assert await database.run(ids) == [3, 2, 1]
    assert await database.run(ids, limit=1) == [3]
    assert await database.run(ids, before=3) == [2, 1]
    assert await database.run(ids, charge_point_keys=[1]) == [3, 1]
    assert await database.run(ids, charge_point_keys=[]) == []
    assert await database.run(ids, kind="firmware", state="installed") == [2]
    assert await database.run(ids, is_open=True) == [3, 1]
    assert await database.run(ids, is_open=False) == [2]
    assert await database.run(ids, rollout_id=4) == [3]


async def test_a_job_is_found_by_its_token_and_by_its_request(database: Database) -> None:
    job_id = await database.run(add, kind="log", token_hash=b"hash", request_id=9)
    for found in (
        await database.run(file_jobs.get_by_token, b"hash"),
        await database.run(file_jobs.get_by_request, 1, 9),
        await database.run(file_jobs.get_latest, 1, [FileJobKind.LOG]),
    ):
        assert found is not None
        assert found.job_id == job_id
    assert await database.run(file_jobs.get_by_token, b"other") is None
    assert await database.run(file_jobs.get_by_request, 2, 9) is None
    assert await database.run(file_jobs.get_latest, 1, [FileJobKind.FIRMWARE]) is None


async def test_the_first_file_of_a_job_is_kept(database: Database) -> None:
    job_id = await database.run(add, kind="diagnostics")
    assert await database.run(file_jobs.take_file, job_id, {"stored_as": "a"})
    assert not await database.run(file_jobs.take_file, job_id, {"stored_as": "b"})
    job = await database.run(file_jobs.get, job_id)
    assert job is not None
    assert job.stored_as == "a"


async def test_what_is_overdue_is_found(database: Database) -> None:
    await database.run(add, deadline=NOW)
    await database.run(add, deadline=NOW, state="installed")
    await database.run(add, deadline=NOW + HOUR)
    assert [job.job_id for job in await database.run(file_jobs.find_overdue, NOW)] == [1]


async def test_what_a_new_version_may_prove_is_found(database: Database) -> None:
    await database.run(add, version_before="1.0")
    await database.run(add, version_before="1.1")
    await database.run(add, version_before="1.0", state="failed")
    await database.run(add, version_before="1.0", state="failed", changed_at=NOW - 3 * HOUR)
    await database.run(add, version_before="1.0", state="installed")
    assert await database.run(file_jobs.find_updated, NOW - 2 * HOUR) == []
    await database.run(charge_points.update, "CP1", {"firmware_version": "1.1"})
    found = await database.run(file_jobs.find_updated, NOW - 2 * HOUR)
    assert [(job.job_id, version) for job, version in found] == [(1, "1.1"), (3, "1.1")]


async def test_files_are_found_the_oldest_first_and_jobs_without_are_deleted_when_old(database: Database) -> None:
    await database.run(add, state="uploaded", stored_as="a", finished_at=NOW)
    await database.run(add, state="uploaded", stored_as="b", finished_at=NOW - HOUR)
    await database.run(add, state="failed", finished_at=NOW - HOUR)
    await database.run(add)
    assert [job.stored_as for job in await database.run(file_jobs.find_with_file)] == ["a", "b"]
    assert [job.stored_as for job in await database.run(file_jobs.find_with_file, NOW)] == ["b"]
    assert await database.run(file_jobs.delete_finished_before, NOW) == 1
    assert await database.run(ids) == [4, 2, 1]
