"""Throws away what has served its time: expired tokens, old audit entries, security events and files of chargers."""

import asyncio

from edge_csms.central.clock import SiteClock
from edge_csms.central.file_transfers import FileTransfers
from edge_csms.services import accounts, audit, security_events
from edge_csms.storage.database import Database

EVERY_SECONDS = 6 * 3600.0


class Expiry:
    """The job. It leaves everything alone while the clock stands in doubt."""

    name = "expiry"
    per_fleet = True

    def __init__(self, database: Database, clock: SiteClock, transfers: FileTransfers) -> None:
        self._database = database
        self._transfers = transfers
        self._clock = clock

    async def run(self) -> None:
        """Look a few times a day."""
        while True:
            if not self._clock.in_doubt:
                await self._database.run(accounts.purge_revoked, self._clock.now())
                await self._database.run(audit.purge, self._clock.now())
                await self._database.run(security_events.purge, self._clock.now())
                await self._transfers.expire()
            await asyncio.sleep(EVERY_SECONDS)
