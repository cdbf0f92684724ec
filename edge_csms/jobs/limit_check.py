"""Watches by their meters whether charge points keep to their limits: some take a charging profile and ignore it."""

import asyncio

from edge_csms.central import smart_charging
from edge_csms.central.system import CentralSystem
from edge_csms.services import installed_profiles
from edge_csms.storage.database import Database

EVERY_SECONDS = 60.0


class LimitCheck:
    """The job. Twice in a row is a finding: a car needs some seconds to follow a new limit."""

    name = "limit check"
    per_fleet = False

    def __init__(self, central: CentralSystem, database: Database, every_seconds: float = EVERY_SECONDS) -> None:
        self._central = central
        self._database = database
        self._every_seconds = every_seconds
        self._above: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """Look now and then at those that have any profile."""
        while True:
            await asyncio.sleep(self._every_seconds)
            above = set()
            for charge_point_id in await self._database.read(installed_profiles.list_charge_points):
                found = await smart_charging.find_above_limit(self._central, self._database, charge_point_id)
                above |= {(charge_point_id, connector_id) for connector_id in found}
            for charge_point_id, connector_id in above & self._above:
                self._note(charge_point_id, connector_id)
            self._above = above

    def _note(self, charge_point_id: str, connector_id: int) -> None:
        live = self._central.live(charge_point_id)
        if live is not None:
            words = "It took a limit, but its meter shows more. Don't rely on limits with this charge point."
            power_w = live.power_w(connector_id)
            live.note_finding(
                "limit_ignored", f"connector {connector_id}", words, f"{power_w:.0f} W" if power_w else ""
            )
