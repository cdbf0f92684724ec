"""The main scenarios of the whole site, with the executable in the place of the source."""

import pytest

from tests.program import EXECUTABLE
from tests.scenarios.test_node_client import *  # noqa: F403
from tests.scenarios.test_python_client import *  # noqa: F403
from tests.scenarios.test_seed import *  # noqa: F403
from tests.scenarios.test_two_connections import *  # noqa: F403

pytestmark = pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does")
