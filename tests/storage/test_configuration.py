"""Rows of settings."""

from datetime import UTC, datetime, timedelta

from edge_csms.domain.model import ConfigurationEntry
from edge_csms.storage import charge_points, configuration
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_a_setting_keeps_its_first_spelling_and_gets_new_columns(
    database: Database, charge_point_key: int
) -> None:
    await database.run(configuration.put, charge_point_key, "Interval", {"value": "60", "readonly": True})
    await database.run(configuration.put, charge_point_key, "INTERVAL", {"value": "90"})
    expected = ConfigurationEntry("Interval", "90", True)
    assert await database.read(configuration.get, charge_point_key, "interval") == expected
    assert await database.read(configuration.list_, charge_point_key) == [expected]
    assert await database.read(configuration.get_value, charge_point_key, "interval") == "90"
    assert await database.read(configuration.get_value, charge_point_key, "other") is None


async def test_settings_that_were_not_read_again_are_forgotten_unless_they_are_wanted(
    database: Database, charge_point_key: int
) -> None:
    before = NOW - timedelta(seconds=1)
    for name, columns in {
        "stale": {"read_at": before},
        "fresh": {"read_at": NOW},
        "wanted": {"read_at": before, "wanted": "1"},
        "never read": {"readonly": True},
    }.items():
        await database.run(configuration.put, charge_point_key, name, columns)
    await database.run(configuration.delete_unread_since, charge_point_key, NOW)
    left = [entry.name for entry in await database.read(configuration.list_, charge_point_key)]
    assert left == ["fresh", "never read", "wanted"]


async def test_only_what_was_read_since_the_boot_is_current(database: Database, charge_point_key: int) -> None:
    await database.run(configuration.put, charge_point_key, "Interval", {"value": "60", "read_at": NOW})
    for booted_at, current in (
        (None, [("CP1", "60")]),
        (NOW - timedelta(seconds=1), [("CP1", "60")]),
        (NOW + timedelta(seconds=1), []),
    ):
        await database.run(charge_points.update, "CP1", {"boot_at": booted_at})
        assert await database.read(configuration.find_current, "INTERVAL") == current
    assert await database.read(configuration.find_current, "other") == []
