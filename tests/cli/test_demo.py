"""`demo`: a site with chargers, ready to log in to."""

import json
import re
import signal
import socket
import subprocess
import urllib.request

import pytest

from tests.cli.conftest import COMMAND


@pytest.fixture
def demo(tmp_path, environment, port):
    """A function that starts a demonstration and returns its process and the password that it prints."""
    started = []

    def start():
        process = subprocess.Popen(
            [*COMMAND, "demo", "site", "--charge-points", "2"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        for line in process.stdout:
            if found := re.search(r"log in as admin with the password (\S+)", line):
                return process, found[1]
        pytest.fail(f"ended with {process.wait()}")

    yield start
    for process in started:
        process.terminate()  # not killed: it has processes of its own to stop
        process.wait(20)
        process.stdout.close()


def test_who_runs_the_demonstration_can_log_in(demo, port):
    process, password = demo()
    form = json.dumps({"username": "admin", "password": password}).encode()
    login = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/auth/login/", form, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(login, timeout=10) as response:
        assert json.load(response)["access"]
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


def test_the_password_is_the_same_at_every_run_and_nobody_else_can_read_it(demo, port, tmp_path):
    process, password = demo()
    process.terminate()
    assert process.wait(20) == 0
    assert demo()[1] == password
    assert (tmp_path / "site" / "admin-password").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_ends_the_demonstration(complaint, port):
    with socket.create_server(("127.0.0.1", port)):
        assert str(port) in complaint("demo", "site")
