"""What commands share."""

import argparse

import pytest

from edge_csms.cli.common import positive_float, positive_int


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
