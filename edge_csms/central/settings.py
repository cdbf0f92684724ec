"""What the site decides about its charge points."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CentralSettings:
    """The part of the configuration that concerns charge points."""

    heartbeat_interval_seconds: int = 300
    call_timeout_seconds: float = 30.0
    new_charge_points: str = "approve"  # or "accept", "reject"
    accept_unknown_id_tags: bool = False
    strict: bool = False
