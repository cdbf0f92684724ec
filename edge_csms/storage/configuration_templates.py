"""Configuration templates: what the settings of makes and models shall be."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_csms.domain.configuration import Template
from edge_csms.domain.model import fold
from edge_csms.storage.compiled import Compiled, bind
from edge_csms.storage.tables import ConfigurationTemplate as Row

_automatic = Compiled(  # every boot asks
    lambda: Row.select(Row.template_id).where(Row.automatic == bind("automatic")).limit(bind("limit"))
)


def get(template_id: int) -> Template | None:
    """Find a template."""
    row = Row.get_or_none(Row.template_id == template_id)
    return None if row is None else _from_row(row)


def list_(*, after: int = 0, limit: int | None = None) -> list[Template]:
    """List templates from behind the id `after`."""
    return [
        _from_row(row) for row in Row.select().where(Row.template_id > after).order_by(Row.template_id).limit(limit)
    ]


def is_any_automatic() -> bool:
    """Say whether there is a template that is applied by itself."""
    return bool(_automatic(automatic=True, limit=1))


def add(columns: Mapping[str, Any], now: datetime) -> int | None:
    """Store a template and give its id, None when there is one of this name."""
    query = Row.insert({**_stored(columns), "updated_at": now}).on_conflict_ignore().returning(Row.template_id)
    rows = list(query.execute())
    return int(rows[0].template_id) if rows else None


def update(template_id: int, changes: Mapping[str, Any], now: datetime) -> bool:
    """Change a template; False when there is another one of this name."""
    stored = _stored(changes)
    if "folded" in stored and Row.select().where((Row.folded == stored["folded"]) & (Row.template_id != template_id)):
        return False
    Row.update({**stored, "updated_at": now}).where(Row.template_id == template_id).execute()
    return True


def delete(template_id: int) -> bool:
    """Forget a template; False when there is none of this id."""
    return bool(Row.delete().where(Row.template_id == template_id).execute())


def count() -> int:
    """Count the templates."""
    return int(Row.select().count())


def _stored(columns: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(columns)
    if "name" in stored:
        stored["folded"] = fold(stored["name"])
    if "settings" in stored:
        stored["settings"] = json.dumps(stored["settings"])
    return stored


def _from_row(row: Row) -> Template:
    settings = json.loads(row.settings)
    return Template(row.template_id, row.name, row.vendor, row.model, row.automatic, settings, row.updated_at)
