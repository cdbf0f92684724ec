"""The arrangement of ports and TLS: another one is opened beside the present one, or nothing changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop
from tornado.web import Application

from edge_csms.central.attempts import Attempts
from edge_csms.central.clock import SiteClock
from edge_csms.central.event_bus import EventBus
from edge_csms.config import Config
from edge_csms.config.settings import Server, Tls
from edge_csms.network import Network
from edge_csms.services.certificate_authority import CertificateAuthority
from edge_csms.storage.database import Database
from edge_csms.web.tls import TlsUnusable

LOCAL = Server(host="127.0.0.1", port=0)


@pytest.fixture
def network(io_loop: IOLoop, database: Database, tmp_path: Path) -> Iterator[Network]:
    clock = SiteClock()
    attempts = Attempts(database, clock, EventBus())
    authority = CertificateAuthority(tmp_path, "Depot")
    config = Config(server=LOCAL)
    network = Network(config, attempts, authority, lambda: ["localhost"], clock.now)
    network.take(config)
    absent: object = None
    network.open(Application(), Application(), absent)  # type: ignore[arg-type]
    yield network
    io_loop.run_sync(network.ports.stop)
    io_loop.run_sync(network.ports.close)


async def test_it_tells_where_it_listens(network: Network) -> None:
    place = network.place
    assert (place.host, place.scheme, place.tls_port) == ("127.0.0.1", "http", 0)
    await network.try_(Config(server=LOCAL, tls=Tls(enabled=True, port=0)))
    assert (network.place.port, network.place.scheme) == (place.port, "https")
    assert network.place.tls_port == network.ports.numbers["https"]
    network.go_back()
    assert network.place == place
    assert "https" not in network.ports.numbers


async def test_a_certificate_that_can_not_be_used_changes_nothing(network: Network, tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("no PEM")
    own = str(tmp_path / "own.pem")
    with pytest.raises(TlsUnusable):
        await network.try_(Config(server=LOCAL, tls=Tls(enabled=True, port=0, certificate=own, key=own)))
    assert not network.config.tls.enabled
    assert network.ports.numbers.keys() == {"http"}


async def test_another_certificate_is_shown_while_the_ports_stay(network: Network) -> None:
    await network.try_(Config(server=LOCAL, tls=Tls(enabled=True, port=0)))
    network.settle()
    before = network.ports.numbers.copy()
    (certificate, key), *_ = network.tls.files
    own = Tls(enabled=True, port=0, certificate=str(certificate), key=str(key))
    await network.try_(Config(server=LOCAL, tls=own))
    assert network.tls.files == [(certificate, key)]
    network.go_back()
    assert len(network.tls.files) == 2
    assert network.ports.numbers == before


async def test_ports_are_taken_by_other_settings_once_those_are_known(database: Database, tmp_path: Path) -> None:
    clock = SiteClock()
    attempts = Attempts(database, clock, EventBus())
    config = Config(server=LOCAL)
    network = Network(config, attempts, CertificateAuthority(tmp_path, "Depot"), lambda: ["localhost"], clock.now)
    network.take(config)
    taken = network.ports.numbers["http"]
    network.take(Config(server=LOCAL))
    assert network.ports.numbers == {"http": taken}
    network.take(Config(server=LOCAL, tls=Tls(enabled=True, port=0)))
    assert network.ports.numbers.keys() == {"http", "https"}
    network.ports.give_back()
