"""Thins what was metered long ago: of each quarter of an hour the last message stays, which shows the register then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

SLOT_SECONDS = 900  # as energy is billed and grids are planned
MOST_SERIES = 10_000

Series = tuple[int, int, int | None, bool]


@dataclass(frozen=True, slots=True)
class Metered:
    """One stored message of meter values, without the values; `stays` where it is evidence or not old enough."""

    key: int
    charge_point_key: int
    connector_id: int
    transaction_id: int | None
    taken_at: datetime
    has_register: bool  # some chargers send energy and power in messages of their own
    stays: bool

    @property
    def series(self) -> Series:
        """Say what it is one of."""
        return self.charge_point_key, self.connector_id, self.transaction_id, self.has_register


class Thinning:
    """Finds the messages that may go, as all of them pass by in the order in which they came.

    Whoever begins in the middle finds a little less: what came before is not known to be superseded.
    """

    def __init__(self) -> None:
        self._newest: dict[Series, Metered] = {}

    def superseded(self, messages: Iterable[Metered]) -> list[int]:
        """Give the keys of those that are followed by another one of the same place within the same slot."""
        found = []
        for one in messages:
            before = self._newest.get(one.series)
            if before is not None and _slot(before) == _slot(one):
                older, one = sorted((before, one), key=lambda message: message.taken_at)
                if not older.stays:
                    found.append(older.key)
            self._remember(one)
        return found

    def _remember(self, message: Metered) -> None:
        if len(self._newest) >= MOST_SERIES:
            self._newest.clear()
        self._newest[message.series] = message


def _slot(message: Metered) -> float:
    return message.taken_at.timestamp() // SLOT_SECONDS
