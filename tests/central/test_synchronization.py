"""Whether the box's clock is kept right from outside: what the kernel or systemd says, or systemd-timesyncd leaves."""

import os
import threading
import time
from pathlib import Path

import pytest

from edge_csms.central import synchronization
from edge_csms.central.synchronization import FRESH_SECONDS, JITTER_SECONDS, Systemd, is_synchronized


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the mark on a box whose kernel may not be asked."""
    monkeypatch.setattr(synchronization, "_kernel_says_so", lambda: False)
    monkeypatch.setattr(synchronization, "systemd", Systemd(("false",)))
    mark = tmp_path / "synchronized"
    mark.touch()
    return mark


def age(mark: Path, seconds: float) -> None:
    os.utime(mark, (time.time() - seconds,) * 2)


def test_the_kernel_of_this_machine_can_be_asked(tmp_path: Path) -> None:
    assert is_synchronized(tmp_path / "no mark") in (True, False)


def test_a_fresh_mark_says_so_and_none_says_nothing(mark: Path) -> None:
    assert is_synchronized(mark)
    age(mark, FRESH_SECONDS - 60)
    assert is_synchronized(mark)
    mark.unlink()
    assert not is_synchronized(mark)


@pytest.mark.parametrize("seconds", [FRESH_SECONDS + 60, 3650 * 86400.0, -JITTER_SECONDS - 60, -3600.0])
def test_a_mark_from_before_the_clock_was_set_says_nothing(mark: Path, seconds: float) -> None:
    age(mark, seconds)
    assert not is_synchronized(mark)


@pytest.mark.parametrize(("answer", "is_right"), [("yes", True), ("no", False)])
def test_systemd_is_believed_whichever_daemon_sets_the_clock(
    mark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, is_right: bool
) -> None:
    mark.unlink()
    asked = tmp_path / "asked"
    systemd = Systemd(("sh", "-c", f"touch {asked}; echo {answer}"))
    monkeypatch.setattr(synchronization, "systemd", systemd)
    assert not is_synchronized(mark)  # nobody waits for the answer
    (asking,) = (thread for thread in threading.enumerate() if thread.name == "time synchronization")
    asking.join(10)
    assert asked.exists()
    assert is_synchronized(mark) is is_right


def test_an_answer_counts_for_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synchronization, "ANSWER_SECONDS", -1.0)  # what systemd said before somebody set the clock
    systemd = Systemd(("echo", "yes"))
    systemd._ask()
    assert not systemd.says_so()


def test_where_there_is_no_systemd_nobody_confirms(tmp_path: Path) -> None:
    systemd = Systemd((str(tmp_path / "absent"),))
    systemd._ask()
    assert not systemd.says_so()
