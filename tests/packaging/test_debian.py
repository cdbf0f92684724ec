"""The package, the archive and the unit on a bare Debian 12: installed, upgraded, hung and removed.

What stands here is what an installer at a site goes through; nothing but the base of Debian is on the box.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_csms import VERSION
from tests.packaging.debian_box import DebianBox
from tests.program import EXECUTABLE

pytestmark = [
    pytest.mark.site,
    pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a root directory"),
]

DIST = Path(EXECUTABLE).parents[1] if EXECUTABLE else Path()
NEWER = "999.0.0"
TREES = "/usr/lib/edge-csms"
DATA = "/var/lib/edge-csms"
SETTINGS = "/etc/edge-csms/config.toml"
WELCOMING = f"""sed -i 's/^# new_charge_points = .*/new_charge_points = "accept"/' {SETTINGS}
sed -i 's/^# unknown_id_tags = .*/unknown_id_tags = "accept"/' {SETTINGS}"""
CHARGE = "edge-csms simulate ws://127.0.0.1:8001/ocpp --charge-points 2 --sessions 1 --speed 5000"
RESTART_SECONDS = 30


@pytest.fixture
def box(tmp_path: Path) -> Iterator[DebianBox]:
    box = DebianBox(tmp_path / "box")
    yield box
    box.close()


def package() -> Path:
    (found,) = DIST.glob(f"edge-csms_{VERSION}_*.deb")
    return found


def newer_package(directory: Path) -> Path:
    """Make the package of a version to come, out of this one's files."""
    files = directory / "newer"
    subprocess.run(["dpkg-deb", "--raw-extract", str(package()), str(files)], check=True)
    (files / TREES[1:] / VERSION).rename(files / TREES[1:] / NEWER)
    (files / TREES[1:] / "current").unlink()
    (files / TREES[1:] / "current").symlink_to(NEWER)
    (files / "DEBIAN" / "md5sums").unlink()
    for name in ("control", "preinst"):
        script = files / "DEBIAN" / name
        script.write_text(script.read_text().replace(VERSION, NEWER))
    quickly = ["dpkg-deb", "--build", "-Zgzip", "-z1", "--root-owner-group"]
    subprocess.run([*quickly, str(files), str(directory / "newer.deb")], check=True)
    return directory / "newer.deb"


def told_code(said: str) -> str:
    found = re.search(r"set-up code ([A-Z2-9-]+),", said)
    assert found, said
    return found[1]


def main_process(box: DebianBox) -> int:
    return int(box.run("systemctl show --property=MainPID --value edge-csms"))


def test_a_package_that_is_installed_serves_a_site_and_tells_how_to_begin(box: DebianBox) -> None:
    file = box.bring(package())
    with box.booted():
        said = box.run(f"dpkg --install {file}")
        assert "http://" in said
        assert box.run(f"cat {DATA}/setup-code").strip() == told_code(said)
        assert box.run("systemctl is-enabled edge-csms; systemctl is-active edge-csms").split() == ["enabled", "active"]
        box.run(f"{WELCOMING}\nsystemctl restart edge-csms")
        box.run(CHARGE)  # at once: the start has waited until the port was open
        assert box.run(f"stat --format='%a %U' {DATA} {DATA}/edge-csms.db").split() == [
            *("700", "edge-csms"),
            *("600", "edge-csms"),
        ]
        box.run(f"runuser -u nobody -- cat {DATA}/secrets", fails=True)
        assert "SIM-001 connected" in box.run("journalctl --unit=edge-csms --priority=info..info --output=cat")
        box.run("systemctl stop edge-csms")
        assert "success" in box.run("systemctl show --property=Result edge-csms")


def test_a_server_that_hangs_is_started_anew_and_says_where_it_hung(box: DebianBox) -> None:
    file = box.bring(package())
    with box.booted():
        box.run(f"dpkg --install {file}\n{WELCOMING}\nsystemctl restart edge-csms")
        box.run(CHARGE)
        hung = main_process(box)
        box.run(
            f"kill -STOP {hung}\n"
            f"timeout {RESTART_SECONDS} sh -c "
            "'until [ $(systemctl show --property=NRestarts --value edge-csms) = 1 ] &&"
            " systemctl is-active --quiet edge-csms; do sleep 0.2; done'"
        )
        assert main_process(box) != hung
        said = box.run("journalctl --unit=edge-csms --output=cat")
        assert "Watchdog timeout" in said
        assert "Fatal Python error: Aborted" in said
        box.run(CHARGE)


def test_an_image_without_systemd_takes_the_package_too(box: DebianBox) -> None:
    said = box.run(f"dpkg --install {box.bring(package())}")
    assert "systemd does not run here" in said
    assert box.run(f"cat {DATA}/setup-code").strip() == told_code(said)
    assert box.path("/etc/systemd/system/multi-user.target.wants/edge-csms.service").is_symlink()
    assert box.run("edge-csms check-config").strip() == "no faults"


def test_an_upgrade_keeps_data_and_settings_and_there_is_no_way_down(box: DebianBox, tmp_path: Path) -> None:
    old, new = box.bring(package()), box.bring(newer_package(tmp_path))
    with box.booted():
        code = told_code(box.run(f"dpkg --install {old}"))
        box.run(f"{WELCOMING}\nsystemctl restart edge-csms")
        before = box.run(f"cat {SETTINGS}")
        assert told_code(box.run(f"dpkg --install {new}")) == code
        assert box.run("systemctl is-active edge-csms").strip() == "active"
        assert box.run(f"readlink {TREES}/current; ls {TREES}").split() == [NEWER, NEWER, "current"]
        assert box.run(f"cat {SETTINGS}") == before
        assert "could not read its database" in box.run(f"dpkg --install {old}", fails=True)
        assert box.run("systemctl is-active edge-csms").strip() == "active"


def test_what_is_needed_for_bills_survives_even_a_purge(box: DebianBox) -> None:
    file = box.bring(package())
    with box.booted():
        box.run(f"dpkg --install {file}")
        box.run("dpkg --remove edge-csms")
        box.run(
            f"test ! -e {TREES} && test ! -e /usr/bin/edge-csms && test -e {SETTINGS} && test -e {DATA}/edge-csms.db"
        )
        box.run("systemctl is-active edge-csms", fails=True)
        said = box.run("dpkg --purge edge-csms")
        assert f"rm -r {DATA}" in said
        box.run(f"test ! -e /etc/edge-csms && test -e {DATA}/edge-csms.db")
        box.run(f"dpkg --install {file} && systemctl is-active edge-csms")  # it finds its site again


def test_a_purge_leaves_nothing_where_nothing_was_recorded(box: DebianBox) -> None:
    box.run(f"dpkg --install {box.bring(package())} && dpkg --purge edge-csms")
    box.run(f"test ! -e {DATA} && test ! -e {TREES} && test ! -e /etc/edge-csms")


def test_settings_with_a_fault_are_told_and_nothing_is_left_half_installed(box: DebianBox) -> None:
    box.path("/etc/edge-csms").mkdir()
    box.path(SETTINGS).write_text("[server]\nprot = 8001\n")
    said = box.run(f"dpkg --install --force-confold {box.bring(package())}")
    assert f"{SETTINGS}, line 2: server.prot is no known key" in said
    assert "ii" in box.run("dpkg-query --show --showformat='${db:Status-Abbrev}' edge-csms")


def test_without_apt_the_program_installs_itself_from_its_archive(box: DebianBox) -> None:
    (archive,) = DIST.glob(f"edge-csms-{VERSION}-*.tar.gz")
    file = box.bring(archive)
    with box.booted():
        said = box.run(f"cd /tmp && tar --extract --file {file} && edge-csms-*/edge-csms install")
        assert box.run(f"cat {DATA}/setup-code").strip() == told_code(said)
        box.run(f"{WELCOMING}\nrm -r /tmp/edge-csms-*\nsystemctl restart edge-csms")
        box.run(CHARGE)
        box.run("edge-csms install")  # again, from its own place
        assert "data stay" in box.run("edge-csms uninstall")
        box.run(
            f"test ! -e {TREES} && test ! -e /usr/bin/edge-csms && test -e {SETTINGS} && test -e {DATA}/edge-csms.db"
        )
        box.run("systemctl is-active edge-csms", fails=True)
        box.run(f"cd /tmp && tar --extract --file {file} && edge-csms-*/edge-csms install")
        box.run(CHARGE)
        box.run(f"echo [broken >>{SETTINGS}")  # no reason to keep it
        assert "has faults" in box.run("edge-csms uninstall --with-data")
        box.run(f"test ! -e {DATA} && test ! -e /etc/edge-csms")
