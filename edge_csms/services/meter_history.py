"""What happens with meter values of long ago: archived month by month, then thinned, and brought back by a restore.

Messages are known by their keys, which grow as they come. So an archive holds all that came in its month, also what a
charge point has kept back for weeks, and every message is either in an archive or in a backup.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from edge_csms.domain import signed_values
from edge_csms.domain.thinning import Metered, Thinning
from edge_csms.services import anonymity, backups
from edge_csms.storage import archives, charge_points, copying, follower_cursors, meter_history, packing, settings
from edge_csms.storage.meter_history import Message

Archive = archives.Archive

DIRECTORY = "archives"  # below that of the backups
LINES = 1000  # of an archive that are read together
BYTES_EACH = 250  # of a message in an archive, at most as a rule

ARCHIVED_TO = "meter_history.archived_to"  # settings: the keys of messages up to which something is done
THINNED_TO = "meter_history.thinned_to"
MISSING_TO = "meter_history.missing_to"  # in what was restored from a backup: what only archives hold
BROUGHT_BACK = "meter_history.brought_back"  # the names of the archives that were read since


@dataclass(frozen=True, slots=True)
class Progress:
    """Up to which message history is archived, thinned, or missing; 0 where nothing is."""

    archived_to: int
    thinned_to: int
    missing_to: int
    brought_back: tuple[str, ...]

    def of_backup(self) -> dict[str, str]:
        """Give the settings of a backup that lacks what is archived."""
        return {MISSING_TO: str(self.archived_to), BROUGHT_BACK: "[]"}


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is over, and the messages that came in it: those with keys above `after` up to `up_to`."""

    name: str
    after: int
    up_to: int


def get_progress() -> Progress:
    """Say how far everything is."""
    brought_back = json.loads(settings.get(BROUGHT_BACK) or "[]")
    return Progress(_key(ARCHIVED_TO), _key(THINNED_TO), _key(MISSING_TO), tuple(brought_back))


def list_known(archive: Archive) -> frozenset[int]:
    """List the charge points of an archive that are the same here, by their keys: it may be another site's."""
    names = archives.read_names(archive.path)
    return frozenset(key for key, name in charge_points.list_names() if names.get(key) == name)


def note(name: str, key: int) -> None:
    """Note up to which message something is done."""
    settings.put(name, str(key))


def note_brought_back(names: Sequence[str]) -> None:
    """Note which archives were read."""
    settings.put(BROUGHT_BACK, json.dumps(names))


def find_month_to_archive(after: int, now: datetime) -> Month | None:
    """Find the oldest month that is over and has messages that came after the one with the key `after`."""
    first = next(iter(meter_history.list_after(after, 1)), None)
    if first is None:
        return None
    began = meter_history.to_time(first.arrival).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ended = (began + timedelta(days=31)).replace(day=1)
    return Month(f"{began:%Y-%m}", after, meter_history.find_last_key(after, ended)) if ended <= now else None


def archive(database: Path, directory: Path, month: Month, is_over: Callable[[], bool]) -> Path:
    """Write the archive of a month below the directory of the backups, where it and they stay within their share.

    Raises StorageUnavailable, and CopyFailed, also once it `is_over` for whoever asked.
    """
    backups.make_room(directory, (month.up_to - month.after) * BYTES_EACH, f"the archive of {month.name}")
    (directory / DIRECTORY).mkdir(mode=0o700, exist_ok=True)
    path = archives.free_name(directory / DIRECTORY, month.name)
    copying.copy_messages(database, path, month.after, month.up_to, is_over)
    return path


def list_archives(directory: Path) -> list[Archive]:
    """List the archives below the directory of the backups, the one that was written last first."""
    return archives.list_(directory / DIRECTORY)


def read_archive(archive: Archive, after: int, count: int) -> list[Message]:
    """Read so many messages of an archive that came after the one with this key; raises Invalid for a damaged one."""
    return archives.read(archive.path, after, count)


def read_lines(path: Path, transaction_id: int | None) -> Iterator[str]:
    """Give the messages of an archive, or those of one transaction in it, as lines of JSON; raises Invalid."""
    names, after = archives.read_names(path), 0
    while messages := archives.read(path, after, LINES):
        for message in messages:
            if transaction_id is None or message.transaction_id == transaction_id:
                yield json.dumps(_shown(message, names)) + "\n"
        after = messages[-1].key


def clear_archives(directory: Path, before: datetime, is_over: Callable[[], bool]) -> int:
    """Take the names out of the archives whose last message came before a time, once each; says how many they were."""
    bound, cleared = meter_history.to_microseconds(before), 0
    for found in list_archives(directory):
        (last,) = archives.read(found.path, found.last_key - 1, 1)
        if not found.is_rewritten and last.arrival < bound:
            copying.rewrite(found.path, anonymity.clear_packed, is_over)
            cleared += 1
    return cleared


def list_old(after: int, up_to: int, before: datetime, count: int) -> list[Metered]:
    """List messages behind `after`, as long as they came before a time and all followers have read them."""
    read_by_all, bound = follower_cursors.list_read_by_all(), meter_history.to_microseconds(before)

    def is_old(message: Message) -> bool:
        read_to = read_by_all.get(message.charge_point_key, bound)
        return message.key <= up_to and message.arrival < bound and message.arrival <= read_to

    return _judged(list(takewhile(is_old, meter_history.list_after(after, count))), before)


def newest_key() -> int:
    """Give the key of the message that came last, 0 without one."""
    return meter_history.get_newest_key()


def delete(keys: Sequence[int]) -> None:
    """Delete messages."""
    meter_history.delete(keys)


def choose_worth_keeping(messages: Sequence[Message], before: datetime) -> list[Message]:
    """Leave out what thinning would delete anyway."""
    bound = meter_history.to_microseconds(before)
    old = [message for message in messages if message.arrival < bound]
    superseded = set(Thinning().superseded(_judged(old, before)))
    return [message for message in messages if message.key not in superseded]


def put_back(messages: Sequence[Message]) -> None:
    """Store messages from an archive again."""
    meter_history.put_back(messages)


def _shown(message: Message, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "charge_point_id": names.get(message.charge_point_key),
        "connector_id": message.connector_id,
        "transaction_id": message.transaction_id,
        "taken_at": meter_history.to_time(message.taken_at).isoformat().replace("+00:00", "Z"),
        "payload": packing.unpack(message.payload).decode(errors="replace"),
    }


def _key(name: str) -> int:
    return int(settings.get(name) or 0)


def _judged(messages: Sequence[Message], before: datetime) -> list[Metered]:
    """Say of each message whether it must stay: what is signed, and what belongs to a transaction that goes on."""
    ids = {message.transaction_id for message in messages if message.transaction_id is not None}
    going_on = ids - meter_history.find_ended(ids, before)
    return [
        Metered(
            key=message.key,
            charge_point_key=message.charge_point_key,
            connector_id=message.connector_id,
            transaction_id=message.transaction_id,
            taken_at=meter_history.to_time(message.taken_at),
            has_register=message.register_wh is not None,
            stays=message.transaction_id in going_on or signed_values.may_be_in(packing.unpack(message.payload)),
        )
        for message in messages
    ]
