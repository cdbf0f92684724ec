"""What happens with configuration templates: they are kept by technicians, and charge points are compared with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_csms.domain.configuration import Drift, Template, drift_of, wanted_of
from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.domain.model import ChargePoint, fold
from edge_csms.services import charge_points
from edge_csms.services.configuration import is_secret
from edge_csms.storage import configuration, configuration_templates

MAX_TEMPLATES = 200
MAX_SETTINGS = 200  # of one template
MAX_NAME, MAX_VALUE = 50, 500  # of a setting on the wire


def list_(after: int, limit: int) -> list[Template]:
    """List templates from behind the id `after`."""
    return configuration_templates.list_(after=after, limit=limit)


def get(template_id: int) -> Template:
    """Find a template; raises NotFound."""
    found = configuration_templates.get(template_id)
    if found is None:
        raise NotFound(f"there is no configuration template {template_id}")
    return found


def add(columns: Mapping[str, Any], now: datetime) -> Template:
    """Store a template; raises Invalid or Conflict."""
    _check(columns)
    if configuration_templates.count() >= MAX_TEMPLATES:
        raise Conflict(f"there are {MAX_TEMPLATES} templates already")
    template_id = configuration_templates.add(columns, now)
    if template_id is None:
        raise Conflict(f"there is a template {columns['name']} already")
    return get(template_id)


def update(template_id: int, changes: Mapping[str, Any], now: datetime) -> Template:
    """Change a template; raises NotFound, Invalid or Conflict."""
    get(template_id)
    _check(changes)
    if changes and not configuration_templates.update(template_id, changes, now):
        raise Conflict(f"there is a template {changes['name']} already")
    return get(template_id)


def delete(template_id: int) -> None:
    """Forget a template; what was applied stays on the charge points. Raises NotFound."""
    if not configuration_templates.delete(template_id):
        raise NotFound(f"there is no configuration template {template_id}")


def drift(charge_point_id: str) -> list[Drift]:
    """Compare a charge point, as last read, with the templates that fit it; raises NotFound."""
    return drift_from_templates(charge_points.get(charge_point_id))


def drift_from_templates(charge_point: ChargePoint) -> list[Drift]:
    """Compare a charge point, as last read, with the templates that fit it."""
    wanted = wanted_of(configuration_templates.list_(), charge_point)
    if not wanted:
        return []
    entries = {fold(entry.name): entry for entry in configuration.list_(charge_point.key)}
    return [drift_of(one, entries.get(folded)) for folded, one in wanted.items()]


def _check(columns: Mapping[str, Any]) -> None:
    for name in ("name", "vendor", "model"):
        if name in columns and not columns[name].strip():
            raise Invalid(f"{name} can't be empty; * fits everything", {name: ["This field may not be blank."]})
    if "settings" not in columns:
        return
    settings: Mapping[str, str] = columns["settings"]
    faults = [fault for name, value in settings.items() if (fault := _fault(name, value))]
    if len(settings) > MAX_SETTINGS:
        faults.append(f"a template has at most {MAX_SETTINGS} settings.")
    if len({fold(name) for name in settings}) < len(settings):
        faults.append("a setting is named twice; their names are compared without regard to case.")
    if faults:
        raise Invalid(" ".join(faults), {"settings": faults})


def _fault(name: str, value: str) -> str | None:
    if not 1 <= len(name.strip()) <= MAX_NAME:
        return f"{name[:MAX_NAME]!r}: the name of a setting has 1 to {MAX_NAME} characters."
    if len(value) > MAX_VALUE:
        return f"{name}: a value has at most {MAX_VALUE} characters."
    if is_secret(name):
        return f"{name} is a secret: it is set for each charge point, never kept in a template."
    return None
