"""Fixtures of the storage's tests."""

from datetime import UTC, datetime

import pytest
from tornado.ioloop import IOLoop

from edge_csms.domain.model import Registration
from edge_csms.storage import charge_points
from edge_csms.storage.database import Database


@pytest.fixture
def charge_point_key(database: Database, io_loop: IOLoop) -> int:
    """Give the key of a charge point called CP1."""

    async def add() -> int:
        await database.run(charge_points.add, "CP1", Registration.ACCEPTED, datetime(2026, 11, 24, 12, tzinfo=UTC))
        found = await database.run(charge_points.get, "CP1")
        assert found is not None
        return found.key

    key: int = io_loop.run_sync(add)
    return key
