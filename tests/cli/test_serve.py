"""`serve`: starts, answers, stops; and says in one line why it can't."""

import signal
import socket
import subprocess
from datetime import UTC, datetime

import pytest

from edge_csms.services.certificate_authority import CertificateAuthority
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


@pytest.fixture
def tls_files(tmp_path, environment, port):
    """Certificates and keys of an operator, with the port and the directory in which they lie; TLS is on."""
    files = CertificateAuthority(tmp_path, "Operator").server_files(["localhost"], datetime.now(UTC))
    environment |= {"EDGE_CSMS_TLS_ENABLED": "true", "EDGE_CSMS_TLS_PORT": "0"}
    return files


def test_a_key_of_another_certificate_is_told(complaint, environment, tls_files):
    (certificate, _), (_, key) = tls_files
    environment |= {"EDGE_CSMS_TLS_CERTIFICATE": str(certificate), "EDGE_CSMS_TLS_KEY": str(key)}
    assert f"{key} is not the key of the certificate {certificate}" in complaint("serve")


def test_authorities_for_clients_that_are_none_are_told(complaint, environment, tls_files):
    (_, key), _ = tls_files
    environment |= {"EDGE_CSMS_TLS_CLIENT_CA": str(key)}
    assert f"client_ca: {key}" in complaint("serve")


def test_a_damaged_authority_of_the_box_is_told(complaint, environment, tls_files, tmp_path):
    environment["EDGE_CSMS_STORAGE_DATA_DIR"] = str(tmp_path)
    (tmp_path / "tls" / "root-rsa.key").write_text("no key")
    assert "root-rsa.key" in complaint("serve")
