"""What happens with changes of settings: they are asked for, carried out once a charge point is idle, and reverted."""

from datetime import datetime

from edge_csms.domain.configuration import Change, ChangeKind, ChangeState, Drift, DriftState
from edge_csms.domain.errors import Conflict
from edge_csms.domain.model import fold
from edge_csms.services import charge_points
from edge_csms.services.configuration import is_secret
from edge_csms.services.configuration_templates import drift_from_templates
from edge_csms.storage import configuration, configuration_changes, configuration_templates, transactions

AUTOMATIC = "automatic"  # who asked, where nobody did
UNCHANGED = "Unchanged"  # the result where a setting had the value already
NOT_KEPT = "NotKept"  # the result where the charge point said yes, and had another value afterwards
TAKEN = frozenset(("Accepted", "RebootRequired", UNCHANGED))
REMEMBERED = 20  # changes that are looked through for what was refused before


def list_(charge_point_id: str, before: int | None, limit: int) -> list[Change]:
    """List the changes of a charge point, the newest first; raises NotFound."""
    return configuration_changes.list_(charge_points.get(charge_point_id).key, before=before, limit=limit)


def ask_to_apply(charge_point_id: str, asked_by: str, now: datetime) -> Change:
    """Let a charge point get what the templates want; raises NotFound, Conflict where nothing differs."""
    charge_point = charge_points.get(charge_point_id)
    wanted = _to_be_changed(drift_from_templates(charge_point))
    if not wanted:
        raise Conflict(f"{charge_point_id} has all settings that its templates name")
    return _add(charge_point.key, ChangeKind.APPLY, wanted, asked_by, now)


def ask_to_revert(charge_point_id: str, asked_by: str, now: datetime) -> Change:
    """Let a charge point get back what it had before its last change; raises NotFound, Conflict without one."""
    charge_point = charge_points.get(charge_point_id)
    done = (one for one in configuration_changes.list_(charge_point.key) if one.state is ChangeState.DONE)
    last = next(done, None)
    wanted = {} if last is None else {name: value for name, value in last.before.items() if value is not None}
    if not wanted:
        raise Conflict(f"nothing is known of what the settings of {charge_point_id} were before")
    return _add(charge_point.key, ChangeKind.REVERT, wanted, asked_by, now)


def ask_by_itself(charge_point_id: str, now: datetime) -> Change | None:
    """Let a charge point get what automatic templates want and it has not refused; None where that is nothing.

    Whoever reverted a change wants to have it so: automatic templates leave the charge point alone until one changes.
    """
    charge_point = charge_points.get(charge_point_id)
    automatic = [one for one in drift_from_templates(charge_point) if one.wanted.template.automatic]
    past = configuration_changes.list_(charge_point.key, limit=REMEMBERED)
    if past and past[0].kind is ChangeKind.REVERT:
        asked_at = past[0].asked_at
        automatic = [one for one in automatic if asked_at is None or one.wanted.template.updated_at > asked_at]
    refused = {
        (fold(name), change.wanted[name])
        for change in past
        for name, result in change.results.items()
        if result not in TAKEN
    }
    wanted = {name: value for name, value in _to_be_changed(automatic).items() if (fold(name), value) not in refused}
    return _add(charge_point.key, ChangeKind.APPLY, wanted, AUTOMATIC, now) if wanted else None


def any_automatic(charge_point_id: str) -> list[str]:
    """Give the names of the settings that automatic templates want of a charge point; raises NotFound where any do."""
    if not configuration_templates.is_any_automatic():  # asked at every boot
        return []
    charge_point = charge_points.get(charge_point_id)
    return [one.wanted.name for one in drift_from_templates(charge_point) if one.wanted.template.automatic]


def list_waiting() -> list[str]:
    """List the charge points for which a change waits."""
    return configuration_changes.list_waiting()


def is_any_waiting(charge_point_id: str) -> bool:
    """Say whether a change waits for a charge point; raises NotFound."""
    return configuration_changes.find_waiting(charge_points.get(charge_point_id).key) is not None


def next_step(charge_point_id: str) -> Change | None:
    """Give the change that a charge point may get now: one waits, and nothing is being charged. Raises NotFound."""
    charge_point = charge_points.get(charge_point_id)
    if not charge_point.accepted or transactions.find_open(charge_point.key):
        return None
    return configuration_changes.find_waiting(charge_point.key)


def note_before(change: Change) -> Change:
    """Keep what the settings are before a change; what has the right value already is done."""
    key = charge_points.get(change.charge_point_id).key
    before = {name: configuration.get_value(key, name) for name in change.wanted} | dict(change.before)
    configuration_changes.update(change, before=before)
    return _get(change.change_id)


def note_result(change: Change, name: str, result: str, now: datetime) -> Change:
    """Keep what came of one setting; with the last one the change is done."""
    if result == UNCHANGED and not is_secret(name):
        configuration.put(charge_points.get(change.charge_point_id).key, name, {"wanted": change.wanted[name]})
    results = {**_get(change.change_id).results, name: result}
    done = set(results) >= set(change.wanted)
    progress = {"state": ChangeState.DONE.value, "finished_at": now} if done else {}
    configuration_changes.update(change, results=results, **progress)
    return _get(change.change_id)


def _to_be_changed(drifts: list[Drift]) -> dict[str, str]:
    open_ones = (DriftState.DIFFERENT, DriftState.UNREAD)
    return {one.wanted.name: one.wanted.value for one in drifts if one.state in open_ones}


def _add(charge_point_key: int, kind: ChangeKind, wanted: dict[str, str], asked_by: str, now: datetime) -> Change:
    return _get(configuration_changes.add(charge_point_key, kind, wanted, asked_by, now))


def _get(change_id: int) -> Change:
    found = configuration_changes.get(change_id)
    assert found is not None
    return found
