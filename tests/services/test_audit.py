"""The audit trail."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.accounts import Actor
from edge_csms.services import audit
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KIM = Actor("kim", "192.0.2.7")


async def test_an_entry_is_kept_as_it_was_written(database: Database) -> None:
    await database.run(audit.record, NOW, KIM, "remote start", "CP1", "connector 2", "Rejected")
    (entry,) = await database.read(audit.list_, 10)
    assert (entry.at, entry.username, entry.address) == (NOW, "kim", "192.0.2.7")
    assert (entry.action, entry.subject, entry.details) == ("remote start", "CP1", "connector 2")
    assert entry.result == "Rejected"


async def test_long_words_are_cut(database: Database) -> None:
    await database.run(audit.record, NOW, KIM, "unlock", "x" * 9999, "y" * 9999, "z" * 9999)
    (entry,) = await database.read(audit.list_, 10)
    assert {len(text) for text in (entry.subject, entry.details, entry.result)} == {audit.MAX_TEXT}


async def test_entries_are_kept_for_two_years(database: Database) -> None:
    for days in (1, 729, 731, 2000):
        await database.run(audit.record, NOW - timedelta(days=days), KIM, "unlock", f"{days}")
    assert await database.run(audit.purge, NOW) == 2
    assert [entry.subject for entry in await database.read(audit.list_, 10)] == ["729", "1"]


async def test_an_act_that_fails_leaves_no_entry(database: Database) -> None:
    def act() -> None:
        audit.record(NOW, KIM, "unlock", "CP1")
        raise ValueError("the act failed")

    with pytest.raises(ValueError):
        await database.run(act)
    assert await database.read(audit.list_, 10) == []
