"""What the site decides about its charge points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo


@dataclass(slots=True)
class CentralSettings:
    """The part of the configuration that concerns charge points; what is changed here holds from then on."""

    heartbeat_interval_seconds: int = 300
    call_timeout_seconds: float = 30.0
    new_charge_points: str = "approve"  # or "accept", "reject"
    accept_unknown_id_tags: bool = False
    strict: bool = False
    # Some can't take a CALL before they have digested the answer to their Boot: one takes the first frame for it.
    hold_after_boot_seconds: float = 2.0
    timezone: tzinfo = UTC  # where the site lies


@dataclass(frozen=True, slots=True)
class FileSettings:
    """The part of the configuration that concerns files to and from charge points."""

    upload_bytes: int = 100 << 20  # one diagnostics file or log
    image_bytes: int = 500 << 20  # one firmware image
    total_bytes: int = 4000 << 20  # all files together
    kept: timedelta = timedelta(days=30)  # what charge points uploaded
    ports: Mapping[str, int] = field(default_factory=dict)  # by the protocol that is served there
