"""The unit of systemd: understood, hardened, and explained line by line."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"
UNIT = UNITS / "edge-csms.service"
MOST_EXPOSURE = 1.5
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")


def analyze(*arguments: str) -> str:
    done = subprocess.run(["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@needs_systemd
def test_what_could_be_done_from_inside_is_little() -> None:
    told = analyze("security", "--offline=yes", str(UNIT))
    found = re.search(r"Overall exposure level for edge-csms\.service: ([\d.]+)", told)
    assert found
    assert float(found[1]) <= MOST_EXPOSURE


@needs_systemd
@pytest.mark.parametrize("unit", sorted(UNITS.iterdir()), ids=lambda path: path.name)
def test_systemd_understands_all_of_it(unit: Path, tmp_path: Path) -> None:
    for one in UNITS.iterdir():  # they name each other, and a program that isn't installed here
        (tmp_path / one.name).write_text(re.sub(r"^(Exec\w+=)\S+", r"\1/bin/true", one.read_text(), flags=re.MULTILINE))
    assert analyze("verify", "--recursive-errors=no", str(tmp_path / unit.name)) == ""


@pytest.mark.parametrize("unit", sorted(UNITS.iterdir()), ids=lambda path: path.name)
def test_every_line_is_explained(unit: Path) -> None:
    explained, unexplained = False, []
    for line in unit.read_text().splitlines():
        if line.startswith("#"):
            explained = True
        elif not line or line.startswith("["):
            explained = False
        elif not explained:
            unexplained.append(line)
    assert unexplained == []
