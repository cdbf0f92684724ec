"""What a service manager hears of a real server: ready when it can be reached, alive while it lives, and its end."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.testing import bind_unused_port

from tests.program import COMMAND
from tests.raw_charger import RawCharger

WATCHDOG_SECONDS = 0.4
LONG_SECONDS = 15
SIGNS_OF_LIFE = ("WATCHDOG=1", "EXTEND_TIMEOUT_USEC=60000000")  # the latter while it starts


class Manager:
    """Starts the server as systemd does, and hears what it says."""

    def __init__(self, directory: Path) -> None:
        listener, self.port = bind_unused_port()
        listener.close()
        self._heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._heard.bind(str(directory / "notify"))
        self._heard.settimeout(LONG_SECONDS)
        self.log = directory / "log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EDGE_CSMS_")}
        with self.log.open("wb") as log:
            journal = os.fstat(log.fileno())
            environment |= {
                "EDGE_CSMS_SERVER_HOST": "127.0.0.1",
                "EDGE_CSMS_SERVER_PORT": str(self.port),
                "EDGE_CSMS_OCPP_NEW_CHARGE_POINTS": "accept",
                "NOTIFY_SOCKET": str(directory / "notify"),
                "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1_000_000)),
                "JOURNAL_STREAM": f"{journal.st_dev}:{journal.st_ino}",
            }
            self.server = subprocess.Popen(
                [*COMMAND, "serve"], cwd=directory, env=environment, stdout=subprocess.DEVNULL, stderr=log
            )

    def hear(self) -> str:
        return self._heard.recv(1000).decode()

    def hear_until(self, word: str) -> str:
        while not (said := self.hear()).startswith(word):
            assert said in SIGNS_OF_LIFE
        return said

    def hears_nothing(self, seconds: float) -> bool:
        self._heard.settimeout(seconds)
        try:
            self._heard.recv(1000)
        except TimeoutError:
            return True
        finally:
            self._heard.settimeout(LONG_SECONDS)
        return False

    def forget(self) -> None:
        """Pass over what was said so far."""
        self._heard.setblocking(False)
        try:
            while self._heard.recv(1000):
                pass
        except BlockingIOError:
            self._heard.settimeout(LONG_SECONDS)

    def close(self) -> None:
        self.server.kill()
        self.server.wait()
        self._heard.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(tmp_path)
    yield manager
    manager.close()


async def test_it_is_ready_when_chargers_can_come_and_says_so_when_it_goes(manager: Manager) -> None:
    assert manager.hear_until("READY=1") == f"READY=1\nSTATUS=serving on port {manager.port}"
    async with RawCharger(manager.port) as charger:  # which connects at the first try
        await charger.heartbeat()
        manager.server.send_signal(signal.SIGTERM)
        manager.hear_until("STOPPING=1")
        assert await charger.closed() == 1001
    assert manager.server.wait(LONG_SECONDS) == 0
    assert manager.log.read_text().startswith("<6>INFO ")


def test_a_process_that_hangs_feeds_no_more_and_its_end_tells_where_it_hung(manager: Manager) -> None:
    manager.hear_until("READY=1")
    manager.hear_until("WATCHDOG=1")
    manager.server.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, manager.server.pid, os.WSTOPPED)
    manager.forget()
    assert manager.hears_nothing(2 * WATCHDOG_SECONDS)
    manager.server.send_signal(signal.SIGABRT)  # what systemd does then, and SIGCONT after it
    manager.server.send_signal(signal.SIGCONT)
    assert manager.server.wait(LONG_SECONDS) == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in manager.log.read_text()


def test_it_answers_as_soon_as_it_says_that_it_is_ready(manager: Manager) -> None:
    manager.hear_until("READY=1")
    with urllib.request.urlopen(f"http://127.0.0.1:{manager.port}/healthz", timeout=LONG_SECONDS) as answer:
        assert answer.status == 200
