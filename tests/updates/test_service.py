"""Starting and stopping the server through a program."""

from pathlib import Path

import pytest

from edge_csms.updates import service
from edge_csms.updates.service import Service, ServiceFault


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_server_is_started_and_stopped(tmp_path: Path) -> None:
    said = tmp_path / "said"
    own = Service(program(tmp_path / "own", f'echo "$@" >>{said}'))
    own.start()
    own.stop()
    assert said.read_text() == "start\nstop\n"


def test_by_itself_it_asks_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    monkeypatch.setattr(service, "SYSTEMCTL", (str(program(tmp_path / "systemctl", f'echo "$@" >>{said}')),))
    Service().start()
    Service().stop(kill_after=60)
    assert said.read_text() == "start edge-csms.service\nstop edge-csms.service\n"


def test_what_does_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, killed = tmp_path / "said", tmp_path / "killed"
    acts = f"case $1 in kill) touch {killed};; stop) [ -e {killed} ] || exec sleep 60;; esac"
    monkeypatch.setattr(service, "SYSTEMCTL", (str(program(tmp_path / "systemctl", f'echo "$@" >>{said}; {acts}')),))
    Service().stop(kill_after=0.1)
    unit = "edge-csms.service"
    assert said.read_text() == f"stop {unit}\nkill --signal=SIGKILL {unit}\nstop {unit}\n"


def test_a_server_that_hangs_while_it_starts_is_not_waited_for(tmp_path: Path) -> None:
    looks = iter([False, False, True])
    with pytest.raises(ServiceFault, match="hangs"):
        Service(program(tmp_path / "own", "exec sleep 60")).start(lambda: next(looks))


def test_what_does_not_work_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ServiceFault, match="did not start: the port is taken"):
        Service(program(tmp_path / "own", "echo the port is taken >&2; exit 1")).start()
    with pytest.raises(ServiceFault, match="can't be told to stop"):
        Service(tmp_path / "absent").stop()
