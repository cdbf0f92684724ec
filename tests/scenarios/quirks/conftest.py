"""A server for chargers with quirks: it sends its commands at once and waits for their answers half a second only."""

import pytest

from tests.running import RunningSite


@pytest.fixture
def site(prompt_site: RunningSite) -> RunningSite:
    """Give the prompt server under the name that is used for the usual one elsewhere."""
    return prompt_site
