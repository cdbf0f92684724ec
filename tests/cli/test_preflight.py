"""`preflight`: what of the machine hinders the server, with what mends it; exit code 1 with faults."""

import os
import socket


def test_a_sound_machine_passes(edge_csms, port):
    done = edge_csms("preflight")
    lines = {line[9:].partition(":")[0]: line for line in done.stdout.splitlines()}
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[f"port {port}"] == f"ok       port {port}: free"
    assert {"data directory", "file system", "disk space", "clock", "addresses", "host name"} <= lines.keys()


def test_a_port_in_use_is_a_fault(edge_csms, environment):
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]
        environment |= {"EDGE_CSMS_SERVER_PORT": str(number), "EDGE_CSMS_SERVER_HOST": "127.0.0.1"}
        done = edge_csms("preflight")
    assert done.returncode == 1
    assert f"fault    port {number}: another program uses it (change [server] port" in done.stdout


def test_the_ports_of_a_running_server_are_no_fault(edge_csms, server):
    done = edge_csms("preflight")
    assert done.returncode == 0
    assert f"port {server}: this server listens on it" in done.stdout


def test_nothing_is_made(edge_csms, tmp_path, port):
    before = os.listdir(tmp_path)
    edge_csms("preflight")
    assert os.listdir(tmp_path) == before
