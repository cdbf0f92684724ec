"""The books of commissioning runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from edge_csms.domain.commissioning import RunState, Step, StepName, StepState
from edge_csms.domain.errors import Conflict, NotFound
from edge_csms.domain.model import Finding
from edge_csms.services import charge_points, commissioning, findings
from edge_csms.services.charge_points import Boot
from edge_csms.services.commissioning import Order
from edge_csms.storage.database import Database
from tests.services.charging import Charger

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


def order(**changed: Any) -> Order:
    given = {"charge_point_id": "cp1", "connector_id": 1, "id_tag": "T", "technician": "Anna", "asked_by": "a"}
    return Order(**{**given, **changed})


async def test_a_run_begins_with_all_steps_waiting_or_left_out(database: Database, charger: Charger) -> None:
    run = await database.run(commissioning.begin, order(names=[StepName.BOOT, StepName.UNLOCK]), NOW)
    assert (run.charge_point_id, run.state, run.started_at) == ("CP1", RunState.RUNNING, NOW)
    waiting = [step.name for step in run.steps if step.state is StepState.WAITING]
    assert (len(run.steps), waiting) == (len(StepName), [StepName.BOOT, StepName.UNLOCK])


async def test_one_run_at_a_time_and_none_where_somebody_charges(database: Database, charger: Charger) -> None:
    await charger.start(connector_id=1)
    with pytest.raises(Conflict):
        await database.run(commissioning.begin, order(), NOW)
    run = await database.run(commissioning.begin, order(connector_id=2), NOW)
    with pytest.raises(Conflict):
        await database.run(commissioning.begin, order(connector_id=2), NOW)
    await database.run(commissioning.finish, run.run_id, RunState.PASSED, LATER)
    await database.run(commissioning.begin, order(connector_id=2), LATER)
    with pytest.raises(NotFound):
        await database.run(commissioning.begin, order(charge_point_id="CP9"), NOW)


async def test_the_report_has_what_the_charge_point_said_and_how_it_deviates(
    database: Database, charger: Charger
) -> None:
    run = await database.run(commissioning.begin, order(), NOW)
    assert run.plate.model is None
    await database.run(charge_points.boot, "CP1", Boot("Acme", "Box", "SN7", "1.2", b"{}"), NOW)
    found = {charger.key: [Finding("coerced", "MeterValues.x", "a number as text", "{}", count=3)]}
    await database.run(findings.note, found, NOW)
    steps = [Step(StepName.BOOT, StepState.PASSED, "booted", {"amps": 6.1, "word": "x", "none": None}, NOW)]
    await database.run(commissioning.note, run.run_id, steps)
    report = await database.run(commissioning.finish, run.run_id, RunState.PASSED, LATER)
    assert (report.plate.vendor, report.plate.serial_number, report.finished_at) == ("Acme", "SN7", LATER)
    assert list(report.steps) == steps
    assert [(one.field, one.count) for one in report.remarks] == [("MeterValues.x", 3)]
    again = await database.run(commissioning.finish, run.run_id, RunState.CANCELLED, LATER)
    assert again.state is RunState.PASSED


async def test_reports_outlive_the_charge_point_and_are_found_by_its_name(
    database: Database, charger: Charger, other_charger: Charger
) -> None:
    run = await database.run(commissioning.begin, order(), NOW)
    await database.run(commissioning.begin, order(charge_point_id="CP2"), NOW)
    await database.run(charge_points.delete, "CP1", NOW)
    await database.run(commissioning.note, run.run_id, run.steps)
    await database.run(commissioning.finish, run.run_id, RunState.FAILED, LATER)
    assert [one.run_id for one in await database.read(commissioning.list_, "CP1", None, 10)] == [run.run_id]
    assert len(await database.read(commissioning.list_, None, None, 10)) == 2


async def test_what_a_stop_of_the_server_cut_off_is_interrupted(database: Database, charger: Charger) -> None:
    run = await database.run(commissioning.begin, order(), NOW)
    assert await database.run(commissioning.interrupt_all, LATER) == 1
    interrupted = await database.read(commissioning.get, run.run_id)
    assert interrupted.state is RunState.INTERRUPTED
    assert {step.code for step in interrupted.steps} == {"not_reached"}
    assert await database.run(commissioning.interrupt_all, LATER) == 0
    with pytest.raises(NotFound):
        await database.read(commissioning.get, 99)
