"""Rows of the audit trail."""

from datetime import UTC, datetime, timedelta
from typing import Any

from edge_csms.storage import audit_entries
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def subjects(database: Database, **filters: Any) -> list[str]:
    def read() -> list[str]:
        return [entry.subject for entry in audit_entries.list_(**{"limit": 10, **filters})]

    return await database.read(read)


async def test_entries_are_found_by_any_combination_of_filters(database: Database) -> None:
    for number, (username, action) in enumerate([("kim", "unlock"), ("zoe", "unlock"), ("kim", "reset")]):
        at = NOW + number * HOUR
        await database.run(audit_entries.add, at, username, "192.0.2.7", action, f"CP{number}", "", "done")
    assert await subjects(database) == ["CP2", "CP1", "CP0"]
    assert await subjects(database, limit=2) == ["CP2", "CP1"]
    assert await subjects(database, before_key=3) == ["CP1", "CP0"]
    assert await subjects(database, username="kim", action="unlock") == ["CP0"]
    assert await subjects(database, subject="CP1") == ["CP1"]
    assert await subjects(database, from_=NOW + HOUR, to=NOW + 2 * HOUR) == ["CP1"]


async def test_old_entries_are_deleted(database: Database) -> None:
    for number in range(3):
        await database.run(audit_entries.add, NOW + number * HOUR, "", "", "act", f"{number}", "", "done")
    assert await database.run(audit_entries.delete_before, NOW + HOUR) == 1
    assert await subjects(database) == ["2", "1"]
