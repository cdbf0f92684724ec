"""Ports are taken before anything else, in words where that fails, and given back where nothing was served."""

import socket

import pytest
from tornado.web import Application

from edge_csms.central.attempts import Attempts
from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.storage.database import Database
from edge_csms.web.ports import CannotListen, Ports


@pytest.fixture
def ports(database: Database) -> Ports:
    return Ports("127.0.0.1", Attempts(database, SiteClock(), EventBus()))


def is_listened_on(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_port_is_taken_and_given_back(ports: Ports) -> None:
    ports.take("http", 0, "[server] port")
    assert is_listened_on(ports.numbers["http"])
    ports.give_back()
    assert not is_listened_on(ports.numbers["http"])


# Tornado's bind_sockets leaves the socket that it could not bind to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_in_use_is_named_with_its_setting_and_nothing_is_kept(ports: Ports) -> None:
    ports.take("http", 0, "[server] port")
    number = ports.numbers["http"]
    with pytest.raises(CannotListen, match=rf"port {number}: another program uses it; change \[tls\] port"):
        ports.take("https", number, "[tls] port")
    assert not is_listened_on(number)


async def test_a_port_that_is_served_lets_nobody_in_after_its_end(ports: Ports) -> None:
    ports.take("http", 0, "[server] port")
    ports.serve("http", Application())
    assert is_listened_on(ports.numbers["http"])
    await ports.stop()
    await ports.close()
    assert not is_listened_on(ports.numbers["http"])
