"""Servers that the scenarios need."""

import pytest

from edge_csms.config.settings import Tls
from tests.conftest import StartSite
from tests.running import RunningSite


@pytest.fixture
def quick_site(start_site: StartSite) -> RunningSite:
    """Give a server that welcomes everybody, and commands chargers as soon as they have booted."""
    return start_site(new_charge_points="accept", unknown_id_tags="accept", hold_after_boot_seconds=0.0)


@pytest.fixture
def tls_site(start_site: StartSite) -> RunningSite:
    """Give one with an encrypted port too."""
    return start_site(
        new_charge_points="accept",
        unknown_id_tags="accept",
        hold_after_boot_seconds=0.0,
        tls=Tls(enabled=True, port=0),
    )
