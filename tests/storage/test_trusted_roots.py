"""Rows of the roots that charge points trust."""

from datetime import UTC, datetime, timedelta

from edge_csms.storage import charge_points, trusted_roots
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


async def test_each_root_of_a_charge_point_is_one_row(database: Database, charge_point_key: int) -> None:
    await database.run(trusted_roots.put, charge_point_key, True, "1f", "CN=Old", NOW)
    await database.run(trusted_roots.put, charge_point_key, False, "1f", "CN=One", LATER)
    await database.run(trusted_roots.put, charge_point_key, True, "2f", "CN=Maker", NOW)
    assert await database.read(trusted_roots.list_) == [("CP1", "CN=Maker", NOW), ("CP1", "CN=One", LATER)]
    await database.run(trusted_roots.delete, charge_point_key, "1f")
    await database.run(trusted_roots.delete, charge_point_key, "3f")
    assert await database.read(trusted_roots.list_) == [("CP1", "CN=Maker", NOW)]


async def test_what_a_list_does_not_name_is_forgotten_of_its_kind(database: Database, charge_point_key: int) -> None:
    for number, of_manufacturer in (("1", True), ("2", True), ("3", False)):
        await database.run(trusted_roots.put, charge_point_key, of_manufacturer, number, f"CN={number}", NOW)
    await database.run(trusted_roots.delete_but, charge_point_key, True, ["2"])
    assert {subject for _, subject, _ in await database.read(trusted_roots.list_)} == {"CN=2", "CN=3"}
    await database.run(trusted_roots.delete_but, charge_point_key, True, [])
    assert [subject for _, subject, _ in await database.read(trusted_roots.list_)] == ["CN=3"]


async def test_what_a_retired_one_trusts_concerns_nobody(database: Database, charge_point_key: int) -> None:
    await database.run(trusted_roots.put, charge_point_key, True, "1", "CN=1", NOW)
    await database.run(charge_points.delete, "CP1", NOW)
    assert await database.read(trusted_roots.list_) == []
