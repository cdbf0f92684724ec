"""A server for chargers with quirks: it sends its commands at once and waits for their answers half a second only."""

import pytest

from tests.conftest import StartSite
from tests.running import RunningSite


@pytest.fixture
def site(prompt_site: RunningSite) -> RunningSite:
    """Give the prompt server under the name that is used for the usual one elsewhere."""
    return prompt_site


@pytest.fixture
def careful_site(start_site: StartSite) -> RunningSite:
    """Give a server that knows every idTag that may charge."""
    return start_site(new_charge_points="accept", hold_after_boot_seconds=0.0)
