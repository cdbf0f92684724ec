"""The job that starts an update which waits, and tells of the last one."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_csms.central.updates import Updates
from edge_csms.jobs import update
from edge_csms.services import audit
from edge_csms.services.update_spool import REQUESTED, RESULT, WAITING, Result, Spool, Wish
from tests.house import House

AT = datetime(2026, 11, 24, tzinfo=UTC)
WISH = Wish(version="2.0.0", username="anna", address="127.0.0.1", at=AT)
RESULT_TOLD = Result(
    outcome="updated", code="", words="done", from_version="1.0.0", to_version="2.0.0", username="anna", at=AT
)


async def test_it_starts_what_waits_and_tells_once(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "LOOK_SECONDS", 0.01)
    updates = Updates(house.central, house.database, Spool(tmp_path), None)
    updates.prepare()
    updates.spool.write(WAITING, WISH)
    updates.spool.write(RESULT, RESULT_TOLD)
    job = asyncio.ensure_future(update.Update(updates, house.context.clock).run())
    async with asyncio.timeout(5):
        while not updates.spool.has(REQUESTED):
            await asyncio.sleep(0.01)  # until it has looked
        updates.spool.write(WAITING, WISH)
        while updates.spool.has(WAITING):
            await asyncio.sleep(0.01)  # until it has looked once more
    job.cancel()
    assert updates.spool.read(REQUESTED, Wish) == WISH
    entries = await house.database.read(audit.list_, 10)
    assert [(entry.username, entry.action, entry.result) for entry in entries] == [("anna", "update.result", "updated")]
