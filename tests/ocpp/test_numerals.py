"""Tests of reading numbers from whatever is sent for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.ocpp import numerals


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (6, 6),
        (6.5, 6.5),
        ("6", 6),
        (" 6", 6),
        ("+6\r\n\0", 6),
        ("-6", -6),
        ("-0", 0),
        ("007", 7),
        ("6.", 6.0),
        (".5", 0.5),
        ("1.5e3", 1500.0),
        ("1E400", None),
        ("1e99999", None),
        ("NaN", None),
        ("inf", None),
        ("", None),
        ("6 A", None),
        ("1_000", None),
        ("٦", None),
        (True, None),
        (None, None),
        ([6], None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_number_is_read_where_it_can_only_mean_one(value, number):
    assert numerals.read(value) == number
    assert type(numerals.read(value)) is type(number)


@pytest.mark.parametrize("sign", ["", "-"])
def test_thousands_of_digits_do_no_harm(sign):
    number = numerals.read(sign + "9" * 10_000)
    assert abs(number) > numerals.INT64_MAX
    assert (number < 0) == (sign == "-")


@given(st.integers())
def test_every_integer_is_read_from_its_text(number):
    assert numerals.read(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_from_its_text(number):
    assert numerals.read(repr(number)) == number
