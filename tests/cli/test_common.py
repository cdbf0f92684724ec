"""What commands share."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from edge_csms.cli.common import become_owner, positive_float, positive_int

OTHER_USER = 65534  # Debian's "nobody"; any but root does

BECOME = """
import os
from pathlib import Path
from edge_csms.cli.common import become_owner
os.setgroups([0])
become_owner(Path(os.environ["DIRECTORY"]))
print(os.getresuid(), os.getresgid(), {0}.isdisjoint(os.getgroups()))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_becomes_the_owner_of_the_data_for_good():
    with tempfile.TemporaryDirectory() as directory:  # not tmp_path, which only root may enter
        os.chown(directory, OTHER_USER, OTHER_USER)
        process = [sys.executable, "-c", BECOME]
        done = subprocess.run(process, env=os.environ | {"DIRECTORY": directory}, capture_output=True, text=True)
    ids = (OTHER_USER,) * 3
    assert (done.stderr, done.stdout) == ("", f"{ids} {ids} True\n")


def test_where_there_are_no_data_yet_nobody_is_become():
    before = os.getresuid()
    become_owner(Path("/absent"))
    assert os.getresuid() == before


def test_who_owns_the_data_stays_who_he_is(tmp_path):
    before = os.getresuid()
    become_owner(tmp_path)
    assert os.getresuid() == before


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_what_counts_nothing_is_refused_in_words(text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be a whole number above 0"):
        positive_int(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "fast", ""])
def test_what_is_no_factor_is_refused_in_words(text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be a number above 0"):
        positive_float(text)


def test_numbers_are_read():
    assert (positive_int("12"), positive_float("0.5")) == (12, 0.5)
