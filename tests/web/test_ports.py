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
    return Ports(Attempts(database, SiteClock(), EventBus()))


def is_listened_on(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_port_is_taken_and_given_back(ports: Ports) -> None:
    ports.take("http", "127.0.0.1", 0, "[server] port")
    number = ports.numbers["http"]
    assert is_listened_on(number)
    ports.give_back()
    assert not is_listened_on(number)
    assert ports.numbers == {}


# Tornado's bind_sockets leaves the socket that it could not bind to the garbage collector.
unbound = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@unbound
def test_a_port_in_use_is_named_with_its_setting_and_nothing_is_kept(ports: Ports) -> None:
    ports.take("http", "127.0.0.1", 0, "[server] port")
    number = ports.numbers["http"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"port {taken}: another program uses it; change \[tls\] port"):
            ports.take("https", "127.0.0.1", taken, "[tls] port")
    assert not is_listened_on(number)


@unbound
@pytest.mark.parametrize(
    ("host", "words"), [("127.0.0.1", "this server itself uses it"), ("192.0.2.77", "has no address 192.0.2.77")]
)
def test_why_a_port_can_not_be_had_is_told(ports: Ports, host: str, words: str) -> None:
    ports.take("http", "127.0.0.1", 0, "[server] port")
    with pytest.raises(CannotListen, match=words):
        ports.take("https", host, ports.numbers["http"], "[tls] port")


async def test_a_port_that_is_served_lets_nobody_in_after_its_end(ports: Ports) -> None:
    ports.take("http", "127.0.0.1", 0, "[server] port")
    ports.serve("http", Application())
    assert is_listened_on(ports.numbers["http"])
    await ports.stop()
    await ports.close()
    assert not is_listened_on(ports.numbers["http"])


async def test_a_port_is_moved_and_the_former_goes_on_until_it_is_settled(ports: Ports) -> None:
    ports.take("http", "127.0.0.1", 0, "[server] port")
    ports.serve("http", Application())
    before = ports.numbers["http"]
    ports.move("http", "127.0.0.1", 0, "[server] port", Application())
    after = ports.numbers["http"]
    assert (is_listened_on(before), is_listened_on(after)) == (True, True)
    ports.settle()
    assert (is_listened_on(before), is_listened_on(after)) == (False, True)
    await ports.stop()
    await ports.close()


async def test_a_move_is_taken_back(ports: Ports) -> None:
    ports.take("http", "127.0.0.1", 0, "[server] port")
    ports.serve("http", Application())
    before = ports.numbers["http"]
    ports.move("http", "127.0.0.1", 0, "[server] port", Application())
    after = ports.numbers["http"]
    ports.move("https", "127.0.0.1", 0, "[tls] port", Application())
    ports.go_back()
    assert ports.numbers == {"http": before}
    assert (is_listened_on(before), is_listened_on(after)) == (True, False)
    await ports.stop()
    await ports.close()


@unbound
async def test_an_address_within_another_takes_its_port_over_and_gives_it_back(ports: Ports) -> None:
    ports.take("http", "0.0.0.0", 0, "[server] port")
    ports.serve("http", Application())
    number = ports.numbers["http"]
    ports.move("http", "127.0.0.1", number, "[server] port", Application())
    assert is_listened_on(number)
    ports.go_back()
    with pytest.raises(CannotListen):
        ports.move("http", "192.0.2.77", number, "[server] port", Application())
    assert ports.numbers == {"http": number}
    assert is_listened_on(number)
    await ports.stop()
    await ports.close()
    assert not is_listened_on(number)
