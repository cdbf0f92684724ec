"""Rows of commissioning runs."""

from datetime import UTC, datetime
from typing import Any

from edge_csms.domain.commissioning import Plate, Remark, RunState, Step, StepName, StepState
from edge_csms.storage import commissioning_runs
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WHO: dict[str, Any] = {"connector_id": 1, "id_tag": "T", "technician": "Anna", "asked_by": "a"}


async def add(database: Database, charge_point_key: int) -> int:
    return await database.run(commissioning_runs.add, charge_point_key, NOW, Plate(), [Step(StepName.BOOT)], **WHO)


async def test_a_run_comes_back_as_it_was(database: Database, charge_point_key: int) -> None:
    run_id = await add(database, charge_point_key)
    plate = Plate("Acme", "Box", "7", "1.0")
    steps = (Step(StepName.LIMIT, StepState.PASSED, "limit_seen", {"amps": 6.0, "count": 3, "word": "é"}, NOW),)
    await database.run(commissioning_runs.update, run_id, plate, steps)
    remarks = (Remark("X.y", "odd", 2),)
    assert await database.run(commissioning_runs.finish, run_id, RunState.PASSED, steps, remarks, NOW)
    assert not await database.run(commissioning_runs.finish, run_id, RunState.FAILED, (), (), NOW)
    run = await database.read(commissioning_runs.get, run_id)
    assert run is not None
    assert (run.plate, run.steps, run.remarks, run.state) == (plate, steps, remarks, RunState.PASSED)
    assert (run.charge_point_id, run.technician, run.finished_at) == ("CP1", "Anna", NOW)
    assert await database.read(commissioning_runs.get, 99) is None


async def test_what_runs_is_found_and_ended(database: Database, charge_point_key: int) -> None:
    assert await database.read(commissioning_runs.find_running, charge_point_key) is None
    run_id = await add(database, charge_point_key)
    assert await database.read(commissioning_runs.find_running, charge_point_key) == run_id
    assert await database.read(commissioning_runs.list_running) == [run_id]
    await database.run(commissioning_runs.finish, run_id, RunState.INTERRUPTED, (), (), NOW)
    assert await database.read(commissioning_runs.find_running, charge_point_key) is None


async def test_runs_are_listed_the_newest_first(database: Database, charge_point_key: int) -> None:
    first, second = await add(database, charge_point_key), await add(database, charge_point_key)

    async def listed(**wanted: Any) -> list[int]:
        return [one.run_id for one in await database.read(commissioning_runs.list_, limit=10, **wanted)]

    assert await listed() == [second, first]
    assert await listed(before=second, charge_point_keys=[charge_point_key]) == [first]
    assert await listed(charge_point_keys=[]) == []
