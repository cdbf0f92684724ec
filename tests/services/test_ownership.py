"""The step down from root."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from edge_csms.services.ownership import become_owner

OTHER_USER = 65534  # Debian's "nobody"; any but root does

BECOME = """
import os
from pathlib import Path
from edge_csms.services.ownership import become_owner
os.setgroups([0])
become_owner(Path(os.environ["DIRECTORY"]))
print(os.getresuid(), os.getresgid(), {0}.isdisjoint(os.getgroups()))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_becomes_the_owner_of_the_data_for_good() -> None:
    with tempfile.TemporaryDirectory() as directory:  # not tmp_path, which only root may enter
        os.chown(directory, OTHER_USER, OTHER_USER)
        process = [sys.executable, "-c", BECOME]
        done = subprocess.run(process, env=os.environ | {"DIRECTORY": directory}, capture_output=True, text=True)
    ids = (OTHER_USER,) * 3
    assert (done.stderr, done.stdout) == ("", f"{ids} {ids} True\n")


def test_where_there_are_no_data_yet_nobody_is_become() -> None:
    before = os.getresuid()
    become_owner(Path("/absent"))
    assert os.getresuid() == before


def test_who_owns_the_data_stays_who_he_is(tmp_path: Path) -> None:
    before = os.getresuid()
    become_owner(tmp_path)
    assert os.getresuid() == before
