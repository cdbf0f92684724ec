"""A damaged database is found while it is served, is told, and takes nothing more."""

import asyncio
from pathlib import Path

import pytest

from edge_csms.domain.errors import StorageUnavailable
from edge_csms.jobs import integrity
from edge_csms.jobs.integrity import Integrity
from edge_csms.services import settings
from edge_csms.storage import recovery
from edge_csms.storage.database import Database

DEADLINE_SECONDS = 10.0


async def lived_in(path: Path) -> Database:
    """Give an open database with some pages in its file."""
    database = Database(path)
    await database.open()
    for number in range(50):
        await database.run(settings.put, f"{number}", f"value {number} " * 400)
    await database.close()
    await database.open()
    return database


def spoil(path: Path) -> None:
    """Flip a byte inside a value."""
    content = path.read_bytes()
    position = content.index(b"value 7 ")
    with path.open("r+b") as file:
        file.seek(position)
        file.write(b"V")


async def test_a_sound_file_is_served_without_a_word(tmp_path: Path) -> None:
    database = await lived_in(tmp_path / "site.db")
    job = Integrity(database, pause_seconds=0.0)
    job.scan_at_once = True
    running = asyncio.create_task(job.run())
    async with asyncio.timeout(DEADLINE_SECONDS):
        while job.scan_at_once:
            await asyncio.sleep(0.01)
    running.cancel()
    assert (job.words, database.state) == ("", "ok")
    assert job.report == "read from end to end while it was served, and sound"
    await database.close()


async def test_damage_is_told_and_nothing_more_is_written(tmp_path: Path) -> None:
    database = await lived_in(tmp_path / "site.db")
    spoil(database.path)
    job = Integrity(database, pause_seconds=0.0)
    job.scan_at_once = True
    await asyncio.wait_for(job.run(), DEADLINE_SECONDS)
    assert "Start the server anew" in job.words
    assert database.state == "damaged"
    with pytest.raises(StorageUnavailable, match="damaged"):
        await database.run(settings.put, "more", "")
    assert await database.look_up(settings.get, "1")  # what can be read is read
    await database.close()
    assert recovery.find_damage(database.path) is not None


async def test_a_page_that_turns_out_damaged_gives_cause_for_a_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrity, "LOOK_SECONDS", 0.01)
    database = await lived_in(tmp_path / "site.db")
    spoil(database.path)
    running = asyncio.create_task(Integrity(database, pause_seconds=0.0).run())
    with pytest.raises(StorageUnavailable, match="damaged"):
        await database.run(settings.get, "7")
    await asyncio.wait_for(running, DEADLINE_SECONDS)
    assert database.damage
    await database.close()


async def test_after_damage_was_found_the_next_start_reads_the_whole_file_however_large_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "SCANNED_AT_START", 0)  # as if it were a large one
    database = await lived_in(tmp_path / "site.db")
    spoil(database.path)
    assert not recovery.is_scanned_at_start(database.path)
    assert recovery.find_damage(database.path) is None
    database.condemn("the checksum of page 3 does not fit")
    await database.close()
    assert recovery.is_scanned_at_start(database.path)
    assert recovery.find_damage(database.path) is not None
