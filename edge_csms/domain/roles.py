"""The three roles of people: each may do what the one below it may, and more."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do. Compare with `allows`: the words themselves have no order."""

    VIEWER = "viewer"  # reads
    TECHNICIAN = "technician"  # also commands chargers, edits idTags, accepts chargers
    ADMIN = "admin"  # also users, settings, backups, updates

    def allows(self, needed: "Role") -> bool:
        """Tell whether this role may do what needs the other."""
        return RANKS[self] >= RANKS[needed]


RANKS = {role: rank for rank, role in enumerate(Role)}
