"""Service resumes by itself when the storage can be written again, and nothing is written while all is well."""

import asyncio

import pytest

from edge_csms.central.clock import SiteClock
from edge_csms.domain.errors import StorageUnavailable
from edge_csms.jobs import storage_watch
from edge_csms.services import settings
from edge_csms.storage.database import Database
from edge_csms.storage.tables import DATABASE


def limit_pages(count: int) -> None:
    DATABASE.execute_sql(f"PRAGMA max_page_count = {count}")


async def test_the_state_is_ok_again_soon_after_the_cause_is_gone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_watch, "TRY_SECONDS", 0.01)
    job = asyncio.create_task(storage_watch.StorageWatch(database, SiteClock()).run())
    await database.run(limit_pages, 1)  # SQLite takes the present size
    with pytest.raises(StorageUnavailable):
        await database.run(settings.put, "name", "value" * 100_000)
    assert database.state == "disk full"
    await database.run(limit_pages, 2**30)
    async with asyncio.timeout(5):
        while database.state != "ok":
            await asyncio.sleep(0.01)
    written = database.changes
    await asyncio.sleep(0.05)
    assert database.changes == written  # nothing more than needed
    job.cancel()
