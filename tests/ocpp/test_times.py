"""Tests of times on the wire."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_csms.ocpp import times

NOON = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
ZONE = timezone(timedelta(hours=-9.5))
AWARE = st.datetimes(timezones=st.just(ZONE)).filter(lambda moment: 1 < moment.year < 9999)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.000Z",
        "2026-01-31T12:00:00.0000000Z",
        "2026-01-31T13:30:00+01:30",
        "2026-01-31T12:00:00+0000",
        "2026-01-31T14:00:00+02",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00",
        "2026-01-31 12:00:00 UTC",
        "2026-01-31T12:00:00UTC",
        "2026-01-31t12:00:00z",
        "2026-01-31T12:00Z",
        "2026-01-31T11:59:60Z",
        " 2026-01-31T12:00:00Z\r\n\0",
    ],
)
def test_what_can_only_mean_one_time_is_read(text):
    assert times.parse(text) == NOON
    assert times.parse(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "now",
        "1000000",
        "1767225600",
        "2026-01-31",
        "20260131T120000Z",
        "2026-13-01T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T25:00:00Z",
        "222222017-10-27T19:10:11Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:60Z",
        "31.01.2026 12:00:00",
    ],
)
def test_what_is_in_doubt_is_none(text):
    assert times.parse(text) is None


def test_fractions_are_kept_to_the_microsecond():
    assert times.parse("2026-01-31T12:00:00.123456789Z") == NOON.replace(microsecond=123456)
    assert times.parse("2026-01-31T12:00:00,5Z") == NOON.replace(microsecond=500000)


@given(st.text() | st.from_regex(r"\d{1,5}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d*)?(Z|[+-]\d\d:?\d\d|)"))
def test_reading_never_raises_and_always_gives_utc(text):
    moment = times.parse(text)
    assert moment is None or moment.tzinfo is UTC


@given(AWARE, st.booleans())
def test_what_is_written_is_standard_and_read_back(moment, milliseconds):
    text = times.format(moment, milliseconds=milliseconds)
    step = timedelta(milliseconds=1) if milliseconds else timedelta(seconds=1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", text)
    assert re.search(times.STANDARD_PATTERN, text)
    assert timedelta(0) <= moment - times.parse(text) < step


def test_written_time_has_milliseconds_only_if_wanted():
    assert times.format(NOON) == "2026-01-31T12:00:00Z"
    assert times.format(NOON, milliseconds=True) == "2026-01-31T12:00:00.000Z"


@given(AWARE, st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_standard_pattern_takes_every_rfc_3339_time(moment, precision):
    assert re.search(times.STANDARD_PATTERN, moment.isoformat(timespec=precision))


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00Z\n",
        "٢٠٢٦-01-31T12:00:00Z",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-13-31T12:00:00Z",
        "2026-01-31T12:00:00+0100",
    ],
)
def test_standard_pattern_refuses_other_times(text):
    assert not re.search(times.STANDARD_PATTERN, text)
