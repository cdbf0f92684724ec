"""What happens with the settings of charge points: they are read, and written as wanted."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ConfigurationEntry, fold
from edge_csms.services import charge_points
from edge_csms.storage import configuration

# What the names of settings have in them that hold a key: those are written, never kept or shown.
SECRETS = (
    "authorizationkey",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "privatekey",
    "apikey",
    "accesstoken",
    "psk",
)

# A charge point may make up names and values, and must not fill the disk with them.
MAX_ENTRIES = 1000
MAX_NAME = 255
MAX_VALUE = 8192

INTERVAL = re.compile("[1-9][0-9]{0,6}")


@dataclass(frozen=True, slots=True)
class Read:
    """What a charge point answered when it was asked for settings."""

    entries: tuple[tuple[str, str | None, bool | None], ...]  # name, value, readonly
    unknown: tuple[str, ...]  # names that it doesn't have


def is_secret(name: str) -> bool:
    """Say whether a setting holds a secret."""
    folded = fold(name)
    return any(word in folded for word in SECRETS)


def list_(charge_point_id: str) -> list[ConfigurationEntry]:
    """List the settings as last read; raises NotFound."""
    return configuration.list_(charge_points.get(charge_point_id).key)


def get(charge_point_id: str, name: str) -> ConfigurationEntry:
    """Find a setting; raises NotFound."""
    found = find(charge_point_id, name)
    if found is None:
        raise NotFound(f"no setting {name} of {charge_point_id} is known; refresh=true asks the charge point")
    return found


def find(charge_point_id: str, name: str) -> ConfigurationEntry | None:
    """Find a setting, None where it was never read or written; raises NotFound for the charge point."""
    return configuration.get(charge_points.get(charge_point_id).key, name)


def read_interval(value: str | None) -> float | None:
    """Read a setting that is a number of seconds, None where it is none."""
    text = (value or "").strip()
    return float(text) if INTERVAL.fullmatch(text) else None


def list_intervals(name: str) -> dict[str, float]:
    """Give the seconds in a setting by folded identity, where the charge point told them since it booted.

    A boot sets some of them anew without a word.
    """
    found = configuration.find_current(name)
    return {fold(identity): seconds for identity, value in found if (seconds := read_interval(value)) is not None}


def note_read(charge_point_id: str, read: Read, complete: bool, now: datetime) -> None:
    """Keep what a charge point said of its settings; a complete reading forgets those that it no longer has."""
    key = charge_points.get(charge_point_id).key
    known = {fold(entry.name): entry for entry in configuration.list_(key)}
    for name, value, readonly in read.entries:
        kept = None if is_secret(name) or value is None else value[:MAX_VALUE]
        columns = {"value": kept, "readonly": readonly, "unknown": False, "read_at": now}
        before = known.get(fold(name))
        if before is not None and before.reboot_required and before.wanted == kept:
            columns["reboot_required"] = False  # the restart that it needed has been
        _put(key, known, name, columns)
    for name in read.unknown:
        _put(key, known, name, {"value": None, "readonly": None, "unknown": True, "read_at": now})
    if complete and read.entries:  # an empty answer is a fault of the charge point, not the truth
        configuration.delete_unread_since(key, now)


def note_written(charge_point_id: str, name: str, value: str, status: str, now: datetime) -> None:
    """Keep what became of a change; one that the charge point refused changes nothing here either."""
    kept = None if is_secret(name) else value
    columns: dict[str, Any]
    if status == "Accepted":
        columns = {"value": kept, "wanted": kept, "read_at": now, "reboot_required": False, "unknown": False}
    elif status == "RebootRequired":
        columns = {"wanted": kept, "reboot_required": True, "unknown": False}
    elif status == "NotSupported":
        columns = {"unknown": True, "read_at": now}
    else:
        return
    configuration.put(charge_points.get(charge_point_id).key, name, columns)


def _put(charge_point_key: int, known: dict[str, ConfigurationEntry], name: str, columns: dict[str, Any]) -> None:
    if fold(name) in known or (len(known) < MAX_ENTRIES and len(name) <= MAX_NAME):
        configuration.put(charge_point_key, name, columns)
        known.setdefault(fold(name), ConfigurationEntry(name))
