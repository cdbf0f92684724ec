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
    assert said.read_text() == "start edge-csms.service\n"


def test_what_does_not_work_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(ServiceFault, match="did not start: the port is taken"):
        Service(program(tmp_path / "own", "echo the port is taken >&2; exit 1")).start()
    with pytest.raises(ServiceFault, match="can't be told to stop"):
        Service(tmp_path / "absent").stop()
