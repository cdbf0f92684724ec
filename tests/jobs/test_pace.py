"""Much is written in slices of a bounded time."""

import time
from collections.abc import Sequence

import pytest

from edge_csms.jobs import pace
from edge_csms.jobs.pace import Pace
from edge_csms.storage.database import Database
from tests.storage.thread import names, put


def put_all(items: Sequence[str]) -> None:
    for item in items:
        put(item)


async def test_all_is_written_in_its_order(database: Database) -> None:
    items = [f"{number}" for number in range(500)]
    await Pace(database, first=7).write(put_all, items)
    assert await database.read(names) == items


async def test_slices_grow_while_they_are_quick_and_shrink_when_one_takes_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "REST", 0)
    sizes: list[int] = []

    def write(items: Sequence[float]) -> None:
        sizes.append(len(items))
        time.sleep(sum(items))

    monkeypatch.setattr(pace, "HOLD_SECONDS", 10.0)
    paced = Pace(database, first=64)
    await paced.write(write, [0.0] * 448)
    assert sizes == [64, 128, 256]
    monkeypatch.setattr(pace, "HOLD_SECONDS", 0.01)
    sizes.clear()
    await paced.write(write, [0.0001] * 1000)
    assert sizes[0] == 512
    assert sizes[1] == 256
    assert max(paced.held_seconds) >= 0.05


async def test_what_was_written_before_a_failure_stays_written(database: Database) -> None:
    items = [f"{number}" for number in range(10)]
    with pytest.raises(ValueError, match="enough"):
        await Pace(database, first=4).write(_fail_after_four, items)
    assert await database.read(names) == items[:4]


def _fail_after_four(items: Sequence[str]) -> None:
    if items[0] == "4":
        raise ValueError("enough")
    put_all(items)
