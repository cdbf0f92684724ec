"""The command line as its users meet it: a process of its own."""

import os
import subprocess
import time
import urllib.request

import pytest
from tornado.testing import bind_unused_port

from tests.program import COMMAND


@pytest.fixture
def environment():
    """The environment without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EDGE_CSMS_")}


@pytest.fixture
def edge_csms(tmp_path, environment):
    """A function that runs `edge-csms` in a directory of the test's own and returns what came of it."""

    def run(*arguments, stdin=""):
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def complaint(edge_csms):
    """A function that runs a command which must fail, and returns the one line that says why."""

    def run(*arguments, stdin="", code=1):
        done = edge_csms(*arguments, stdin=stdin)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1), done
        return done.stderr.strip()

    return run


@pytest.fixture
def port(environment):
    """The number of a port that was free a moment ago, set as the server's."""
    listener, number = bind_unused_port()
    listener.close()
    environment |= {"EDGE_CSMS_SERVER_PORT": str(number), "EDGE_CSMS_SERVER_HOST": "127.0.0.1"}
    return number


@pytest.fixture
def server(tmp_path, environment, port):
    """The port of a server that runs and welcomes every charger and every idTag."""
    welcoming = {"EDGE_CSMS_OCPP_NEW_CHARGE_POINTS": "accept", "EDGE_CSMS_OCPP_UNKNOWN_ID_TAGS": "accept"}
    with subprocess.Popen(
        [*COMMAND, "serve"], cwd=tmp_path, env=environment | welcoming, stderr=subprocess.PIPE
    ) as process:
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz")
            yield port
        finally:
            process.kill()


def answers(url):
    """Wait for the first answer of a server that starts."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1) as response:
                return response.status == 200
        except OSError:
            time.sleep(0.05)  # between two attempts, not in the hope that one is enough
    return False
