"""`simulate`: chargers that live until their sessions are done; and what is told where none can connect."""

import signal
import subprocess

import pytest

from tests.cli.conftest import COMMAND


@pytest.mark.parametrize("url", ["localhost:8001", "http://localhost:8001", "ws://", "ws://box:port/ocpp"])
def test_what_is_no_websocket_address_is_told(complaint, url):
    assert url in complaint("simulate", url)


def test_a_central_system_that_is_not_there_is_told(complaint, port):
    assert f"127.0.0.1:{port}" in complaint("simulate", f"ws://127.0.0.1:{port}/ocpp")


def test_chargers_charge_until_their_sessions_are_done(edge_csms, server):
    done = edge_csms(
        "simulate",
        f"ws://127.0.0.1:{server}/ocpp",
        "--charge-points",
        2,
        "--sessions",
        1,
        "--speed",
        20000,
        "--prefix",
        "T",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("2/2 online · 0 charging with 0.0 kW · 2 sessions done, ")


def test_ctrl_c_ends_it_without_a_complaint(environment, server):
    arguments = ["simulate", f"ws://127.0.0.1:{server}/ocpp"]
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *arguments], env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout.readline().startswith("1/1 online")
        process.send_signal(signal.SIGINT)
        assert (process.wait(10), process.stderr.read()) == (0, "")


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_there_is_at_least_one_charger(complaint, count):
    assert "--charge-points" in complaint("simulate", "ws://127.0.0.1/ocpp", "--charge-points", count, code=2)
