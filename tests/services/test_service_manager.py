"""The service manager hears what systemd understands, at either kind of address; without one all goes on."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_csms.services.service_manager import ServiceManager


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """Give a socket that listens as systemd does, and its address as systemd tells it."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path if request.param == "path" else f"\0{path}")
        listener.settimeout(5)
        yield listener, path if request.param == "path" else f"@{path}"


def test_it_hears_all_that_is_said_at_once(manager: tuple[socket.socket, str]) -> None:
    listener, address = manager
    ServiceManager({"NOTIFY_SOCKET": address}).tell("READY=1", "STATUS=serving")
    assert listener.recv(100) == b"READY=1\nSTATUS=serving"


def test_without_one_nothing_is_said_and_nothing_is_fed() -> None:
    nobody = ServiceManager({})
    nobody.tell("READY=1")
    assert nobody.watchdog_seconds is None


def test_one_that_left_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("WATCHDOG=1")
    assert "can't be told WATCHDOG=1" in caplog.text


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "20000000"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid())}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_where_it_was_asked_for(environment: dict[str, str], seconds: float | None) -> None:
    assert ServiceManager(environment).watchdog_seconds == seconds
