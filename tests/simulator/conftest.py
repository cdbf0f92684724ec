"""Fixtures of the simulator's tests."""

from collections.abc import Iterator

import pytest
from tornado.ioloop import IOLoop

from edge_csms.simulator.charge_point import ChargePoint
from tests.simulator.central import Central
from tests.simulator.files import files

__all__ = ["central", "charge_point", "files"]


@pytest.fixture
def central(io_loop: IOLoop) -> Iterator[Central]:
    central = Central()
    io_loop.run_sync(central.start)
    yield central
    io_loop.run_sync(central.stop)


@pytest.fixture
def charge_point(io_loop: IOLoop, central: Central) -> Iterator[ChargePoint]:
    """A charge point with two connectors that is connected and has not booted."""

    async def connect() -> ChargePoint:
        charge_point = ChargePoint(central.url, "CP1", connectors=2, call_timeout_seconds=2.0, reconnect_seconds=0.02)
        await charge_point.connect()
        return charge_point

    charge_point = io_loop.run_sync(connect)
    yield charge_point
    io_loop.run_sync(charge_point.close)
