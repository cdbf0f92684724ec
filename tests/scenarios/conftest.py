"""Where there is an executable to try, it serves the sites of the scenarios instead of the source."""

import pytest

from tests.executable_site import ExecutableSite
from tests.program import EXECUTABLE
from tests.running import RunningSite


@pytest.fixture
def site_class() -> type[RunningSite]:
    """Say what kind of server is started."""
    return ExecutableSite if EXECUTABLE else RunningSite
