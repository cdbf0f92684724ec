"""A server that starts shows that it gets on: at once, while the database works, and while it waits for the disk."""

import socket
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from edge_csms.services import signs_of_life
from edge_csms.services.service_manager import ServiceManager
from edge_csms.services.signs_of_life import EXTEND, SignsOfLife
from edge_csms.services.update_spool import REQUESTED, Spool

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM n"


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """Give the socket at which the service manager hears of the server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield listener


@pytest.fixture
def life(tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> SignsOfLife:
    monkeypatch.setattr(signs_of_life, "SIGN_EVERY_SECONDS", 0.0)
    Spool(tmp_path).prepare()
    return SignsOfLife(ServiceManager({"NOTIFY_SOCKET": listener.getsockname()}), tmp_path)


def heard(listener: socket.socket) -> list[str]:
    """Give what the service manager has heard since it was last asked."""
    said = []
    while True:
        try:
            said.append(listener.recv(100).decode())
        except BlockingIOError:
            return said


async def test_a_database_that_works_is_a_sign(life: SignsOfLife, listener: socket.socket) -> None:
    signs = []

    async def start() -> None:
        signs.append(heard(listener))
        apsw.Connection("").execute(LONG).fetchall()
        signs.append(heard(listener))

    await life.shown_while(start())
    assert signs[0] == [EXTEND]
    assert EXTEND in signs[1]
    apsw.Connection("").execute(LONG).fetchall()
    assert heard(listener) == []


def test_that_the_event_loop_lives_is_none(life: SignsOfLife, listener: socket.socket, tmp_path: Path) -> None:
    life.look()
    assert heard(listener) == ["WATCHDOG=1"]


def test_a_thread_that_waits_for_the_disk_is_one(
    life: SignsOfLife, listener: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for thread, state in (("1", "S"), ("2", "D")):  # as /proc/self/task shows them; a slow disk can't be had here
        (tmp_path / "task" / thread).mkdir(parents=True)
        (tmp_path / "task" / thread / "stat").write_text(f"{thread} (a D (name) {state} 1 1")
    monkeypatch.setattr(signs_of_life, "THREADS", tmp_path / "task")
    life.look()
    assert heard(listener) == ["WATCHDOG=1", EXTEND]


def test_only_an_updater_at_work_makes_it_write(life: SignsOfLife, tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    life.show()
    assert spool.last_sign_of_life() is None
    (spool.path / REQUESTED).touch()
    life.show()
    assert spool.last_sign_of_life() is not None


def test_signs_are_not_shown_more_often_than_anybody_needs(
    life: SignsOfLife, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signs_of_life, "SIGN_EVERY_SECONDS", 3600.0)
    life.show()
    life.show()
    assert heard(listener) == [EXTEND]
