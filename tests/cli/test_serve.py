"""`serve`: starts, answers, stops; and says in one line why it can't."""

import signal
import socket
import subprocess

import pytest

from tests.cli.conftest import COMMAND, answers


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_server_answers_until_it_is_told_to_stop(tmp_path, environment, port, stop):
    with subprocess.Popen([*COMMAND, "serve"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE) as process:
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz")
            process.send_signal(stop)
            assert process.wait(10) == 0
            assert b"Traceback" not in process.stderr.read()
        finally:
            process.kill()


def test_a_port_that_is_taken_is_told(complaint, port):
    with socket.create_server(("127.0.0.1", port)):
        said = complaint("serve")
    assert str(port) in said


def test_a_data_directory_that_cannot_be_made_is_told(complaint, environment, port):
    environment["EDGE_CSMS_STORAGE_DATA_DIR"] = "/dev/null/data"
    assert "/dev/null/data" in complaint("serve")


def test_an_address_that_is_not_ours_is_told(complaint, environment, port):
    environment["EDGE_CSMS_SERVER_HOST"] = "192.0.2.1"
    assert "192.0.2.1" in complaint("serve")
