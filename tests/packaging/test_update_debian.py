"""Updates on a bare Debian 12: systemd starts the updater with its few rights, for a server that has none."""

import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from release import make_key, make_release

from edge_csms import VERSION
from edge_csms.central.synchronization import COMMAND
from edge_csms.services.installation import Installation
from edge_csms.services.update_spool import RELEASE, REQUESTED, RESULT, Result, Spool, Wish
from edge_csms.updates.site import Site
from tests.packaging.debian_box import DebianBox
from tests.packaging.test_update import TREE
from tests.program import EXECUTABLE

pytestmark = [
    pytest.mark.site,
    pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a root directory"),
]

OLDER, NEWER = "0.0.1", "999.0.0"
TREES = "/usr/lib/edge-csms"
DATA = "/var/lib/edge-csms"
SETTINGS = "/etc/edge-csms/config.toml"
WELCOMING = f"""sed -i 's/^# new_charge_points = .*/new_charge_points = "accept"/' {SETTINGS}
sed -i 's/^# unknown_id_tags = .*/unknown_id_tags = "accept"/' {SETTINGS}
systemctl restart edge-csms"""
SIMULATE = "systemd-run --unit=chargers edge-csms simulate ws://127.0.0.1:8001/ocpp --charge-points 3"
SECONDS = 200.0


class UpdatedBox:
    """A box on which the executable is installed, and whose pinned key the tests have the secret half of."""

    def __init__(self, debian: DebianBox, directory: Path) -> None:
        self.debian = debian
        self.installation = Installation(debian.path(TREES))
        self.spool = Spool(debian.path(DATA))
        self.switched_at = 0.0  # when the last update was
        self._directory = directory
        self._key, self._pinned = make_key(directory / "keys")

    def install(self) -> None:
        """Install the executable and let three chargers come."""
        archive = self._directory / "program.tar"
        with tarfile.open(archive, "w") as file:
            file.add(TREE, "program")
        self.debian.run(f"cd /tmp && tar --extract --file {self.debian.bring(archive)} && program/edge-csms install")
        shutil.copyfile(self._pinned, self.installation.key_file)
        self.debian.run(f"{WELCOMING}\n{SIMULATE}")
        self.wait_for_chargers()

    def update(self, version: str, tree: Path = TREE) -> Result:
        """Bring a program, the same if no other, as a version, and ask for it as the server does; gives what came."""
        release = make_release(self._key, tree, self._directory, version, minimum_version="0.0.1")
        owner = self.spool.path.stat()
        shutil.copyfile(release, self.spool.path / RELEASE)
        os.chown(self.spool.path / RELEASE, owner.st_uid, owner.st_gid)
        self.spool.write(REQUESTED, Wish(version=version, username="anna", address="", at=datetime.now(UTC)))
        deadline = time.monotonic() + SECONDS
        while self.spool.has(REQUESTED):
            assert time.monotonic() < deadline, self.debian.run("journalctl --unit=edge-csms-update")
            if self.installation.current == version and not self.switched_at:
                self.switched_at = time.monotonic()
            time.sleep(0.1)  # until the updater is done
        result = self.spool.read(RESULT, Result)
        assert result is not None
        return result

    def wait_for_chargers(self) -> None:
        """Wait until three chargers are connected to the server that runs now."""
        site, deadline = Site(self.spool.path.parent), time.monotonic() + 60
        while (status := site.status()) is None or len(status.charge_points) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.2)  # until more of them have come


@pytest.fixture
def box(tmp_path: Path) -> Iterator[UpdatedBox]:
    debian = DebianBox(tmp_path / "box")
    yield UpdatedBox(debian, tmp_path)
    debian.close()


def test_an_update_that_the_server_asks_for_is_carried_out_by_systemd(box: UpdatedBox) -> None:
    with box.debian.booted():
        box.install()
        box.debian.run("systemctl stop edge-csms")
        box.installation.tree(VERSION).rename(box.installation.tree(OLDER))  # let it be an older one
        box.installation.switch(OLDER)
        box.debian.run("systemctl start edge-csms")
        box.wait_for_chargers()
        result = box.update(VERSION)
        assert (result.outcome, result.from_version, result.to_version) == ("updated", OLDER, VERSION), result
        assert box.installation.current == VERSION
        box.wait_for_chargers()
        assert box.debian.run("systemctl is-active edge-csms edge-csms-update.path").split() == ["active", "active"]


def test_a_version_that_does_not_do_goes_back_under_systemd(box: UpdatedBox) -> None:
    with box.debian.booted():
        box.install()
        result = box.update(NEWER)  # which says of itself that it is another version
        assert (result.outcome, result.code) == ("returned", "unhealthy"), result
        assert result.missing_charge_points == ()
        assert box.installation.current == VERSION
        box.wait_for_chargers()
        owners = box.debian.run(f"find {DATA} -printf '%U\\n' | sort -u").split()
        assert len(owners) == 1
        assert box.debian.run(f"stat --format=%U {DATA}").strip() == "edge-csms"
        shown = box.debian.run("journalctl --unit=edge-csms-update --output=cat")
        assert "switching back" in shown, shown


def test_a_version_that_hangs_makes_room_under_systemd_within_a_minute(box: UpdatedBox, tmp_path: Path) -> None:
    (tmp_path / "hanging").mkdir()
    program = tmp_path / "hanging" / "edge-csms"
    program.write_text("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n")
    program.chmod(0o755)
    with box.debian.booted():
        box.install()
        result = box.update(NEWER, tmp_path / "hanging")
        box.wait_for_chargers()
        seconds = time.monotonic() - box.switched_at
        print(f"the old version and its chargers are back {seconds:.0f} s after the switch")
        assert (result.outcome, result.code, result.missing_charge_points) == ("returned", "not_started", ()), result
        assert seconds < 60
        assert box.installation.current == VERSION


def test_the_service_may_ask_systemd_whether_the_clock_is_kept_right(box: UpdatedBox) -> None:
    ask = " ".join(COMMAND)
    instead = box.debian.path("/etc/systemd/system/edge-csms.service.d/ask.conf")
    with box.debian.booted():
        box.install()
        instead.parent.mkdir()
        instead.write_text(f"[Service]\nType=oneshot\nRestart=no\nWatchdogSec=0\nExecStart=\nExecStart={ask}\n")
        box.debian.run("systemctl daemon-reload && systemctl restart edge-csms")
        said = box.debian.run("journalctl --unit=edge-csms --output=cat").splitlines()
        assert box.debian.run(ask).strip() in said, said[-10:]
