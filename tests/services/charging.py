"""A charge point whose messages go straight to the services, as a dialect would hand them over."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.domain.model import IdTag, Transaction, fold
from edge_csms.services import charge_points, id_tags, meter_values, transactions
from edge_csms.services.meter_values import Meter, Metered
from edge_csms.services.transactions import Start, Started, Stop, Stopped
from edge_csms.storage.database import Database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

ACCEPT_UNKNOWN = True


def digest(*content: Any) -> bytes:
    """Make a content key: equal contents are the same message."""
    return hashlib.blake2b(repr(content).encode(), digest_size=16).digest()


class Charger:
    """One charge point of the site. A message without a time of its own is sent a second after the one before."""

    def __init__(self, database: Database, charge_point_key: int) -> None:
        self.key = charge_point_key
        self.now = NOON
        self._database = database
        self._arrival = 0
        self._noted: dict[str, tuple[int, datetime]] = {}  # wire id -> a transaction known to be open, as in a dialect

    async def start(
        self,
        connector_id: int = 1,
        id_tag: str = "CAFE",
        meter_start_wh: int | None = 1000,
        *,
        at: datetime | None = None,
        sent: str | None = None,
        accept_unknown: bool = ACCEPT_UNKNOWN,
    ) -> Started:
        """Start a transaction; `sent` is a time that can't be believed, so that ours takes its place."""
        call = self.start_call(connector_id, id_tag, meter_start_wh, at, sent)
        return await self._database.run(transactions.start, call, self.now, accept_unknown)

    def start_call(
        self, connector_id: int, id_tag: str, meter_start_wh: int | None, at: datetime | None, sent: str | None
    ) -> Start:
        """Word a Start."""
        started_at = at or self._tick()
        return Start(
            charge_point_key=self.key,
            connector_id=connector_id,
            id_tag=id_tag,
            meter_start_wh=meter_start_wh,
            started_at=started_at,
            plausible=sent is None,
            reservation_id=None,
            content_key=digest(connector_id, fold(id_tag), sent or started_at, meter_start_wh),
            payload=b'{"the": "start"}',
            arrival=self._arrive(),
        )

    async def stop(
        self,
        wire_id: object = None,
        meter_stop_wh: int | None = 5000,
        *,
        at: datetime | None = None,
        id_tag: str | None = None,
    ) -> Stopped:
        """Stop a transaction."""
        self._noted.clear()
        call = self.stop_call(wire_id, meter_stop_wh, at, id_tag)
        return await self._database.run(transactions.stop, call, self.now, ACCEPT_UNKNOWN)

    def stop_call(
        self, wire_id: object, meter_stop_wh: int | None, at: datetime | None = None, id_tag: str | None = None
    ) -> Stop:
        """Word a Stop."""
        stopped_at = at or self._tick()
        return Stop(
            charge_point_key=self.key,
            wire_id=None if wire_id is None else str(wire_id),
            id_tag=id_tag,
            meter_stop_wh=meter_stop_wh,
            stopped_at=stopped_at,
            reason="Local",
            content_key=digest(wire_id, meter_stop_wh, stopped_at, id_tag),
            payload=f'{{"the": "stop of {wire_id}"}}'.encode(),
            arrival=self._arrive(),
        )

    async def meter(
        self,
        wire_id: object = None,
        register_wh: int | None = 2000,
        *,
        connector_id: int = 1,
        at: datetime | None = None,
        sent: str | None = None,
    ) -> Metered:
        """Send meter values; `sent` is a time that can't be believed."""
        taken_at = at or self._tick()
        content = digest(connector_id, wire_id, sent or taken_at, register_wh)
        text = None if wire_id is None else str(wire_id)
        open_id, noted_at = self._noted.get(text or "", (None, taken_at))
        call = Meter(
            charge_point_key=self.key,
            connector_id=connector_id,
            wire_id=text,
            taken_at=taken_at,
            arrival=self._arrive(),
            content_hash=int.from_bytes(content[:8], "big", signed=True),
            register_wh=register_wh,
            payload=f'{{"register": {register_wh}}}'.encode(),
            plausible=sent is None,
            open_transaction_id=open_id if meter_values.is_noted(taken_at, noted_at) else None,
        )
        metered = await self._database.run(meter_values.keep, call)
        if metered.noted_at is not None and metered.transaction_id is not None and text is not None:
            self._noted[text] = (metered.transaction_id, metered.noted_at)
        return metered

    async def become_free(self, connector_id: int = 1, *, at: datetime | None = None) -> tuple[int, ...]:
        """Say that a connector is Available."""
        self._noted.clear()
        return await self._database.run(transactions.infer_end, self.key, connector_id, at or self._tick())

    def _tick(self) -> datetime:
        self.now += SECOND
        return self.now

    def _arrive(self) -> int:
        self._arrival += 1
        return self._arrival


class Site:
    """The site's books, and the ways to fill them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def charger(self, charge_point_id: str = "CP1") -> Charger:
        """Take in a charge point."""
        added = await self.database.run(charge_points.add, charge_point_id, NOON, {})
        return Charger(self.database, added.key)

    async def tag(self, id_tag: str, **columns: Any) -> None:
        """Take in a tag."""
        await self.database.run(id_tags.add, IdTag(id_tag, **columns), NOON)

    async def transaction(self, transaction_id: int) -> Transaction:
        """Give a transaction as it is shown."""
        return await self.database.read(transactions.get, transaction_id)

    async def transactions(self) -> list[Transaction]:
        """List all transactions, the oldest first."""
        return (await self.database.read(transactions.list_, limit=1000))[::-1]

    async def states(self) -> dict[int, str]:
        """Give the state of each transaction."""
        return {one.transaction_id: one.state.value for one in await self.transactions()}

    async def registers(self, transaction_id: int) -> list[bytes]:
        """List the meter values of a transaction, as they were sent."""
        metered = await self.database.read(meter_values.list_of_transaction, transaction_id)
        return [reading.payload for reading in metered.messages]

    async def restart(self) -> None:
        """Stop and start the server, as far as the books can tell."""
        await self.database.close()
        await self.database.open()
