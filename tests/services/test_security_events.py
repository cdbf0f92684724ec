"""Tests of what is remembered of security events."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_csms.domain.errors import NotFound
from edge_csms.domain.model import SecurityEvent
from edge_csms.services import charge_points, security_events
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def charger(io_loop, database: Database) -> Database:
    """Give a database with a charge point CP1."""
    io_loop.run_sync(lambda: database.run(charge_points.add, "CP1", NOW, {}))
    return database


async def note(database: Database, kind: str, received_at: datetime = NOW, details: str | None = None) -> None:
    key = (await database.run(charge_points.get, "CP1")).key
    event = SecurityEvent(kind, received_at - timedelta(minutes=5), received_at, details)
    await database.run(security_events.note, key, event)


async def test_an_event_is_kept_as_it_was_told(charger):
    await note(charger, "InvalidFirmwareSignature", details="slot 2")
    ((_, event),) = await charger.run(security_events.list_, "cp1", None, 10)
    assert event == SecurityEvent("InvalidFirmwareSignature", NOW - timedelta(minutes=5), NOW, "slot 2")


async def test_events_are_listed_the_newest_first_and_page_by_page(charger):
    for number in range(5):
        await note(charger, f"Event{number}")
    first = await charger.run(security_events.list_, "CP1", None, 2)
    second = await charger.run(security_events.list_, "CP1", first[-1][0], 10)
    assert [event.kind for _, event in first + second] == ["Event4", "Event3", "Event2", "Event1", "Event0"]


async def test_overlong_words_are_cut(charger):
    await note(charger, "K" * 100_000, details="D" * 100_000)
    ((_, event),) = await charger.run(security_events.list_, "CP1", None, 10)
    assert (len(event.kind), len(event.details)) == (security_events.MAX_TEXT, security_events.MAX_TEXT)


async def test_events_are_kept_for_two_years(charger):
    for days in (1, 729, 731, 2000):
        await note(charger, f"{days}", NOW - timedelta(days=days))
    assert await charger.run(security_events.purge, NOW) == 2
    assert [event.kind for _, event in await charger.run(security_events.list_, "CP1", None, 10)] == ["729", "1"]


async def test_an_unknown_charge_point_has_no_events(charger):
    with pytest.raises(NotFound):
        await charger.run(security_events.list_, "CP2", None, 10)
