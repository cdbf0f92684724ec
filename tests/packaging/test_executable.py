"""The executable, as one file and as a directory: what it brings, how quickly it starts, and that it stands alone."""

import http.client
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tornado.testing import bind_unused_port

from edge_csms.ocpp.v16.core import Reset
from tests.program import EXECUTABLE

pytestmark = pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does")

ONEDIR = Path(EXECUTABLE)
DIST = ONEDIR.parents[1] if EXECUTABLE else Path()
ONEFILE = DIST / "edge-csms"
PROGRAMS = pytest.mark.parametrize("program", [ONEDIR, ONEFILE], ids=["directory", "one file"])
SECONDS = 30.0
OLDEST_GLIBC = (2, 36)  # Debian 12 and Raspberry Pi OS have it
# Processor time, as the clock on the wall tells more of the machine's other work. Idle, both are nearly the same.
MOST_START_SECONDS = {ONEDIR: 0.8, ONEFILE: 1.2}


def run(program: Path, *arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    alone = {"PATH": "/usr/bin:/bin", **environment}  # nothing of this project's own environment
    command = [str(program), *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, env=alone, timeout=60)


def get(port: int, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def serving(program: Path, data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    listener, port = bind_unused_port()
    listener.close()
    environment = {
        "PATH": "/usr/bin:/bin",
        "EDGE_CSMS_SERVER_HOST": "127.0.0.1",
        "EDGE_CSMS_SERVER_PORT": str(port),
        "EDGE_CSMS_STORAGE_DATA_DIR": str(data_dir),
        "EDGE_CSMS_OCPP_NEW_CHARGE_POINTS": "accept",
        "EDGE_CSMS_OCPP_UNKNOWN_ID_TAGS": "accept",
    }
    server = subprocess.Popen([program, "serve"], env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            assert server.poll() is None
            assert time.monotonic() < deadline
            try:
                assert get(port, "/healthz")[0] == 200
                break
            except OSError:
                time.sleep(0.005)  # between two attempts
        yield server, port
    finally:
        server.terminate()
        assert server.wait(SECONDS) == 0


def processor_seconds(pid: int) -> float:
    """Tell what a process and its children have used; as one file, the program is a child of what unpacks it."""
    used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(used[11]) + int(used[12])) / 100 + sum(processor_seconds(int(child)) for child in children)


def test_it_knows_when_its_commit_was_made() -> None:
    known = (ONEDIR.parent / "_internal/edge_csms/build-time").read_text()
    assert int(known) == ONEFILE.stat().st_mtime  # which packaging/build gives to all files


@PROGRAMS
def test_it_brings_a_sqlite_without_the_wal_reset_fault(program: Path) -> None:
    told = run(program, "version")
    assert told.returncode == 0
    found = re.search(r"SQLite (\d+)\.(\d+)\.(\d+)", told.stdout)
    assert found
    assert tuple(map(int, found.groups())) >= (3, 51, 3)


@PROGRAMS
def test_a_fault_of_the_user_is_one_line_and_no_traceback(program: Path, tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text("[server]\nport = 'nine'\n")
    told = run(program, "check-config", "--config", str(settings))
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)


@PROGRAMS
def test_chargers_charge_through_it_and_the_page_is_inside(program: Path, tmp_path: Path) -> None:
    with serving(program, tmp_path / "data") as (_, port):
        assert b"<!doctype html>" in get(port, "/")[1]
        driven = run(program, "simulate", f"ws://127.0.0.1:{port}/ocpp", "--sessions", "1", "--speed", "5000")
        assert driven.returncode == 0, driven.stderr


def test_its_api_describes_itself_as_from_source(tmp_path: Path) -> None:
    with serving(ONEDIR, tmp_path / "data") as (_, port):
        status, text = get(port, "/api/openapi.json")
    document = json.loads(text)
    assert status == 200
    call = document["paths"]["/api/v1/charge-points/{charge_point_id}/calls/Reset"]["post"]
    assert call["summary"] == f"Send Reset: {Reset.__doc__}"
    assert all(schema["description"] for schema in document["components"]["schemas"].values())


@PROGRAMS
def test_it_starts_quickly(program: Path, tmp_path: Path) -> None:
    used, waited = [], []
    for _ in range(4):  # the first makes the database and warms the disk's cache
        begun = time.monotonic()
        with serving(program, tmp_path / "data") as (server, _):
            waited.append(time.monotonic() - begun)
            used.append(processor_seconds(server.pid))
    print(f"\n{program.name}: processor {min(used[1:]):.2f} s, wall {min(waited[1:]):.2f} s to the first answer")
    assert min(used[1:]) <= MOST_START_SECONDS[program]


def test_what_was_built_is_described() -> None:
    facts = dict(line.split(" ", 1) for line in (DIST / "BUILD.txt").read_text().splitlines())
    assert tuple(map(int, facts["glibc"].split()[0].split("."))) <= OLDEST_GLIBC
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=DIST, check=False)
    assert checked.returncode == 0


def test_the_bill_of_materials_names_every_part() -> None:
    bill = json.loads((DIST / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "edge-csms")
    parts = {part["name"]: part.get("version") for part in bill["components"]}
    assert parts["SQLite"] >= "3.51.3"
    assert {"tornado", "peewee", "apsw", "cryptography", "CPython", "preact", "libcrypto.so.3"} <= parts.keys()
    inside = {path.name.split("-")[0].lower() for path in ONEDIR.parent.rglob("*.dist-info")}
    assert inside <= {name.lower().replace("-", "_") for name in parts}


def test_as_one_file_it_does_not_become_a_service() -> None:
    told = run(ONEFILE, "install")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "made to be carried" in told.stderr
