"""How much the whole site may draw: told by the administrator, shown beside its load."""

import msgspec

from edge_csms.services import settings

NAME = "site_limit"
PHASES, PHASE_VOLTS = 3, 230


class SiteLimit(msgspec.Struct, frozen=True, kw_only=True):
    """The main fuse in A for each of three phases, and the power agreed upon in kW; None where there is none."""

    amps: float | None = None
    kilowatts: float | None = None

    @property
    def power_w(self) -> float | None:
        """Give the lesser of both as a power, on an even load."""
        powers = []
        if self.amps is not None:
            powers.append(self.amps * PHASES * PHASE_VOLTS)
        if self.kilowatts is not None:
            powers.append(self.kilowatts * 1000)
        return min(powers, default=None)


def get() -> SiteLimit:
    """Give the limit, an empty one where none was set."""
    stored = settings.get(NAME)
    return SiteLimit() if stored is None else msgspec.json.decode(stored, type=SiteLimit)


def put(limit: SiteLimit) -> None:
    """Set the limit."""
    settings.put(NAME, msgspec.json.encode(limit).decode())
