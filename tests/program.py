"""How tests start the program as a process of its own: from its source, or the executable that was built from it."""

import os
import sys

EXECUTABLE = os.environ.get("EDGE_CSMS_EXECUTABLE", "")  # `make site-test` sets it
COMMAND = (EXECUTABLE,) if EXECUTABLE else (sys.executable, "-m", "edge_csms")
