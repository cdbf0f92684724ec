"""What README.md tells an installer is done here word by word on a bare Debian 12, so that it can't become wrong."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging import newcomer
from tests.packaging.debian_box import ADDRESS, ROOT, DebianBox
from tests.program import EXECUTABLE

pytestmark = [
    pytest.mark.site,
    pytest.mark.skipif(not EXECUTABLE, reason="no executable was built: `make site-test` does"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a root directory"),
]

DIST = Path(EXECUTABLE).parents[1] if EXECUTABLE else Path()
# Lines of code, and what stands in a line as code and begins with a program.
COMMAND = re.compile(r"^    (.+)$|`((?:sudo|tar|edge-csms|systemctl|journalctl) [^`]+)`", re.MULTILINE)


def told(section: str) -> list[str]:
    """List the commands of a section of README.md, as root types them."""
    text = (ROOT / "README.md").read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [(line or span).removeprefix("sudo ") for line, span in COMMAND.findall(text)]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[DebianBox]:
    """Give a box to which package and archive were carried, and a new password."""
    box = DebianBox(tmp_path / "box")
    for file in (*DIST.glob("*.deb"), *DIST.glob("*.tar.gz")):
        box.bring(file)
    box.path("/root/password").write_text(newcomer.PASSWORD + "\n")
    yield box
    box.close()


def install(box: DebianBox, program: str) -> tuple[str, str]:
    """Install it by the command that begins with this program; gives the address and the set-up code that it tells."""
    (command,) = (one for one in told("Install it on a box") if one.startswith(program))
    said = box.run(f"cd /root && {command}")
    page, code = re.search(r"admin page: (http\S+)", said), re.search(r"set-up code ([A-Z2-9-]+),", said)
    assert page, said
    assert code, said
    assert ADDRESS in page[1]
    return page[1], code[1]


def charge(box: DebianBox, page: str, code: str) -> None:
    """Set the site up, and let its first charger charge, beside the box."""
    said = box.run_beside(sys.executable, newcomer.__file__, page, code)
    assert said == f"{newcomer.IDENTITY} charged {newcomer.ENERGY_WH} Wh\n"


def test_a_newcomer_installs_the_package_and_the_first_charger_charges(box: DebianBox) -> None:
    with box.booted():
        page, code = install(box, "apt ")
        assert code in box.run("edge-csms welcome")
        charge(box, page, code)
        others = [one for one in told("Install it on a box") if not one.startswith(("apt ", "tar "))]
        helpful = [
            one.replace("NAME", "anna --password-stdin < /root/password") for one in told("When something is wrong")
        ]
        assert len(others) > 1
        assert len(helpful) > 3
        for command in others + helpful:
            box.run(command)


def test_a_newcomer_without_apt_installs_the_archive(box: DebianBox) -> None:
    with box.booted():
        charge(box, *install(box, "tar "))
