"""What happens with the settings of charge points: they are read, and written as wanted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import ConfigurationEntry, fold
from edge_csms.services import charge_points
from edge_csms.storage import configuration

# Settings that hold a key: written, never kept or shown.
SECRETS = frozenset(("authorizationkey", "adminpassword", "wifipassword", "password"))


@dataclass(frozen=True, slots=True)
class Read:
    """What a charge point answered when it was asked for settings."""

    entries: tuple[tuple[str, str | None, bool | None], ...]  # name, value, readonly
    unknown: tuple[str, ...]  # names that it doesn't have


def is_secret(name: str) -> bool:
    """Say whether a setting holds a secret."""
    return fold(name) in SECRETS


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


def note_read(charge_point_id: str, read: Read, complete: bool, now: datetime) -> None:
    """Keep what a charge point said of its settings; a complete reading forgets those that it no longer has."""
    key = charge_points.get(charge_point_id).key
    for name, value, readonly in read.entries:
        columns = {"value": None if is_secret(name) else value, "readonly": readonly, "unknown": False, "read_at": now}
        known = configuration.get(key, name)
        if known is not None and known.reboot_required and known.wanted == value:
            columns["reboot_required"] = False  # the restart that it needed has been
        configuration.put(key, name, columns)
    for name in read.unknown:
        configuration.put(key, name, {"value": None, "readonly": None, "unknown": True, "read_at": now})
    if complete:
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
