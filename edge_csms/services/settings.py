"""What of the site may be changed while it runs, by name."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_csms.domain.accounts import Actor
from edge_csms.services import audit
from edge_csms.storage import settings

OF_CONFIGURATION = "config."  # begins the names of what the page has changed of the configuration
TRIAL = "trial"  # of a change of the network that nobody has confirmed yet


def get(name: str) -> str | None:
    """Give a value, None where it was never set."""
    return settings.get(name)


def put(name: str, value: str) -> None:
    """Set a value."""
    settings.put(name, value)


def list_configuration() -> dict[str, Any]:
    """Give what the page has changed of the configuration, by "section.key"."""
    found = settings.list_(OF_CONFIGURATION)
    return {name.removeprefix(OF_CONFIGURATION): json.loads(value) for name, value in found.items()}


def change_configuration(now: datetime, who: Actor, values: Mapping[str, Any]) -> None:
    """Store what the page changes of the configuration; None gives a key back to the file or its default."""
    _store(values)
    audit.record(now, who, "change settings", ", ".join(values), json.dumps(values, ensure_ascii=False), "done")


def note_trial(now: datetime, who: Actor, values: Mapping[str, Any]) -> None:
    """Note that a change is tried, so that what is found after a kill can be told; it is not in force by this."""
    settings.put(TRIAL, json.dumps({"at": now.isoformat(), "values": values}))
    audit.record(now, who, "try settings", ", ".join(values), json.dumps(values, ensure_ascii=False), "done")


def end_trial(now: datetime, who: Actor, outcome: str, values: Mapping[str, Any]) -> None:
    """End a trial; `values` are stored, which is all of them where it was confirmed and none where it wasn't."""
    settings.delete(TRIAL)
    _store(values)
    audit.record(now, who, "end trial", ", ".join(values), "", outcome)


def find_trial() -> tuple[datetime, dict[str, Any]] | None:
    """Give when a trial began that has not ended, and what it tried."""
    found = settings.get(TRIAL)
    if found is None:
        return None
    trial = json.loads(found)
    return datetime.fromisoformat(trial["at"]), trial["values"]


def _store(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if value is None:
            settings.delete(OF_CONFIGURATION + key)
        else:
            settings.put(OF_CONFIGURATION + key, json.dumps(value))
