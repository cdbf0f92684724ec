"""Fixtures of the simulator's tests."""

from collections.abc import Iterator

import pytest
from tornado.ioloop import IOLoop

from tests.simulator.central import Central


@pytest.fixture
def central(io_loop: IOLoop) -> Iterator[Central]:
    central = Central()
    io_loop.run_sync(central.start)
    yield central
    io_loop.run_sync(central.stop)
