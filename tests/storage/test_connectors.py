"""Rows of connectors."""

from datetime import UTC, datetime

from edge_csms.domain.model import Connector
from edge_csms.storage import connectors
from edge_csms.storage.database import Database

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_each_connector_has_one_row_with_its_newest_status(database: Database, charge_point_key: int) -> None:
    last = Connector(1, "Faulted", "GroundFailure", "water", "E17", NOW)
    for connector in (
        Connector(1, "Charging", None, None, None, NOW),
        Connector(0, "Available", None, None, None, NOW),
        last,
    ):
        await database.run(connectors.put, charge_point_key, connector)
    found = await database.read(connectors.list_by_charge_point, [charge_point_key])
    assert found == {charge_point_key: [Connector(0, "Available", None, None, None, NOW), last]}
    assert await database.read(connectors.get, charge_point_key, 1) == last
    assert await database.read(connectors.get, charge_point_key, 2) is None


async def test_a_charge_point_that_never_told_a_status_has_no_connectors(
    database: Database, charge_point_key: int
) -> None:
    assert await database.read(connectors.list_by_charge_point, [charge_point_key, 999]) == {}
    assert await database.read(connectors.list_by_charge_point, []) == {}


async def test_any_number_from_the_wire_is_kept(database: Database, charge_point_key: int) -> None:
    huge = Connector(2**63 - 1, "Available", None, None, None, NOW)
    await database.run(connectors.put, charge_point_key, huge)
    assert await database.read(connectors.list_by_charge_point, [charge_point_key]) == {charge_point_key: [huge]}
