"""Meter values of long ago: which go where."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.services import backups, meter_history
from edge_csms.services.meter_history import ARCHIVED_TO, Month, Progress
from edge_csms.storage import follower_cursors
from edge_csms.storage import meter_history as rows
from edge_csms.storage.database import Database
from tests.history import DAY, JANUARY, MINUTE, NEVER, PAYLOAD, SIGNED, add_charger, add_message, add_transaction

LATER = datetime(2026, 3, 5, tzinfo=UTC)


async def test_how_far_everything_is_can_be_noted(database: Database) -> None:
    assert await database.read(meter_history.get_progress) == Progress(0, 0, 0, ())
    await database.run(meter_history.note, ARCHIVED_TO, 17)
    await database.run(meter_history.note_brought_back, ["one", "two"])
    progress = await database.read(meter_history.get_progress)
    assert progress == Progress(17, 0, 0, ("one", "two"))
    assert set(progress.of_backup().values()) == {"17", "[]"}


async def test_a_month_is_archived_once_it_is_over(database: Database) -> None:
    key = await add_charger(database)
    assert await database.read(meter_history.find_month_to_archive, 0, LATER) is None
    for number, at in enumerate((JANUARY, JANUARY + 20 * DAY, JANUARY + 30 * DAY, JANUARY + 54 * DAY)):
        await add_transaction(database, key, number, at, minutes=10)
    find = meter_history.find_month_to_archive
    assert await database.read(find, 0, datetime(2026, 1, 31, 23, 59, tzinfo=UTC)) is None
    assert await database.read(find, 0, datetime(2026, 2, 1, tzinfo=UTC)) == Month("2026-01", 0, 20)
    assert await database.read(find, 20, LATER) == Month("2026-02", 20, 30)
    assert await database.read(find, 30, LATER) is None  # March goes on


async def test_an_archive_lies_below_the_backups(database: Database, tmp_path: Path) -> None:
    await add_transaction(database, await add_charger(database), 1, JANUARY, minutes=10)
    path = meter_history.archive(database.path, tmp_path, Month("2026-01", 0, 10), NEVER)
    assert path == tmp_path / "archives" / "meter-values-2026-01.db"
    (archive,) = meter_history.list_archives(tmp_path)
    assert [one.key for one in meter_history.read_archive(archive, 5, 100)] == [6, 7, 8, 9, 10]


async def test_an_archive_can_be_read_as_it_was_sent(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter_history, "LINES", 3)
    key = await add_charger(database)
    for number in (1, 2):
        await add_transaction(database, key, number, JANUARY + number * DAY, minutes=5)
    path = meter_history.archive(database.path, tmp_path, Month("2026-01", 0, 10), NEVER)
    assert len(list(meter_history.read_lines(path, None))) == 10
    first, *others = [json.loads(line) for line in meter_history.read_lines(path, 2)]
    assert len(others) == 4
    payload = PAYLOAD % (2, 0)
    assert first == {
        "charge_point_id": "CP1",
        "connector_id": 1,
        "transaction_id": 2,
        "taken_at": "2026-01-12T12:00:00Z",
        "payload": payload.decode(),
    }


async def test_an_archive_takes_no_more_than_its_share_of_the_disk(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = os.statvfs(tmp_path)
    monkeypatch.setattr(backups, "SHARE_OF_FREE_SPACE", disk.f_bavail * disk.f_frsize // 1000)
    with pytest.raises(StorageUnavailable, match="no room for the archive of 2026-01"):
        meter_history.archive(database.path, tmp_path, Month("2026-01", 0, 10), NEVER)
    assert not list(tmp_path.glob("archives/*"))


async def test_what_is_old_ends_where_something_newer_came(database: Database) -> None:
    await add_transaction(database, await add_charger(database), 1, JANUARY, minutes=30)
    old = await database.read(meter_history.list_old, 0, 30, JANUARY + 10 * MINUTE, 100)
    assert [one.key for one in old] == list(range(1, 11))
    old = await database.read(meter_history.list_old, 4, 8, JANUARY + 10 * MINUTE, 100)
    assert [one.key for one in old] == [5, 6, 7, 8]


async def test_what_a_follower_has_not_read_is_not_old(database: Database) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, JANUARY, minutes=30)
    await database.run(follower_cursors.put, "cloud", key, rows.to_microseconds(JANUARY + 5 * MINUTE))
    assert [one.key for one in await database.read(meter_history.list_old, 0, 30, LATER, 100)] == [1, 2, 3, 4, 5, 6]


async def test_signed_values_stay_and_so_does_all_of_a_transaction_that_goes_on(database: Database) -> None:
    key = await add_charger(database)
    await add_transaction(database, key, 1, JANUARY, minutes=2)
    await add_transaction(database, key, 2, JANUARY + DAY, minutes=2, ended=False)
    await add_message(database, key, 1, JANUARY + MINUTE, SIGNED)
    await add_message(database, key, None, JANUARY + 2 * MINUTE, b'{"clock": "aligned"}')
    old = await database.read(meter_history.list_old, 0, 100, LATER, 100)
    assert [one.stays for one in old] == [False, False, True, True, True, False]


async def test_of_an_archive_only_what_thinning_leaves_is_worth_keeping(database: Database) -> None:
    await add_transaction(database, await add_charger(database), 1, JANUARY, minutes=40)
    messages = await database.read(rows.list_after, 0, 100)
    kept = await database.read(meter_history.choose_worth_keeping, messages, JANUARY + 30 * MINUTE)
    assert [one.key for one in kept] == [*range(1, 41)]  # the transaction had not ended by then
    kept = await database.read(meter_history.choose_worth_keeping, messages, LATER)
    assert [one.key for one in kept] == [15, 30, 40]
