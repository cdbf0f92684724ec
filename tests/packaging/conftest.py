"""Here a site is served by the executable, and no longer by a server in the process of the tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.ioloop import IOLoop

from tests.conftest import StartSite
from tests.packaging.executable_site import ExecutableSite


@pytest.fixture
def start_site(io_loop: IOLoop, tmp_path: Path) -> Iterator[StartSite]:
    """Give a function that starts a site: start_site(new_charge_points="accept", ...) with [ocpp] settings."""
    started: list[ExecutableSite] = []

    def start(**settings: Any) -> ExecutableSite:
        settings.pop("hold_after_boot_seconds", None)  # which no site can set
        site = ExecutableSite(tmp_path / f"data{len(started) or ''}", **settings)
        io_loop.run_sync(site.start)
        started.append(site)
        return site

    yield start
    for site in started:
        io_loop.run_sync(site.stop)
