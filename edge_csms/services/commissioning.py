"""What happens with commissioning runs: they begin, go on and end, and their reports stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edge_csms.domain.commissioning import Plate, Remark, Run, RunState, Step, StepName, StepState, settle
from edge_csms.domain.errors import Conflict, NotFound
from edge_csms.domain.model import ChargePoint
from edge_csms.services import charge_points, findings
from edge_csms.storage import charge_points as charge_point_rows
from edge_csms.storage import commissioning_runs, transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants to have checked; the technician answers for it by name, whoever is logged in."""

    charge_point_id: str
    connector_id: int
    id_tag: str
    technician: str
    asked_by: str
    names: Sequence[StepName] = tuple(StepName)


def begin(order: Order, now: datetime) -> Run:
    """Begin a run; raises NotFound, and Conflict while another one or a driver needs the place."""
    charge_point, connector_id = charge_points.get(order.charge_point_id), order.connector_id
    if (running := commissioning_runs.find_running(charge_point.key)) is not None:
        raise Conflict(f"{charge_point.charge_point_id} is being checked already, in run {running}")
    if transactions.find_open_on_connector(charge_point.key, connector_id):
        raise Conflict(f"somebody charges on connector {connector_id} of {charge_point.charge_point_id}")
    steps = [Step(name) if name in order.names else Step(name, StepState.SKIPPED, "not_wanted") for name in StepName]
    run_id = commissioning_runs.add(
        charge_point.key,
        now,
        _plate(charge_point),
        steps,
        connector_id=connector_id,
        id_tag=order.id_tag,
        technician=order.technician,
        asked_by=order.asked_by,
    )
    return get(run_id)


def get(run_id: int) -> Run:
    """Find a run; raises NotFound."""
    found = commissioning_runs.get(run_id)
    if found is None:
        raise NotFound(f"there is no commissioning run {run_id}")
    return found


def list_(charge_point_id: str | None, before: int | None, limit: int) -> list[Run]:
    """List runs, the newest first; a retired charge point's are found under the name that it had."""
    keys = None if charge_point_id is None else charge_point_rows.list_keys(charge_point_id)
    return commissioning_runs.list_(limit=limit, before=before, charge_point_keys=keys)


def note(run_id: int, steps: Sequence[Step]) -> Run:
    """Keep how far a run is, and what the charge point says of itself by now."""
    run = get(run_id)
    charge_point = charge_point_rows.get(run.charge_point_id)
    plate = run.plate if charge_point is None else _plate(charge_point)
    commissioning_runs.update(run_id, plate, steps)
    return get(run_id)


def finish(run_id: int, state: RunState, now: datetime) -> Run:
    """End a run, with what was found of the charge point until now; one that has ended stays as it is."""
    run = get(run_id)
    commissioning_runs.finish(run_id, state, settle(run.steps), _remarks(run.charge_point_id), now)
    return get(run_id)


def interrupt_all(now: datetime) -> int:
    """End the runs that a stop of the server has cut off; returns how many there were."""
    cut_off = commissioning_runs.list_running()
    for run_id in cut_off:
        finish(run_id, RunState.INTERRUPTED, now)
    return len(cut_off)


def _plate(charge_point: ChargePoint) -> Plate:
    return Plate(charge_point.vendor, charge_point.model, charge_point.serial_number, charge_point.firmware_version)


def _remarks(charge_point_id: str) -> list[Remark]:
    try:
        _, found = findings.list_(charge_point_id)
    except NotFound:  # it was retired meanwhile
        return []
    return [Remark(one.field or one.code, one.explanation, one.count) for one in found]
