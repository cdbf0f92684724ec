"""Tests of the stored security events."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import Registration, SecurityEvent
from edge_csms.storage import charge_points, security_events
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add(charge_point_id: str, *kinds: str) -> int:
    charge_points.add(charge_point_id, Registration.ACCEPTED, NOW)
    found = charge_points.get(charge_point_id)
    assert found is not None
    for number, kind in enumerate(kinds):
        security_events.add(found.key, SecurityEvent(kind, NOW, NOW + timedelta(hours=number), None))
    return found.key


async def test_events_are_those_of_one_charge_point(database: Database) -> None:
    key = await database.run(add, "CP1", "a", "b")
    await database.run(add, "CP2", "c")
    listed = await database.run(security_events.list_, key, None, 10)
    assert [event.kind for _, event in listed] == ["b", "a"]
    (only,) = await database.run(security_events.list_, key, listed[0][0], 10)
    assert only == listed[1]


async def test_old_events_are_deleted_by_when_they_came(database: Database) -> None:
    key = await database.run(add, "CP1", "a", "b", "c")
    assert await database.run(security_events.delete_before, NOW + timedelta(hours=2)) == 2
    assert [event.kind for _, event in await database.run(security_events.list_, key, None, 10)] == ["c"]
