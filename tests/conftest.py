"""Fixtures that many tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from edge_csms.config.settings import Tls
from edge_csms.storage.database import Database
from tests.commissioning import QUICK
from tests.house import BuildHouse, House, build_house
from tests.running import RunningSite

StartSite = Callable[..., RunningSite]


@pytest.fixture
def database(io_loop: IOLoop, tmp_path: Path) -> Iterator[Database]:
    """Give an open database, empty but for its tables."""
    database = Database(tmp_path / "site.db")
    io_loop.run_sync(database.open)
    yield database
    io_loop.run_sync(database.close)


@pytest.fixture
def site_class() -> type[RunningSite]:
    """Say what kind of server is started: one in the process of the tests."""
    return RunningSite


@pytest.fixture
def start_site(io_loop: IOLoop, tmp_path: Path, site_class: type[RunningSite]) -> Iterator[StartSite]:
    """Give a function that starts a whole server: start_site(new_charge_points="accept", ...) with [ocpp] settings.

    Other sections are given whole, such as tls=Tls(enabled=True).
    """
    started: list[RunningSite] = []

    def start(**settings: Any) -> RunningSite:
        site = site_class(tmp_path / f"data{len(started) or ''}", **settings)
        io_loop.run_sync(site.start)
        started.append(site)
        return site

    yield start
    for site in started:
        io_loop.run_sync(site.stop)


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server that welcomes every charger and every idTag."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", heartbeat_interval_seconds=600)


@pytest.fixture
def prompt_site(start_site: StartSite) -> RunningSite:
    """Give such a server that sends its commands at once, and waits for their answers half a second only."""
    return start_site(
        new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0, call_timeout_seconds=0.5
    )


@pytest.fixture
def quick_site(start_site: StartSite) -> RunningSite:
    """Give a server that welcomes everybody, and commands chargers as soon as they have booted."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0)


@pytest.fixture
def bench_site(quick_site: RunningSite) -> RunningSite:
    """Give such a server whose commissioning runs wait for seconds, where they wait for minutes elsewhere."""
    quick_site.app.commissioning.patience = QUICK
    return quick_site


@pytest.fixture
def tls_site(start_site: StartSite) -> RunningSite:
    """Give one with an encrypted port too."""
    tls = Tls(enabled=True, port=0)
    return start_site(new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0, tls=tls)


@pytest.fixture
def build(database: Database, tmp_path: Path) -> Iterator[BuildHouse]:
    """Give a function that builds a central system without sockets: build(strict=True, ...) with CentralSettings."""
    built: list[House] = []

    def make(**settings: Any) -> House:
        built.append(build_house(database, tmp_path, **settings))
        return built[-1]

    yield make
    for house in built:
        house.central.close_all(1001, "the test ends")


@pytest.fixture
def house(build: BuildHouse) -> House:
    """Give a central system without sockets."""
    return build()
