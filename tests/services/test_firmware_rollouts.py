"""What happens with roll-outs."""

from typing import Any

import pytest

from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.firmware_rollouts import FirmwareRollout, RolloutState
from edge_csms.services import charge_points, firmware_rollouts
from edge_csms.storage.database import Database
from tests.services.test_file_jobs import NOW
from tests.services.test_firmware_images import add


def begin(*identities: str, **more: Any) -> FirmwareRollout:
    for identity in ("CP1", "CP2"):
        if charge_points.find(identity) is None:
            charge_points.add(identity, NOW, {})
    image_id = add().image_id
    wanted = {"image_id": image_id, "charge_point_ids": list(identities), "asked_by": "anna", **more}
    return firmware_rollouts.order(firmware_rollouts.Order(**wanted), NOW)


async def test_a_roll_out_runs_for_its_charge_points_in_order(database: Database) -> None:
    rollout = await database.run(begin, "CP2", "CP1", force=True)
    assert (rollout.state, rollout.force, rollout.asked_by) == (RolloutState.RUNNING, True, "anna")
    assert [step.charge_point_id for step in rollout.steps] == ["CP2", "CP1"]
    assert await database.run(firmware_rollouts.list_running) == [rollout]
    assert await database.run(firmware_rollouts.list_, 10) == [rollout]


async def test_what_can_not_be_is_refused_at_once(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.run(begin, "CP9")
    with pytest.raises(NotFound):
        await database.run(begin, "CP1", image_id=99)
    with pytest.raises(Invalid):
        await database.run(begin, "CP1", "cp1")
    with pytest.raises(Invalid):
        await database.run(begin, "CP1", signed=True)
    assert await database.run(firmware_rollouts.list_, 10) == []


async def test_what_has_ended_stays_as_it_ended(database: Database) -> None:
    await database.run(begin, "CP1")
    ended = await database.run(firmware_rollouts.finish, 1, RolloutState.STOPPED, "CP1: no room", NOW)
    assert (ended.state, ended.reason, ended.finished_at) == (RolloutState.STOPPED, "CP1: no room", NOW)
    with pytest.raises(Conflict):
        await database.run(firmware_rollouts.cancel, 1, "ben", NOW)
    assert (await database.run(firmware_rollouts.finish, 1, RolloutState.DONE, None, NOW)).state is RolloutState.STOPPED


async def test_a_roll_out_is_cancelled(database: Database) -> None:
    await database.run(begin, "CP1")
    cancelled = await database.run(firmware_rollouts.cancel, 1, "ben", NOW)
    assert (cancelled.state, cancelled.reason) == (RolloutState.CANCELLED, "cancelled by ben")
    with pytest.raises(NotFound):
        await database.run(firmware_rollouts.cancel, 9, "ben", NOW)
