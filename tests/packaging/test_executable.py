"""The executable, as its user starts it. `make site-test` builds it and says where it is."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

EXECUTABLE = os.environ.get("EDGE_CSMS_EXECUTABLE", "")
pytestmark = pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does")
LARGEST_BYTES = 5 * 25_000_000
SECONDS = 30.0
CONFIG = """\
[server]
host = "127.0.0.1"
port = {port}

[storage]
data_dir = "{data_dir}"

[ocpp]
new_charge_points = "accept"
unknown_id_tags = "accept"
"""


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin"}  # nothing of this project's own environment
    return subprocess.run(
        [EXECUTABLE, *arguments], input=text, capture_output=True, text=True, check=False, env=environment, timeout=60
    )


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(port=port, data_dir=tmp_path / "data"))
    return path


def url_of(settings: Path) -> str:
    found = re.search(r"port = (\d+)", settings.read_text())
    assert found
    return f"http://127.0.0.1:{found[1]}"


def get(url: str, token: str = "") -> bytes:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=SECONDS) as answer:
        body: bytes = answer.read()
        return body


@contextmanager
def serving(settings: Path) -> Iterator[subprocess.Popen[str]]:
    server = subprocess.Popen(
        [EXECUTABLE, "serve", "--config", str(settings)], env={"PATH": "/usr/bin:/bin"}, text=True
    )
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            assert server.poll() is None
            assert time.monotonic() < deadline
            try:
                get(url_of(settings) + "/healthz")
                break
            except OSError:
                time.sleep(0.02)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(SECONDS) == 0


def test_it_is_small_and_brings_a_sqlite_without_the_wal_reset_fault() -> None:
    assert Path(EXECUTABLE).stat().st_size < LARGEST_BYTES
    told = run("version")
    assert told.returncode == 0
    found = re.search(r"SQLite (\d+)\.(\d+)\.(\d+)", told.stdout)
    assert found
    assert tuple(map(int, found.groups())) >= (3, 51, 3)


def test_a_fault_of_the_user_is_one_line_and_no_traceback(settings: Path) -> None:
    settings.write_text("[server]\nport = 'nine'\n")
    told = run("check-config", "--config", str(settings))
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "Traceback" not in told.stderr


def test_chargers_charge_through_it_and_the_page_is_inside(settings: Path, tmp_path: Path) -> None:
    arguments = ("user", "add", "anna", "--role", "admin", "--password-stdin", "--config", str(settings))
    added = run(*arguments, text="Volt-Ampere-9\n")
    assert added.returncode == 0, added.stderr
    with serving(settings):
        url = url_of(settings)
        assert b"<!doctype html>" in get(url + "/")
        driven = run(
            "simulate",
            url.replace("http", "ws") + "/ocpp",
            "--charge-points",
            "3",
            "--sessions",
            "1",
            "--speed",
            "5000",
        )
        assert driven.returncode == 0, driven.stderr
        request = urllib.request.Request(
            url + "/api/auth/login/",
            json.dumps({"username": "anna", "password": "Volt-Ampere-9"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            token = json.load(answer)["access"]
        items = json.loads(get(url + "/api/v1/transactions", token))["items"]
        assert [item["state"] for item in items] == ["closed"] * 3
        assert run("backup", str(tmp_path / "backup"), "--config", str(settings)).returncode == 0
    assert run("restore", str(tmp_path / "backup"), "--config", str(settings)).returncode == 0
