"""What happens with the charging profiles that the site keeps under names."""

from datetime import datetime

from edge_csms.domain.charging_profile import NamedProfile, check, find_faults
from edge_csms.domain.errors import Conflict, Invalid, NotFound
from edge_csms.storage import charging_profiles

MAX_NAME = 50


def get(name: str) -> NamedProfile:
    """Find a profile; raises NotFound."""
    found = charging_profiles.get(name)
    if found is None:
        raise NotFound(f"there is no charging profile {name}")
    return found


def list_(after: str, limit: int) -> list[NamedProfile]:
    """List profiles by name from behind `after`."""
    return charging_profiles.list_(after=after, limit=limit)


def add(named: NamedProfile, now: datetime) -> NamedProfile:
    """Keep a new profile; raises Invalid for one that no charge point could take, Conflict where the name is taken."""
    name = named.name
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable() or "/" in name or name != name.strip():
        text = f"A name has 1 to {MAX_NAME} printable characters, no / and no space at its ends."
        raise Invalid(text, {"name": [text]})
    check(find_faults(named.profile))
    if not charging_profiles.add(named, now):
        raise Conflict(f"there is a charging profile {name} already")
    return get(name)


def update(named: NamedProfile, now: datetime) -> NamedProfile:
    """Keep another profile under a name; charge points that have the old one keep it. Raises NotFound or Invalid."""
    check(find_faults(named.profile))
    if not charging_profiles.update(named, now):
        raise NotFound(f"there is no charging profile {named.name}")
    return get(named.name)


def delete(name: str) -> None:
    """Forget a profile; charge points that have it keep it. Raises NotFound."""
    if not charging_profiles.delete(name):
        raise NotFound(f"there is no charging profile {name}")
