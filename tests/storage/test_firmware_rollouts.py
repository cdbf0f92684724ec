"""Rows of roll-outs."""

from datetime import UTC, datetime

from edge_csms.domain.file_jobs import FileJobState
from edge_csms.domain.firmware_rollouts import RolloutState, RolloutStep
from edge_csms.storage import firmware_rollouts
from edge_csms.storage.database import Database
from tests.storage.test_file_jobs import add

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
COLUMNS = {"image_id": 1, "state": "running", "asked_by": "anna", "asked_at": NOW}


async def test_a_roll_out_has_its_charge_points_in_order_with_their_jobs(database: Database) -> None:
    await database.run(add, "CP1")
    job_id = await database.run(add, "CP2", state="failed", reason="no room")
    rollout_id = await database.run(firmware_rollouts.add, COLUMNS, [2, 1])
    await database.run(firmware_rollouts.note_job, rollout_id, 2, job_id)
    rollout = await database.run(firmware_rollouts.get, rollout_id)
    assert rollout is not None
    assert rollout.steps == (
        RolloutStep(0, "CP2", job_id, FileJobState.FAILED, "no room"),
        RolloutStep(1, "CP1"),
    )


async def test_what_has_ended_stays_as_it_ended(database: Database) -> None:
    await database.run(add)
    rollout_id = await database.run(firmware_rollouts.add, COLUMNS, [1])
    assert await database.run(firmware_rollouts.count_running_of_image, 1) == 1
    assert await database.run(firmware_rollouts.finish, rollout_id, RolloutState.STOPPED, "why", NOW)
    assert not await database.run(firmware_rollouts.finish, rollout_id, RolloutState.DONE, None, NOW)
    rollout = await database.run(firmware_rollouts.get, rollout_id)
    assert rollout is not None
    assert (rollout.state, rollout.reason, rollout.finished_at) == (RolloutState.STOPPED, "why", NOW)
    assert await database.run(firmware_rollouts.count_running_of_image, 1) == 0


async def test_roll_outs_are_listed_the_newest_first(database: Database) -> None:
    await database.run(add)
    for _ in range(3):
        await database.run(firmware_rollouts.add, COLUMNS, [1])
    await database.run(firmware_rollouts.finish, 2, RolloutState.DONE, None, NOW)

    def ids(**filters: object) -> list[int]:
        return [one.rollout_id for one in firmware_rollouts.list_(**{"limit": 10, **filters})]  # type: ignore[arg-type]

    assert await database.run(ids) == [3, 2, 1]
    assert await database.run(ids, before=3) == [2, 1]
    assert await database.run(ids, state=RolloutState.RUNNING) == [3, 1]
