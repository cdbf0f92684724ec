"""Compares what chargers saw answered with what stands in a database file."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from edge_csms.storage import recovery
from tests.torture.charger import Fleet, Seen

Message = tuple[str, int]  # whose it is, and the number in it


@dataclass(frozen=True)
class Ledger:
    """What a database file holds of the messages of a fleet."""

    starts: dict[Message, list[tuple[int, bytes]]]  # -> transaction id and payload; more than one is a doubled start
    stops: dict[int, int | None]  # transaction id -> number
    meter_values: Counter[Message]

    def has(self, one: Seen) -> bool:
        """Say whether what was answered is kept as it was answered."""
        if one.action == "StartTransaction":
            return (one.answer["transactionId"], one.payload) in self.starts.get((one.identity, one.number), ())
        if one.action == "StopTransaction":
            return self.stops.get(json.loads(one.payload)["transactionId"]) == one.number
        return self.meter_values[one.identity, one.number] > 0

    def doubled(self) -> Iterator[str]:
        """Say what is kept more than once."""
        yield from (f"doubled start: {message}" for message, ids in self.starts.items() if len(ids) > 1)
        yield from (f"doubled values: {message}" for message, count in self.meter_values.items() if count > 1)


def read(database: Path) -> Ledger:
    """Read a database file, which may be in use by another process."""
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    names = dict(connection.execute("SELECT key, charge_point_id FROM charge_point"))
    starts: dict[Message, list[tuple[int, bytes]]] = {}
    stops: dict[int, int | None] = {}
    transactions = connection.execute(
        'SELECT charge_point_id, meter_start_wh, meter_stop_wh, transaction_id, start_payload FROM "transaction"'
    )
    for key, start_number, stop_number, transaction_id, payload in transactions:
        stops[transaction_id] = stop_number
        if payload is not None:
            starts.setdefault((names[key], start_number), []).append((transaction_id, payload))
    values = connection.execute("SELECT charge_point_key, register_wh FROM meter_value")
    meter_values = Counter((names[key], number) for key, number in values)
    connection.close()
    return Ledger(starts, stops, meter_values)


def faults(database: Path, fleet: Fleet) -> list[str]:
    """Say what is wrong with a database file that nobody has open, from the view of those who were answered."""
    if (damage := recovery.find_damage(database)) is not None:
        return [damage]
    try:
        return differences(read(database), fleet)
    except apsw.SQLError as error:  # a sound file, but nothing of ours in it
        return [f"lost: everything ({error})"]


def differences(ledger: Ledger, fleet: Fleet) -> list[str]:
    """Say what is lost or doubled."""
    return [*(f"lost: {one}" for one in fleet.seen if not ledger.has(one)), *ledger.doubled()]


def copy_of(database: Path, into: Path) -> Path:
    """Copy a database with its log, as it is found."""
    into.mkdir(parents=True)
    for path in (database, database.with_name(database.name + "-wal")):
        if path.exists():
            shutil.copyfile(path, into / path.name)
    return into / database.name
